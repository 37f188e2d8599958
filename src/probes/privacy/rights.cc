#include "probes/privacy/rights.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "probes/privacy/answers.h"

namespace lintel::probes::privacy {

using flow::Exchange;
using flow::Known;

constexpr int kTries = 2;  // to correct, and to see it: somebody else may write at the same moment, and a platform may be slow

static std::string why_of(const Result<Exchange>& exchange) { return exchange ? exchange->why : exchange.error().message; }

// "Not found" refuses nothing where nothing is kept, as after an erasure.
Known Rights::judged(const Result<Exchange>& exchange) const {
  const Known known = granted(exchange);
  const bool nothing_there = known == Known::no && (exchange->response.status == 404 || exchange->response.status == 410);
  return nothing_there && !kept_ ? Known::unknown : known;
}

bool Rights::has_all_fields(const std::set<std::string>& names) const {
  return std::ranges::all_of(privacy_.fields, [&](const auto& field) { return names.contains(field.name); });
}

Rights::Seen Rights::see() {
  const auto exchange = person_.send(privacy_.access);
  const Known known = judged(exchange);
  Seen seen;
  seen.success = known == Known::yes;
  if (seen.success) {
    kept_ = true;
    seen.body = exchange->response.body;
    if (const auto json = parse_json(seen.body)) {
      seen.names = leaf_names(*json);
      if (const Json* text = text_named(*json, privacy_.input)) seen.value = text->get<std::string>();
    }
  }
  if (access_ == Known::yes) return seen;
  const bool complete = has_all_fields(seen.names);
  access_ = seen.success && !complete ? Known::no : known;
  why_no_access_ = seen.success ? "the answer lacks a declared field" : why_of(exchange);
  return seen;
}

// no: `access` shows what it showed before. Anything else in the new value's place is somebody else's doing.
Known Rights::correction_shows(const Seen& before) {
  bool unchanged = before.success;
  for (int reads = 0; reads < kTries; ++reads) {
    const Seen after = see();
    if (after.body.find(marker_) != std::string::npos) return Known::yes;
    unchanged = unchanged && after.success && (before.value ? after.value == before.value : after.body == before.body);
  }
  return unchanged ? Known::no : Known::unknown;
}

Result<Known> Rights::look_at_correction(Seen before) {
  Known known = Known::no;
  for (int tries = 0; tries < kTries; ++tries) {
    if (tries > 0) before = see();
    marker_ = TRY(person_.fresh_marker(privacy_));
    const auto exchange = person_.correct(privacy_, marker_);
    if (const Known taken = judged(exchange); taken != Known::yes) {
      notes_.push_back(printable("correct: " + why_of(exchange)));
      return taken;
    }
    written_ = kept_ = true;
    const Known shown = correction_shows(before);
    if (shown == Known::yes) return Known::yes;
    if (shown == Known::unknown) known = Known::unknown;
  }
  notes_.push_back(known == Known::no ? "correct: the new value does not show" : "correct: neither the new value shows nor the one before; does somebody else change it?");
  return known;
}

Known Rights::exported(const net::HttpResponse& response, std::string& why) const {
  const bool has_marker = marked_ && response.body.find(marker_) != std::string::npos;
  if (const auto json = parse_json(response.body); json && json->is_structured()) {
    if (!has_all_fields(leaf_names(*json))) why = "it lacks a declared field";
    else if (marked_ && !has_marker) why = "it lacks the corrected value";
    return why.empty() ? Known::yes : Known::no;
  }
  const std::string type = to_lower(flow::header_value(response.headers, "Content-Type").value_or(""));
  if (has_marker && (type.starts_with("text/csv") || type.find("xml") != std::string::npos)) return Known::yes;
  why = "neither JSON, nor CSV or XML with the corrected value in it";
  return type.find("json") != std::string::npos || response.body.empty() ? Known::no : Known::unknown;
}

bool Rights::changed_meanwhile() {
  if (privacy_.access.empty() || access_ != Known::yes) return false;
  const Seen now = see();
  return marked_ ? now.body.find(marker_) == std::string::npos : !now.success;
}

void Rights::look_at_export() {
  const auto exchange = person_.send(privacy_.export_data);
  Known known = judged(exchange);
  std::string why;
  if (known == Known::yes) known = exported(exchange->response, why);
  else why = why_of(exchange);
  if (known == Known::no && changed_meanwhile()) {
    known = Known::unknown;
    why = "somebody else changed the data in the same moment";
  }
  if (!why.empty()) notes_.push_back(printable("export: " + why));
  facts_["rights"]["export"] = word(known);
}

Result<void> Rights::look() {
  for (const auto& [name, call] : {std::pair{"access", privacy_.access}, {"correct", privacy_.correct}, {"export", privacy_.export_data}})
    if (call.empty()) notes_.push_back(fmt::format("declare `{}`, the call by which a user does this", name));
  Result<void> done;
  if (!privacy_.access.empty()) {
    const Seen first = see();
    original_ = first.value;
    if (!privacy_.correct.empty() && may_change_) {
      const auto corrected = look_at_correction(first);
      marked_ = corrected && *corrected == Known::yes;
      if (corrected) facts_["rights"]["correct"] = word(*corrected);
      else done = tl::unexpected<Error>(corrected.error());
    } else if (!privacy_.correct.empty()) {
      notes_.push_back("correct: not tried, for it changes data and the target file does not say `intrusive: true`");
    }
    facts_["rights"]["access"] = word(access_);
    if (access_ != Known::yes) notes_.push_back(printable("access: " + why_no_access_));
  }
  if (!privacy_.export_data.empty()) look_at_export();
  return done;
}

void Rights::put_back() {
  if (!written_) return;
  if (original_) (void)person_.correct(privacy_, *original_);
  else notes_.push_back("correct: the new value stays, for the one before was not seen");
}

}  // namespace lintel::probes::privacy
