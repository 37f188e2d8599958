// What a person may do with their data: see, correct and export it. Tells what the platform does apart from what somebody else changes meanwhile.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/privacy.h"
#include "model/observation.h"

namespace lintel::probes::privacy {

class Rights {
 public:
  // may_change: whether `correct` may be sent.
  Rights(flow::Person& person, const flow::Privacy& privacy, bool may_change, model::Observation& observation)
      : person_(person), privacy_(privacy), may_change_(may_change), facts_(observation.facts), notes_(observation.notes) {}

  // Puts in the facts `rights`. A corrected value stays: what else is looked at finds data to show. Errors: the new value can't be made.
  Result<void> look();
  // Corrects back to the value from before, where it is known.
  void put_back();

 private:
  // What `access` showed at one moment.
  struct Seen {
    bool success = false;
    std::string body;
    std::set<std::string> names;
    std::optional<std::string> value;  // of the member that is corrected
  };
  Seen see();
  flow::Known judged(const Result<flow::Exchange>& exchange) const;
  bool has_all_fields(const std::set<std::string>& names) const;
  Result<flow::Known> look_at_correction(Seen before);
  flow::Known correction_shows(const Seen& before);
  void look_at_export();
  flow::Known exported(const net::HttpResponse& response, std::string& why) const;
  bool changed_meanwhile();

  flow::Person& person_;
  const flow::Privacy& privacy_;
  const bool may_change_;
  Json& facts_;
  std::vector<std::string>& notes_;

  flow::Known access_ = flow::Known::unknown;
  std::string why_no_access_;
  std::optional<std::string> original_;  // the value before the look
  std::string marker_;
  bool kept_ = false;     // the platform is known to keep data of this person
  bool written_ = false;  // a correction was taken
  bool marked_ = false;   // and `access` showed it
};

}  // namespace lintel::probes::privacy
