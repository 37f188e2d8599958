#include "probes/firmware/declaration.h"

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "probes/firmware/sums.h"

namespace lintel::probes::firmware {
namespace {

constexpr std::size_t kMostDigests = 64, kMostText = 64 << 10;

// A member that must be text when it is there.
Result<std::string> text_member(const Json& object, const char* key, std::string_view place) {
  const Json& value = member(object, key);
  if (value.is_null()) return std::string();
  if (!value.is_string()) return fail(ErrorCode::invalid_input, "{}{} is {} where text is needed", place, key, value.type_name());
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > kMostText) return fail(ErrorCode::invalid_input, "{}{} is longer than {} bytes", place, key, kMostText);
  return std::string(trim(text));
}

Result<const Json*> object_member(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_null() && !value.is_object()) return fail(ErrorCode::invalid_input, "{} is {} where an object is needed", key, value.type_name());
  return &value;
}

Result<void> read_digests(const Json& digests, Source source, Declaration& declaration) {
  if (digests.size() > kMostDigests) return fail(ErrorCode::invalid_input, "more than {} digests", kMostDigests);
  for (const auto& [name, value] : digests.items()) {
    const std::string shown = printable(std::string_view(name).substr(0, 40));
    const auto algorithm = crypto::digest_named(name);
    if (!algorithm) {
      declaration.notes.push_back(fmt::format("digest algorithm '{}' is not known, its value was not compared", shown));
      continue;
    }
    if (!value.is_string()) return fail(ErrorCode::invalid_input, "digests.{} is {} where text is needed", shown, value.type_name());
    declaration.digests.push_back({algorithm, std::string(trim(value.get_ref<const std::string&>())), source});
  }
  return {};
}

// A manifest's file names may not leave its folder.
bool stays_inside(std::string_view path) {
  if (path.starts_with('/') || path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) return false;
  for (const std::string_view part : split(path, '/'))
    if (part == "..") return false;
  return true;
}

Result<void> read_signature(const Json& object, Source source, Declaration& declaration) {
  DeclaredSignature signature;
  signature.file = TRY(text_member(object, "file", "signature."));
  signature.value = TRY(text_member(object, "value", "signature."));
  signature.algorithm = to_lower(TRY(text_member(object, "algorithm", "signature.")));
  signature.digest = to_lower(TRY(text_member(object, "digest", "signature.")));
  signature.public_key = TRY(text_member(object, "public_key", "signature."));
  if (source == Source::manifest) {
    if (!signature.public_key.empty()) declaration.notes.push_back("the manifest names a public key; only one declared in the target file is used");
    signature.public_key.clear();
    if (!stays_inside(signature.file)) return fail(ErrorCode::invalid_input, "signature.file leaves the manifest's folder");
  }
  declaration.signature = std::move(signature);
  return {};
}

Result<void> read_hmac(const Json& object, Source source, Declaration& declaration) {
  DeclaredHmac hmac;
  hmac.value = to_lower(TRY(text_member(object, "value", "hmac.")));
  hmac.digest = to_lower(TRY(text_member(object, "digest", "hmac.")));
  hmac.key = TRY(text_member(object, "key", "hmac."));
  if (source == Source::manifest) {
    if (!hmac.key.empty()) declaration.notes.push_back("the manifest holds an HMAC key; only a reference in the target file is used");
    hmac.key.clear();
  }
  declaration.hmac = std::move(hmac);
  return {};
}

void merge_text(std::string& into, const std::string& other, std::string_view what, std::vector<std::string>& contradictions) {
  if (into.empty()) into = other;
  else if (!other.empty() && other != into) contradictions.emplace_back(what);
}

}  // namespace

Result<Declaration> read_declaration(const Json& object, Source source) {
  Declaration declaration;
  declaration.model = TRY(text_member(object, "model", ""));
  declaration.version = TRY(text_member(object, "version", ""));
  const Json* digests = TRY(object_member(object, "digests"));
  if (!digests->is_null()) TRY(read_digests(*digests, source, declaration));
  const Json* signature = TRY(object_member(object, "signature"));
  if (!signature->is_null()) TRY(read_signature(*signature, source, declaration));
  const Json* hmac = TRY(object_member(object, "hmac"));
  if (!hmac->is_null()) TRY(read_hmac(*hmac, source, declaration));
  return declaration;
}

Result<Declaration> parse_manifest(std::string_view text, std::string_view image_name) {
  if (text.size() > kManifestCapBytes) return fail(ErrorCode::limit, "the file is larger than {} bytes", kManifestCapBytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string_view content = trim(text);
  if (content.starts_with('{') || content.starts_with('[')) {
    const Json object = TRY(parse_json(content));
    if (!object.is_object()) return fail(ErrorCode::invalid_input, "the JSON is {} where an object is needed", object.type_name());
    return read_declaration(object, Source::manifest);
  }
  Declaration declaration;
  declaration.digests = TRY(parse_sums(content, image_name));
  return declaration;
}

Declaration merge(const Declaration& target, const Declaration& manifest, std::vector<std::string>& contradictions) {
  Declaration merged = target;
  merge_text(merged.model, manifest.model, "model", contradictions);
  merge_text(merged.version, manifest.version, "version", contradictions);
  for (const DeclaredDigest& digest : manifest.digests) {
    const auto same_value = [&](const DeclaredDigest& other) {
      return to_lower(other.hex) == to_lower(digest.hex) && (!digest.algorithm || digest.algorithm == other.algorithm);
    };
    if (std::any_of(target.digests.begin(), target.digests.end(), same_value)) continue;
    for (const DeclaredDigest& other : target.digests)
      if (digest.algorithm && digest.algorithm == other.algorithm)
        contradictions.push_back(fmt::format("digests.{}", crypto::name_of(*other.algorithm)));
    merged.digests.push_back(digest);
  }
  if (manifest.signature && !merged.signature) merged.signature.emplace();
  if (manifest.signature) {
    DeclaredSignature& signature = *merged.signature;
    const bool in_manifest = !manifest.signature->file.empty() || !manifest.signature->value.empty();
    if (signature.file.empty() && signature.value.empty()) {
      signature.file = manifest.signature->file;
      signature.value = manifest.signature->value;
    } else if (in_manifest) {
      merged.notes.push_back("the manifest carries a signature too; the one of the target file is verified");
    }
    merge_text(signature.algorithm, manifest.signature->algorithm, "signature.algorithm", contradictions);
    merge_text(signature.digest, manifest.signature->digest, "signature.digest", contradictions);
  }
  if (manifest.hmac && !merged.hmac) merged.hmac.emplace();
  if (manifest.hmac) {
    merge_text(merged.hmac->value, manifest.hmac->value, "hmac.value", contradictions);
    merge_text(merged.hmac->digest, manifest.hmac->digest, "hmac.digest", contradictions);
  }
  merged.notes.insert(merged.notes.end(), manifest.notes.begin(), manifest.notes.end());
  return merged;
}

}  // namespace lintel::probes::firmware
