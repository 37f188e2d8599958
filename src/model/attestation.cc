#include "model/attestation.h"

#include "model/json_members.h"

namespace lintel::model {

void to_json(Json& json, const Attestation& attestation) {
  json = Json{{"clause", attestation.clause},  {"asset", attestation.asset},   {"verdict", name_of(attestation.verdict)},
              {"remark", attestation.remark},  {"tester", attestation.tester}, {"at", format_time(attestation.at)},
              {"evidence", to_list(attestation.evidence)}};
  if (attestation.valid_until) json["valid_until"] = format_time(*attestation.valid_until);
}

void from_json(const Json& json, Attestation& attestation) {
  attestation.clause = text_or(json, "clause");
  attestation.asset = text_or(json, "asset");
  attestation.verdict = enum_or(json, "verdict", Verdict::inconclusive);
  attestation.remark = text_or(json, "remark");
  attestation.tester = text_or(json, "tester");
  attestation.at = time_of(json, "at");
  attestation.valid_until = parse_time(text_or(json, "valid_until"));
  attestation.evidence = list_of<Evidence>(json, "evidence");
}

void to_json(Json& json, const Waiver& waiver) {
  json = Json{{"clause", waiver.clause},
              {"asset", waiver.asset},
              {"reason", waiver.reason},
              {"approved_by", waiver.approved_by},
              {"approved_on", format_time(waiver.approved_on)},
              {"expires", format_time(waiver.expires)},
              {"ticket", waiver.ticket}};
}

void from_json(const Json& json, Waiver& waiver) {
  waiver.clause = text_or(json, "clause");
  waiver.asset = text_or(json, "asset");
  waiver.reason = text_or(json, "reason");
  waiver.approved_by = text_or(json, "approved_by");
  waiver.approved_on = time_of(json, "approved_on");
  waiver.expires = time_of(json, "expires");
  waiver.ticket = text_or(json, "ticket");
}

}  // namespace lintel::model
