// The book of all receipts: what each says alone is looked at as it comes, what they say together at the end. Pure; 32 bytes a receipt.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "probes/burning/fields.h"
#include "probes/burning/keys.h"
#include "probes/burning/rows.h"

namespace lintel::probes::burning {

inline constexpr std::size_t kReceiptCap = 10'000'000;
inline constexpr std::chrono::minutes kClockTolerance{5};  // between the factory's clock and ours

struct Rules {
  std::optional<std::chrono::minutes> zone;
  std::vector<std::string> good;
  std::optional<crypto::DigestAlgorithm> digest;
  WallTime now{};
};

// How many, and the first kShown of them.
template <class Entry>
struct Tally {
  std::size_t count = 0;
  std::vector<Entry> first;
  void add(Entry entry) {
    if (++count <= kShown) first.push_back(std::move(entry));
  }
};
struct Place {
  std::size_t line = 0;
  const char* what = "";  // a reason, or a column
};
struct Burn {
  std::size_t line = 0;
  Id id{};
};
struct Repeat {
  Id id{};                         // of the first line
  std::vector<std::size_t> lines;  // at most kShown
};

struct Findings {
  std::size_t count = 0;           // receipts
  std::size_t failed = 0;          // whose result says that nothing was burned
  std::size_t burned = 0;          // different identities
  Tally<Place> malformed;          // other fields than the header, no object, no identity
  Tally<Place> unclear_results;    // neither yes nor no: they count as nothing
  Tally<Place> unreadable;         // times, words and digests in other columns
  Tally<Place> future;
  Tally<Repeat> duplicates;
  std::size_t reworked = 0;        // identities burned again, as a declared rework
  std::size_t unmatched_reworks = 0;  // that name an identity without a receipt here
  std::size_t clock_backwards = 0; // receipts earlier than the one before at their station
  Tally<Burn> not_activated, not_verified, verification_failed, before;
  std::size_t unordered = 0;       // activated, but one of the two times is not known
  Tally<Repeat> repeated_keys;
  std::size_t keys = 0, without_key = 0, unread_keys = 0;
  std::size_t formulas = 0;        // cells that a spreadsheet would run
};

class Ledger {
 public:
  explicit Ledger(Rules rules) : rules_(std::move(rules)) {}
  // digest: gets the receipt's key digest where it has a readable one, else nullopt. Errors: limit.
  Result<void> add(const Row& row, std::optional<KeyDigest>& digest);
  // Sorts; to be called once, after the last row.
  Findings finish();
  // After finish(): the identities that were burned, sorted, each once.
  std::vector<Id> burned_ids() const;

 private:
  enum class Answer : std::uint8_t { missing, yes, no, unreadable };
  struct Receipt {
    Id id{};
    std::array<std::uint8_t, 12> key{};  // the digest's first bytes: 2^96 are enough for ten million
    std::uint32_t line = 0;
    Answer activated = Answer::missing, verified = Answer::missing;
    bool has_key = false, rework = false;
  };
  Answer read_times(const Row& row, const Id& id);
  std::optional<WallTime> moment(const Row& row, Column column, Answer& answer);
  Answer word(const Row& row, Column column, Tally<Place>& unclear);
  void judge_identity(std::size_t begin, std::size_t end, bool withdrawn);
  void judge_keys();
  bool is_withdrawn(const Id& id) const;

  Rules rules_;
  Findings found_;
  std::vector<Receipt> receipts_;
  std::vector<Id> withdrawn_;                       // by a rework under another identity
  std::map<std::string, WallTime, std::less<>> last_;  // burning of each station
};

}  // namespace lintel::probes::burning
