// An assessor's answer to a clause, and the waiver that lifts a failing clause out of the gate (never out of the report).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json_fwd.h"
#include "model/enums.h"
#include "model/observation.h"

namespace lintel::model {

struct Attestation {
  std::string clause;
  std::string asset;  // empty: every asset the clause binds
  Verdict verdict = Verdict::inconclusive;
  std::string remark;
  std::string tester;
  WallTime at{};
  std::optional<WallTime> valid_until;
  std::vector<Evidence> evidence;
};

struct Waiver {
  std::string clause;
  std::string asset;  // empty: all
  std::string reason;
  std::string approved_by;
  WallTime approved_on{};
  WallTime expires{};
  std::string ticket;
};

void to_json(Json& json, const Attestation& attestation);
void from_json(const Json& json, Attestation& attestation);
void to_json(Json& json, const Waiver& waiver);
void from_json(const Json& json, Waiver& waiver);

}  // namespace lintel::model
