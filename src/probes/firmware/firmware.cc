// The firmware probe: compares an image with what its vendor declares about it. Reads files only, sends nothing.
#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/firmware/declaration.h"
#include "probes/firmware/verification.h"

namespace lintel::probes::firmware {
namespace {

using crypto::DigestAlgorithm;


std::string shown(std::string_view text) { return printable(text.substr(0, 200)); }

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

Result<Declaration> load_manifest(probe::Context& context, const std::string& path, const std::string& image) {
  const std::string text = TRY(context.read_file(path, kManifestCapBytes));
  context.keep_evidence("manifest", "text/plain", as_bytes(text), {"digests", "signature", "hmac"});
  auto parsed = parse_manifest(text, image);
  if (!parsed) return fail(ErrorCode::protocol, "{}", parsed.error().message);
  if (parsed->signature && !parsed->signature->file.empty()) parsed->signature->file = folder_of(path) + parsed->signature->file;
  return parsed;
}

const Bytes& computed(const Verification& found, DigestAlgorithm algorithm) {
  static const Bytes none;
  for (const auto& [each, value] : found.digests)
    if (each == algorithm) return value;
  return none;
}

// 64 hexadecimal characters without a name are SM3 if they are the image's SM3, else SHA-256.
DigestAlgorithm algorithm_of(const DeclaredDigest& digest, const Verification& found) {
  if (digest.algorithm) return *digest.algorithm;
  return to_lower(digest.hex) == to_hex(computed(found, DigestAlgorithm::sm3)) ? DigestAlgorithm::sm3 : DigestAlgorithm::sha256;
}

// complete: nothing that was declared is missing from the list, so that "all match" may be said.
void add_digest_facts(const Declaration& declared, const Verification& found, bool complete, model::Observation& observation) {
  Json list = Json::array();
  bool all_match = true, strong_match = true, strong_seen = false;
  for (const DeclaredDigest& digest : declared.digests) {
    const DigestAlgorithm algorithm = algorithm_of(digest, found);
    const std::string value = to_hex(computed(found, algorithm));
    const bool matches = to_lower(digest.hex) == value, strong = crypto::is_strong(algorithm);
    list.push_back({{"algorithm", crypto::name_of(algorithm)}, {"declared", shown(to_lower(digest.hex))}, {"computed", value},
                    {"matches", matches}, {"strong", strong}, {"source", digest.source == Source::target ? "target" : "manifest"}});
    if (digest.hex.size() != value.size())
      observation.notes.push_back(fmt::format("digests.{} has {} characters where {} are needed", crypto::name_of(algorithm), digest.hex.size(), value.size()));
    all_match = all_match && matches;
    strong_seen = strong_seen || strong;
    strong_match = strong_match && (matches || !strong);
  }
  if (complete || !list.empty()) observation.facts["digests"] = list;
  if (!list.empty() && (complete || !all_match)) observation.facts["digests_match"] = all_match;
  if (strong_seen && (complete || !strong_match)) observation.facts["strong_digest_matches"] = strong_match;
}

void add_signature_facts(const Verification& found, bool complete, Json& facts) {
  if (!found.signature) {
    if (complete) facts["signature"]["present"] = false;
    return;
  }
  const SignatureResult& signature = *found.signature;
  Json& fact = facts["signature"];
  fact["present"] = true;
  if (!signature.declared.algorithm.empty()) fact["algorithm"] = shown(signature.declared.algorithm);
  if (!signature.declared.digest.empty()) fact["digest"] = shown(signature.declared.digest);
  if (signature.key) {
    fact["key_type"] = crypto::name_of(signature.key->type);
    fact["key_bits"] = signature.key->bits;
    fact["key_sha256"] = signature.key->sha256;
  }
  if (signature.verifies) fact["verifies"] = *signature.verifies;
}

void add_hmac_facts(const Verification& found, bool complete, Json& facts) {
  if (!found.hmac) {
    if (complete) facts["hmac"]["present"] = false;
    return;
  }
  Json& fact = facts["hmac"];
  fact["present"] = true;
  if (!found.hmac->declared.digest.empty()) fact["digest"] = shown(found.hmac->declared.digest);
  if (found.hmac->verifies) fact["verifies"] = *found.hmac->verifies;
}

void keep_evidence(probe::Context& context, const Verification& found) {
  std::string text = fmt::format("{} bytes\n", found.size_bytes);
  for (const auto& [algorithm, value] : found.digests) text += fmt::format("{} {}\n", crypto::name_of(algorithm), to_hex(value));
  context.keep_evidence("digests.txt", "text/plain", as_bytes(text), {"image", "digests"});
  if (found.signature && !found.signature->bytes.empty())
    context.keep_evidence("signature.bin", "application/octet-stream", found.signature->bytes, {"signature"});
}

void run(probe::Context& context, model::Observation& observation) {
  const Json& item = context.item().data;
  Json& facts = observation.facts;
  std::vector<Problem> problems;
  const auto report_first_problem = [&] {
    if (problems.empty()) return;
    observation.status = problems.front().status;
    observation.message = problems.front().message;
    for (std::size_t i = 1; i < problems.size(); ++i) observation.notes.push_back(problems[i].message);
  };

  auto declared = read_declaration(item, Source::target);
  if (!declared) {
    observation.status = model::Status::not_declared;
    observation.message = "target file: " + declared.error().message;
    return;
  }
  const std::string image = text_or(item, "image"), manifest_path = text_or(item, "manifest");
  bool complete = true;
  std::vector<std::string> contradictions;
  if (!manifest_path.empty()) {
    const auto manifest = load_manifest(context, manifest_path, image);
    complete = manifest.has_value();
    if (manifest) *declared = merge(*declared, *manifest, contradictions);
    else problems.push_back({probe::status_of(manifest.error()), fmt::format("manifest {}: {}", manifest_path, manifest.error().message)});
  }
  for (const std::string& note : declared->notes) observation.notes.push_back(note);
  if (!declared->model.empty()) facts["model"] = shown(declared->model);
  if (!declared->version.empty()) facts["version"] = shown(declared->version);

  if (image.empty()) problems.insert(problems.begin(), {model::Status::not_declared, "no image is declared"});
  auto found = image.empty() ? Result<Verification>(Verification{}) : verify_image(context, image, *declared, problems);
  if (!found) problems.insert(problems.begin(), {probe::status_of(found.error()), fmt::format("image {}: {}", image, found.error().message)});
  else if (found->size_bytes == 0 && !image.empty()) problems.insert(problems.begin(), {model::Status::not_declared, fmt::format("image {} is empty", image)});
  report_first_problem();
  if (!found || found->size_bytes == 0) return;  // nothing was seen of the image: no fact about it may be learned

  for (const std::string& note : found->notes) observation.notes.push_back(note);
  facts["image"] = {{"size_bytes", found->size_bytes}, {"sha256", to_hex(computed(*found, DigestAlgorithm::sha256))}, {"sm3", to_hex(computed(*found, DigestAlgorithm::sm3))}};
  if (complete || !contradictions.empty()) facts["contradictions"] = contradictions;
  add_digest_facts(*declared, *found, complete, observation);
  add_signature_facts(*found, complete, facts);
  add_hmac_facts(*found, complete, facts);
  keep_evidence(context, *found);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "固件镜像与声明的校验值、签名比对",
    .title_en = "Firmware image against its declared digests and signature",
    .version = "1",
    .takes = model::ItemKind::firmware,
    .cost = probe::Cost::cpu,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::firmware
