#include "model/verdict.h"

#include "model/json_members.h"

namespace lintel::model {

int exit_code(Gate gate, bool allow_open) {
  switch (gate) {
    case Gate::conformant: return 0;
    case Gate::fails: return 1;
    case Gate::open: return allow_open ? 0 : 3;
    case Gate::nothing_tested: return 5;
    case Gate::interrupted: return 130;
  }
  return 4;
}

std::string_view name_of(Gate gate) {
  switch (gate) {
    case Gate::conformant: return "conformant";
    case Gate::fails: return "fails";
    case Gate::open: return "open";
    case Gate::nothing_tested: return "nothing_tested";
    case Gate::interrupted: return "interrupted";
  }
  return "nothing_tested";
}

static Gate gate_of(std::string_view name) {
  for (const Gate gate : {Gate::conformant, Gate::fails, Gate::open, Gate::interrupted})
    if (name_of(gate) == name) return gate;
  return Gate::nothing_tested;
}

std::string_view name_of(Kleene value) {
  switch (value) {
    case Kleene::no: return "no";
    case Kleene::yes: return "yes";
    case Kleene::unknown: return "unknown";
  }
  return "unknown";
}

static Kleene kleene_of(std::string_view name) {
  return name == "yes" ? Kleene::yes : name == "no" ? Kleene::no : Kleene::unknown;
}

// These are written by the hundred thousand: member by member, because a list of pairs is built as arrays first.
static void to_json(Json& json, const Step& step) {
  json = Json::object();
  json["expression"] = step.expression;
  json["known"] = step.known;
  json["value"] = step.value;
  if (!step.fact.empty()) json["fact"] = step.fact;
  if (!step.evidence.empty()) json["evidence"] = step.evidence;
}

static void from_json(const Json& json, Step& step) {
  step.expression = text_or(json, "expression");
  step.fact = text_or(json, "fact");
  step.known = bool_or(json, "known", false);
  step.value = member(json, "value");
  step.evidence = texts_of(json, "evidence");
}

void to_json(Json& json, const AssertionResult& result) {
  json = Json::object();
  json["holds"] = name_of(result.holds);
  json["source"] = *result.source;
  json["title"] = *result.title;
  json["expected"] = *result.expected;
  json["observed"] = *result.observed;
  json["missing"] = result.missing;
  json["steps"] = to_list(result.steps);
}

static Text text_of(const Json& json, std::string_view key) {
  Text text;
  from_json(member(json, key), text);
  return text;
}

static void from_json(const Json& json, AssertionResult& result) {
  result.holds = kleene_of(text_or(json, "holds"));
  result.source = text_or(json, "source");
  result.title = text_of(json, "title");
  result.expected = text_of(json, "expected");
  result.observed = text_of(json, "observed");
  result.missing = texts_of(json, "missing");
  result.steps = list_of<Step>(json, "steps");
}

static void to_json(Json& json, const Instance& instance) {
  json = Json::object();
  json["job"] = instance.job;
  json["item"] = instance.item;
  json["verdict"] = name_of(instance.verdict);
  json["reason"] = name_of(instance.reason);
  json["message"] = instance.message;
  json["assertions"] = to_list(instance.assertions);
}

static void from_json(const Json& json, Instance& instance) {
  instance.job = text_or(json, "job");
  instance.item = text_or(json, "item");
  instance.verdict = enum_or(json, "verdict", Verdict::inconclusive);
  instance.reason = enum_or(json, "reason", Reason::none);
  instance.message = text_or(json, "message");
  instance.assertions = list_of<AssertionResult>(json, "assertions");
}

static void to_json(Json& json, const CheckResult& result) {
  json = Json{{"check", result.check},
              {"obligation", name_of(result.obligation)},
              {"verdict", name_of(result.verdict)},
              {"reason", name_of(result.reason)},
              {"instances", to_list(result.instances)}};
}

static void from_json(const Json& json, CheckResult& result) {
  result.check = text_or(json, "check");
  result.obligation = enum_or(json, "obligation", Obligation::shall);
  result.verdict = enum_or(json, "verdict", Verdict::inconclusive);
  result.reason = enum_or(json, "reason", Reason::none);
  result.instances = list_of<Instance>(json, "instances");
}

static void to_json(Json& json, const AssetVerdict& verdict) {
  json = Json{{"asset", verdict.asset},
              {"verdict", name_of(verdict.verdict)},
              {"reason", name_of(verdict.reason)},
              {"message", verdict.message},
              {"checks", to_list(verdict.checks)},
              {"decided_by", verdict.decided_by}};
  if (verdict.attestation) json["attestation"] = *verdict.attestation;
}

static void from_json(const Json& json, AssetVerdict& verdict) {
  verdict.asset = text_or(json, "asset");
  verdict.verdict = enum_or(json, "verdict", Verdict::inconclusive);
  verdict.reason = enum_or(json, "reason", Reason::none);
  verdict.message = text_or(json, "message");
  verdict.checks = list_of<CheckResult>(json, "checks");
  verdict.decided_by = texts_of(json, "decided_by");
  if (const Json& from = member(json, "attestation"); from.is_object()) {
    Attestation attestation;
    from_json(from, attestation);
    verdict.attestation = std::make_shared<const Attestation>(std::move(attestation));
  }
}

void to_json(Json& json, const ClauseVerdict& verdict) {
  json = Json{{"clause", verdict.clause},
              {"verdict", name_of(verdict.verdict)},
              {"reason", name_of(verdict.reason)},
              {"advisory", verdict.advisory},
              {"waiver_expired", verdict.waiver_expired},
              {"assets", to_list(verdict.assets)}};
  if (verdict.waiver) json["waiver"] = *verdict.waiver;
}

void from_json(const Json& json, ClauseVerdict& verdict) {
  verdict.clause = text_or(json, "clause");
  verdict.verdict = enum_or(json, "verdict", Verdict::inconclusive);
  verdict.reason = enum_or(json, "reason", Reason::none);
  verdict.advisory = bool_or(json, "advisory", false);
  verdict.waiver_expired = bool_or(json, "waiver_expired", false);
  verdict.assets = list_of<AssetVerdict>(json, "assets");
  if (member(json, "waiver").is_object()) from_json(json["waiver"], verdict.waiver.emplace());
}

static void to_json(Json& json, const Grade& grade) {
  json = Json{{"asset", grade.asset}, {"claimed", grade.claimed}, {"reached", grade.reached}, {"missing", grade.missing}};
}

static void from_json(const Json& json, Grade& grade) {
  grade.asset = text_or(json, "asset");
  grade.claimed = static_cast<int>(integer_or(json, "claimed", 1));
  grade.reached = static_cast<int>(integer_or(json, "reached", 0));
  grade.missing = texts_of(json, "missing");
}

static void to_json(Json& json, const Contradiction& from) {
  json = Json{{"kind", name_of(from.kind)},   {"clause", from.clause},       {"asset", from.asset},
              {"support", name_of(from.support)}, {"statement", from.statement}, {"observed", name_of(from.observed)},
              {"checks", from.checks},        {"ixit", from.ixit}};
}

static void from_json(const Json& json, Contradiction& to) {
  to.kind = enum_or(json, "kind", ContradictionKind::supported_fails);
  to.clause = text_or(json, "clause");
  to.asset = text_or(json, "asset");
  to.support = enum_or(json, "support", Support::open);
  to.statement = text_or(json, "statement");
  to.observed = enum_or(json, "observed", Verdict::not_tested);
  to.checks = texts_of(json, "checks");
  to.ixit = texts_of(json, "ixit");
}

void to_json(Json& json, const Verdicts& verdicts) {
  json = Json{{"judged_at", format_time(verdicts.judged_at)},
              {"clauses", to_list(verdicts.clauses)},
              {"grades", to_list(verdicts.grades)},
              {"counts", verdicts.counts},
              {"gate", name_of(verdicts.gate)}};
  if (!verdicts.contradictions.empty()) json["contradictions"] = to_list(verdicts.contradictions);
}

void from_json(const Json& json, Verdicts& verdicts) {
  verdicts.judged_at = time_of(json, "judged_at");
  verdicts.clauses = list_of<ClauseVerdict>(json, "clauses");
  verdicts.grades = list_of<Grade>(json, "grades");
  const Json& counts = member(json, "counts");
  if (counts.is_object())
    for (const auto& [name, count] : counts.items())
      verdicts.counts[name] = count.is_number_integer() ? count.get<int>() : 0;
  verdicts.gate = gate_of(text_or(json, "gate"));
  verdicts.contradictions = list_of<Contradiction>(json, "contradictions");
}

}  // namespace lintel::model
