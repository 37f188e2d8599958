#include "probes/burning/ledger.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace lintel::probes::burning {
namespace {

constexpr std::size_t kMostStations = 10'000;

}  // namespace

std::optional<WallTime> Ledger::moment(const Row& row, Column column, Answer& answer) {
  const std::string_view text = row[column];
  answer = Answer::missing;
  if (text.empty()) return std::nullopt;
  const auto time = parse_moment(text, rules_.zone);
  answer = time ? Answer::yes : Answer::unreadable;
  const char* name = kColumnNames[static_cast<std::size_t>(column)].data();
  if (!time) found_.unreadable.add({row.line, name});
  else if (*time > rules_.now + kClockTolerance) found_.future.add({row.line, name});
  return time;
}

Ledger::Answer Ledger::word(const Row& row, Column column, Tally<Place>& unclear) {
  const std::string_view text = row[column];
  if (text.empty()) return Answer::missing;
  switch (read_word(text, rules_.good)) {
    case Word::yes: return Answer::yes;
    case Word::no: return Answer::no;
    case Word::unclear: break;
  }
  unclear.add({row.line, kColumnNames[static_cast<std::size_t>(column)].data()});
  return Answer::unreadable;
}

Ledger::Answer Ledger::read_times(const Row& row, const Id& id) {
  Answer burned_answer, activated_answer;
  const auto burned = moment(row, Column::burned_at, burned_answer), activated = moment(row, Column::activated_at, activated_answer);
  if (burned && activated && *activated < *burned) found_.before.add({row.line, id});
  if (activated_answer != Answer::missing && (!burned || !activated)) ++found_.unordered;
  if (!burned) return activated_answer;
  const std::string_view station = row[Column::station];
  const auto last = last_.find(station);
  if (last != last_.end()) {
    found_.clock_backwards += *burned < last->second;
    last->second = *burned;
  } else if (last_.size() < kMostStations) {
    last_.emplace(station, *burned);
  }
  return activated_answer;
}

Result<void> Ledger::add(const Row& row, std::optional<KeyDigest>& digest) {
  digest.reset();
  if (++found_.count > kReceiptCap) return fail(ErrorCode::limit, "more than {} receipts", kReceiptCap);
  for (const Field& field : row.fields) found_.formulas += field.value.starts_with('=') || field.value.starts_with('@');
  const char* flaw = row.flaw;
  const auto id = flaw == nullptr ? parse_id(row[Column::id], flaw) : std::nullopt;
  if (!id) {
    found_.malformed.add({row.line, flaw});
    return {};
  }
  const Answer result = word(row, Column::result, found_.unclear_results);
  found_.failed += result == Answer::no;
  if (result == Answer::no || result == Answer::unreadable) return {};
  Receipt receipt;
  receipt.id = *id;
  receipt.line = static_cast<std::uint32_t>(row.line);
  receipt.activated = read_times(row, *id);
  receipt.verified = word(row, Column::verified, found_.unreadable);
  if (const std::string_view of = row[Column::rework_of]; !of.empty()) {
    const char* ignored = nullptr;
    const auto before = parse_id(of, ignored);
    if (!before) found_.unreadable.add({row.line, "rework_of"});
    else if (*before == *id) receipt.rework = true;
    else withdrawn_.push_back(*before);
  }
  const std::string_view key = row[Column::key_digest];
  digest = parse_key_digest(key, rules_.digest);
  receipt.has_key = digest.has_value();
  found_.keys += receipt.has_key;
  found_.without_key += key.empty();
  found_.unread_keys += !key.empty() && !digest;
  if (digest) std::copy_n(digest->value.begin(), receipt.key.size(), receipt.key.begin());
  receipts_.push_back(receipt);
  return {};
}

bool Ledger::is_withdrawn(const Id& id) const { return std::binary_search(withdrawn_.begin(), withdrawn_.end(), id); }

void Ledger::judge_identity(std::size_t begin, std::size_t end, bool withdrawn) {
  const auto any = [&](auto holds) { return std::any_of(receipts_.begin() + static_cast<std::ptrdiff_t>(begin), receipts_.begin() + static_cast<std::ptrdiff_t>(end), holds); };
  const Receipt& first = receipts_[begin];
  std::size_t first_burns = 0;
  for (std::size_t i = begin; i < end; ++i) first_burns += !receipts_[i].rework;
  found_.reworked += first_burns < end - begin;
  if (first_burns == 0) ++found_.unmatched_reworks;
  if (first_burns > 1) {
    Repeat repeat{first.id, {}};
    for (std::size_t i = begin; i < end && repeat.lines.size() < kShown; ++i) repeat.lines.push_back(receipts_[i].line);
    found_.duplicates.add(std::move(repeat));
  }
  if (withdrawn) return;
  const Burn burn{first.line, first.id};
  if (!any([](const Receipt& r) { return r.activated == Answer::yes || r.activated == Answer::unreadable; })) found_.not_activated.add(burn);
  if (any([](const Receipt& r) { return r.verified == Answer::yes; })) return;
  if (any([](const Receipt& r) { return r.verified == Answer::no; })) found_.verification_failed.add(burn);
  else found_.not_verified.add(burn);
}

// One key under several identities. A withdrawn identity's device may keep its key under the new one.
void Ledger::judge_keys() {
  std::vector<Receipt> keyed;
  std::copy_if(receipts_.begin(), receipts_.end(), std::back_inserter(keyed), [&](const Receipt& r) { return r.has_key && !is_withdrawn(r.id); });
  std::sort(keyed.begin(), keyed.end(), [](const Receipt& a, const Receipt& b) { return std::tie(a.key, a.line) < std::tie(b.key, b.line); });
  for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
    bool differ = false;
    for (end = begin; end < keyed.size() && keyed[end].key == keyed[begin].key; ++end) differ = differ || keyed[end].id != keyed[begin].id;
    if (!differ) continue;
    Repeat repeat{keyed[begin].id, {}};
    for (std::size_t i = begin; i < end && repeat.lines.size() < kShown; ++i) repeat.lines.push_back(keyed[i].line);
    found_.repeated_keys.add(std::move(repeat));
  }
}

Findings Ledger::finish() {
  std::sort(receipts_.begin(), receipts_.end(), [](const Receipt& a, const Receipt& b) { return std::tie(a.id, a.line) < std::tie(b.id, b.line); });
  std::sort(withdrawn_.begin(), withdrawn_.end());
  const auto burned_here = [&](const Id& id) {
    return std::binary_search(receipts_.begin(), receipts_.end(), Receipt{id, {}, 0}, [](const Receipt& a, const Receipt& b) { return a.id < b.id; });
  };
  for (const Id& id : withdrawn_) found_.unmatched_reworks += !burned_here(id);
  for (std::size_t begin = 0, end = 0; begin < receipts_.size(); begin = end) {
    for (end = begin; end < receipts_.size() && receipts_[end].id == receipts_[begin].id;) ++end;
    ++found_.burned;
    judge_identity(begin, end, is_withdrawn(receipts_[begin].id));
  }
  judge_keys();
  return found_;
}

std::vector<Id> Ledger::burned_ids() const {
  std::vector<Id> ids;
  for (const Receipt& receipt : receipts_)
    if (ids.empty() || ids.back() != receipt.id) ids.push_back(receipt.id);
  return ids;
}

}  // namespace lintel::probes::burning
