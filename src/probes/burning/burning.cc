// The burning probe: reads the receipts of a production line that burns identities and root keys into devices. Reads files, sends nothing.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/burning/issued.h"
#include "probes/burning/keys.h"
#include "probes/burning/ledger.h"
#include "probes/burning/proof.h"
#include "probes/burning/rows.h"

namespace lintel::probes::burning {
namespace {

using crypto::DigestAlgorithm;

struct Look {
  Rules rules;
  Format format = Format::csv;
  ColumnNames columns;
  std::set<std::string, std::less<>> spared;
  std::optional<ReceiptSignatures> signatures;
  std::vector<DigestAlgorithm> digests{DigestAlgorithm::sha256};
};

Result<Look> prepare(probe::Context& context) {
  const Json& item = context.item().data;
  Look look;
  const std::string path = to_lower(text_or(item, "receipts")), format = text_or(item, "format");
  const bool json_lines = format.empty() ? path.ends_with(".jsonl") || path.ends_with(".ndjson") : format == "json-lines";
  look.format = json_lines ? Format::json_lines : Format::csv;
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) look.columns[i] = text_or(member(item, "columns"), kColumnNames[i]);
  look.rules.zone = parse_zone(text_or(item, "time_zone"));
  look.rules.digest = crypto::digest_named(text_or(item, "key_digest"));
  look.rules.now = context.clock().now();
  for (const Json& word : member(item, "good"))
    if (word.is_string()) look.rules.good.push_back(word.get<std::string>());
  for (const Json& name : member(item, "wrapped"))
    if (name.is_string()) look.spared.insert(name.get<std::string>());
  if (const Json& signature = member(item, "receipt_signature"); signature.is_object()) {
    look.spared.insert(text_or(signature, "column"));
    look.signatures = TRY(ReceiptSignatures::create(context, signature));
  }
  if (item.contains("signature")) look.digests = {DigestAlgorithm::sha256, DigestAlgorithm::sm3, DigestAlgorithm::sha384, DigestAlgorithm::sha512};
  return look;
}

Json places(const Tally<Place>& tally, const char* what) {
  Json list = Json::array();
  for (const Place& place : tally.first) list.push_back({{"line", place.line}, {what, place.what}});
  return list;
}

Json burns(const Tally<Burn>& tally) {
  Json list = Json::array();
  for (const Burn& burn : tally.first) list.push_back({{"line", burn.line}, {"id", to_text(burn.id)}});
  return list;
}

Json repeats(const Tally<Repeat>& tally) {
  Json list = Json::array();
  for (const Repeat& repeat : tally.first) list.push_back({{"id", to_text(repeat.id)}, {"lines", repeat.lines}});
  return list;
}

void add_findings(const Findings& found, const RowReader& reader, Json& facts) {
  facts["count"] = found.count;
  facts["malformed_count"] = found.malformed.count;
  facts["malformed"] = places(found.malformed, "reason");
  facts["burned_count"] = found.burned;
  facts["failed_count"] = found.failed;
  facts["unclear_result_count"] = found.unclear_results.count;
  facts["unreadable_count"] = found.unclear_results.count + found.unreadable.count;
  Json unreadable = places(found.unclear_results, "column");
  for (Json& place : places(found.unreadable, "column"))
    if (unreadable.size() < kShown) unreadable.push_back(std::move(place));
  facts["unreadable"] = std::move(unreadable);
  facts["duplicate_count"] = found.duplicates.count;
  facts["duplicates"] = repeats(found.duplicates);
  facts["reworked_count"] = found.reworked;
  facts["formula_count"] = found.formulas;
  if (reader.seen(Column::burned_at) || reader.seen(Column::activated_at)) {
    facts["future_count"] = found.future.count;
    facts["future"] = places(found.future, "column");
  }
  if (reader.seen(Column::burned_at)) facts["clock_backwards_count"] = found.clock_backwards;
  if (reader.seen(Column::activated_at))
    facts["activation"] = {{"missing_count", found.not_activated.count}, {"missing", burns(found.not_activated)}, {"unordered_count", found.unordered},
                           {"before_count", found.before.count},         {"before", burns(found.before)}};
  if (reader.seen(Column::verified))
    facts["verification"] = {{"missing_count", found.not_verified.count}, {"missing", burns(found.not_verified)}, {"failed_count", found.verification_failed.count},
                             {"failed", burns(found.verification_failed)}};
  if (reader.seen(Column::key_digest))
    facts["keys"] = {{"count", found.keys}, {"missing_count", found.without_key}, {"unread_count", found.unread_keys}, {"repeated_count", found.repeated_keys.count},
                     {"repeated", repeats(found.repeated_keys)}};
}

void add_key_look(const KeyLook& keys, bool with_digests, Json& facts) {
  Json clear = Json::array(), guessed = Json::array();
  for (const ClearKey& key : keys.clear) clear.push_back({{"line", key.line}, {"column", key.column}, {"proven", key.proven}});
  for (const GuessedKey& key : keys.guessed) guessed.push_back({{"line", key.line}, {"how", key.how}});
  facts["clear_keys"] = {{"count", keys.clear_count}, {"proven_count", keys.proven_count}, {"found", std::move(clear)}};
  if (with_digests) {
    facts["keys"]["guessed_count"] = keys.guessed_count;
    facts["keys"]["guessed"] = std::move(guessed);
  }
}

void add_proof(const Proof& proof, Json& facts) {
  Json& fact = facts["signature"];
  fact["state"] = proof.state;
  for (const auto& [name, text] : {std::pair{"by", &proof.by}, std::pair{"signer", &proof.signer}, std::pair{"algorithm", &proof.algorithm},
                                   std::pair{"signing_time", &proof.signing_time}, std::pair{"reason", &proof.reason}})
    if (!text->empty()) fact[name] = *text;
  if (proof.by != "receipt") return;
  fact["valid_count"] = proof.valid;
  fact["invalid_count"] = proof.invalid;
  fact["unsigned_count"] = proof.unsigned_receipts;
  fact["lines"] = proof.lines;
}

Result<void> add_issued(probe::Context& context, const std::string& path, const std::vector<Id>& burned, Json& facts) {
  const auto issued = read_issued(context, path);
  if (!issued) return add_context(issued.error(), path);
  const Difference difference = compare(*issued, burned);
  Json& fact = facts["issued"];
  fact["count"] = issued->ids.size();
  fact["malformed_count"] = issued->malformed;
  fact["not_burned_count"] = difference.not_burned;
  if (issued->malformed > 0 && !difference.not_issued.empty()) return {};  // what was burned may stand in a line that could not be read
  fact["not_issued_count"] = difference.not_issued.size();
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(difference.not_issued.size(), kShown); ++i) list.push_back(to_text(difference.not_issued[i]));
  fact["not_issued"] = std::move(list);
  return {};
}

void add_notes(const Findings& found, const Proof& proof, std::vector<std::string>& notes) {
  if (found.clock_backwards > 0) notes.push_back(fmt::format("{} receipts are earlier than the one before them at their station", found.clock_backwards));
  if (found.formulas > 0) notes.push_back(fmt::format("{} cells begin with = or @: a spreadsheet would run them", found.formulas));
  if (found.unmatched_reworks > 0) notes.push_back(fmt::format("{} reworks name an identity whose first burning is not in this file", found.unmatched_reworks));
  if (proof.state == "unknown") notes.push_back("signature: " + proof.reason);
}

std::size_t size_of(probe::Context& context, const std::string& path) {
  std::error_code ignored;
  const auto place = context.file_path(path);
  const auto size = place ? std::filesystem::file_size(*place, ignored) : 0;
  return ignored ? 0 : static_cast<std::size_t>(size);
}

Result<void> look_at_receipts(probe::Context& context, model::Observation& observation) {
  const Json& item = context.item().data;
  const std::string path = text_or(item, "receipts");
  Look look = TRY(prepare(context));
  Ledger ledger(look.rules);
  KeyLook keys(look.spared);
  std::optional<KeyDigest> digest;
  RowReader reader(look.format, look.columns, [&](const Row& row) -> Result<void> {
    TRY(ledger.add(row, digest));
    const char* ignored = nullptr;
    keys.add(row, digest ? parse_id(row[Column::id], ignored) : std::nullopt, digest);
    if (look.signatures) look.signatures->add(row);
    return {};
  });
  auto digester = TRY(crypto::Digester::create(look.digests));
  const std::size_t total = size_of(context, path);
  std::size_t size = 0;
  const auto visit = [&](ByteView piece) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time");
    size += piece.size();
    context.progress(size, std::max(size, total));
    TRY(digester.update(piece));
    return reader.feed(piece);
  };
  auto done = context.for_each_chunk(path, visit);
  if (done) done = reader.finish();
  for (const std::string& value : keys.values) context.hide(value);
  if (!done) return add_context(done.error(), path);

  const FileDigests digests = TRY(digester.finish());
  Json& facts = observation.facts;
  facts["file"] = {{"size_bytes", size}, {"sha256", to_hex(digests.front().second)}};
  context.keep_evidence("receipts.txt", "text/plain", as_bytes(fmt::format("{}\n{} bytes\nsha256 {}\n", path, size, to_hex(digests.front().second))), {"file"});
  const Findings found = ledger.finish();
  add_findings(found, reader, facts);
  add_key_look(keys, reader.seen(Column::key_digest), facts);
  const Json& signature = member(item, "signature");
  const Proof proof = look.signatures ? look.signatures->finish() : signature.is_object() ? check_file(context, signature, digests) : Proof{};
  add_proof(proof, facts);
  add_notes(found, proof, observation.notes);
  if (const std::string issued = text_or(item, "identities"); !issued.empty()) TRY(add_issued(context, issued, ledger.burned_ids(), facts));
  return {};
}

void run(probe::Context& context, model::Observation& observation) {
  const auto done = look_at_receipts(context, observation);
  if (done) return;
  observation.status = probe::status_of(done.error());
  observation.message = done.error().message;
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "产线烧录回执",
    .title_en = "Burn receipts of a production line",
    .version = "1",
    .takes = model::ItemKind::burning,
    .cost = probe::Cost::cpu,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::burning
