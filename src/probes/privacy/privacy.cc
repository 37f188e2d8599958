// Probe privacy: whether the notice can be read, answers hold the declared personal data only and that masked, and users can see, correct and carry
// away their data. Erasure is privacy_erase's.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "flow/privacy.h"
#include "probe/probe.h"
#include "probes/privacy/answers.h"

namespace lintel::probes::privacy {
namespace {

using flow::Exchange;
using flow::granted;
using flow::Known;
using flow::Person;

constexpr int kTriesToCorrect = 2;  // somebody else may change the same member at the same moment
constexpr std::size_t kShortestMasked = 4;

class Look {
 public:
  Look(flow::Wire& wire, const flow::Privacy& privacy, model::Observation& observation) : wire_(wire), privacy_(privacy), facts_(observation.facts), notes_(observation.notes) {}

  Result<void> run() {
    if (privacy_.notice.empty())
      notes_.push_back("declare `notice`, a flow that reads the privacy notice without a log-in");
    else
      look_at_notice();
    auto person = TRY(Person::log_in(wire_, privacy_.account));
    look_at_answers(person);
    return look_at_rights(person);
  }

 private:
  void look_at_notice() {
    auto nobody = flow::Client::open(wire_, "");
    if (!nobody) return;
    Known readable = Known::yes;
    for (const flow::Step& step : *flow::find_flow(wire_.application(), privacy_.notice)) {
      const auto exchange = nobody->send(step);
      if (exchange) facts_["notice"]["status"] = exchange->response.status;
      readable = granted(exchange);
      if (readable == Known::yes) continue;
      notes_.push_back(printable("notice: " + (exchange ? exchange->why : exchange.error().message)));
      break;
    }
    facts_["notice"]["readable"] = word(readable);
  }

  void look_at_answers(Person& person) {
    if (privacy_.answers.empty() || privacy_.fields.empty()) {
      notes_.push_back("declare `answers` and `fields` to have answers searched for personal data");
      return;
    }
    std::set<std::string> known(privacy_.other.begin(), privacy_.other.end()), undeclared, seen;
    for (const auto& field : privacy_.fields) known.insert(field.name);
    bool all_read = true;
    Json looked = Json::array(), whole = Json::array();
    for (const std::string& call : privacy_.answers) {
      const auto exchange = person.send(call);
      const auto json = exchange && exchange->success ? parse_json(exchange->response.body) : fail(ErrorCode::protocol, "no answer");
      if (!json || !json->is_structured()) {
        notes_.push_back(printable(fmt::format("{}: {}", call, !exchange ? exchange.error().message : !exchange->success ? exchange->why : "the answer is no JSON")));
        all_read = false;
        continue;
      }
      looked.push_back(call);
      for (const std::string& name : leaf_names(*json)) (known.contains(name) ? seen : undeclared).insert(name);
      for (const auto& field : privacy_.fields)
        if (shows_whole(person, field, exchange->response.body)) whole.push_back({{"call", call}, {"field", printable(field.name)}});
    }
    Json names = Json::array();
    for (const std::string& name : undeclared) names.push_back(printable(name.substr(0, 100)));
    const bool something = std::ranges::any_of(privacy_.fields, [&](const auto& field) { return seen.contains(field.name); });
    facts_["answers"] = {{"looked_at", looked}, {"undeclared", names}, {"whole", whole},
                         {"declared_only", word(!undeclared.empty() ? Known::no : all_read && something ? Known::yes : Known::unknown)}};
    std::size_t maskable = 0;
    bool all_seen = true;
    for (const auto& field : privacy_.fields)
      if (!field.masked.empty()) {
        ++maskable;
        all_seen = all_seen && seen.contains(field.name) && whole_value(person, field).size() >= kShortestMasked;
      }
    if (maskable == 0) notes_.push_back("declare `masked` for a field whose whole value must not show");
    if (maskable > 0) facts_["answers"]["masked"] = word(!whole.empty() ? Known::no : all_read && all_seen ? Known::yes : Known::unknown);
  }

  std::string whole_value(Person& person, const flow::PersonalField& field) {
    return flow::fill(field.masked, person.client.variables).value_or("");
  }
  bool shows_whole(Person& person, const flow::PersonalField& field, const std::string& body) {
    const std::string whole = whole_value(person, field);
    return whole.size() >= kShortestMasked && body.find(whole) != std::string::npos;
  }

  Known look_at_access(Person& person, std::string& before) {
    const auto exchange = person.send(privacy_.access);
    const Known known = granted(exchange);
    note("access", known, exchange);
    if (known != Known::yes) return known;
    const auto json = parse_json(exchange->response.body);
    const auto names = json ? leaf_names(*json) : std::set<std::string>();
    if (json)
      if (const Json* text = text_named(*json, privacy_.input)) before = text->get<std::string>();
    for (const auto& field : privacy_.fields)
      if (!names.contains(field.name)) notes_.push_back(printable("access: the answer has no " + field.name));
    return std::ranges::all_of(privacy_.fields, [&](const auto& field) { return names.contains(field.name); }) ? Known::yes : Known::no;
  }

  // The marker stays where it is: export looks for it.
  Result<Known> look_at_correction(Person& person) {
    Known known = Known::unknown;
    for (int tries = 0; tries < kTriesToCorrect; ++tries) {
      marker_ = TRY(person.fresh_marker(privacy_));
      const auto exchange = person.correct(privacy_, marker_);
      known = granted(exchange);
      note("correct", known, exchange);
      if (known != Known::yes) return known;
      const auto shown = person.send(privacy_.access);
      if (granted(shown) != Known::yes) return Known::unknown;
      if (shown->response.body.find(marker_) != std::string::npos) return Known::yes;
      known = Known::no;
    }
    notes_.push_back("correct: the new value does not show");
    return known;
  }

  Known look_at_export(Person& person, bool marked) {
    const auto exchange = person.send(privacy_.export_data);
    const Known known = granted(exchange);
    note("export", known, exchange);
    if (known != Known::yes) return known;
    const std::string& body = exchange->response.body;
    const auto json = parse_json(body);
    if (json && json->is_structured()) {
      const auto names = leaf_names(*json);
      const bool complete = std::ranges::all_of(privacy_.fields, [&](const auto& field) { return names.contains(field.name); });
      if (!complete) notes_.push_back("export: not every declared field is in it");
      return complete && (!marked || body.find(marker_) != std::string::npos) ? Known::yes : Known::no;
    }
    const std::string type = to_lower(flow::header_value(exchange->response.headers, "Content-Type").value_or(""));
    const bool other = type.starts_with("text/csv") || type.find("xml") != std::string::npos;
    if (other && marked && body.find(marker_) != std::string::npos) return Known::yes;
    notes_.push_back("export: neither JSON, nor CSV or XML with the corrected value in it");
    return type.find("json") != std::string::npos || body.empty() ? Known::no : Known::unknown;
  }

  Result<void> look_at_rights(Person& person) {
    std::string before;
    Known corrected = Known::unknown;
    if (!privacy_.access.empty()) facts_["rights"]["access"] = word(look_at_access(person, before));
    if (!privacy_.correct.empty() && !privacy_.access.empty()) {
      const auto known = look_at_correction(person);
      if (!known) return tl::unexpected<Error>(known.error());
      corrected = *known;
      facts_["rights"]["correct"] = word(corrected);
    }
    if (!privacy_.export_data.empty()) facts_["rights"]["export"] = word(look_at_export(person, corrected == Known::yes));
    if (corrected == Known::yes && !before.empty()) (void)person.correct(privacy_, before);
    for (const auto& [name, call] : {std::pair{"access", privacy_.access}, {"correct", privacy_.correct}, {"export", privacy_.export_data}})
      if (call.empty()) notes_.push_back(fmt::format("declare `{}`, the call by which a user does this", name));
    return {};
  }

  void note(const char* what, Known known, const Result<Exchange>& exchange) {
    if (known != Known::yes) notes_.push_back(printable(fmt::format("{}: {}", what, exchange ? exchange->why : exchange.error().message)));
  }

  flow::Wire& wire_;
  const flow::Privacy& privacy_;
  Json& facts_;
  std::vector<std::string>& notes_;
  std::string marker_;
};

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto privacy = flow::read_privacy(context.item().data);
  if (!privacy) {
    observation.status = model::Status::not_applicable;
    observation.message = "no `privacy` is declared here";
    return;
  }
  if (const std::string unknown = flow::unknown_name(*privacy, application); !unknown.empty()) {
    observation.status = model::Status::not_declared;
    observation.message = "`privacy` names something that is not declared: " + unknown;
    return;
  }
  flow::Wire wire(context, application);
  if (const auto done = Look(wire, *privacy, observation).run(); !done) {
    observation.status = flow::status_of_flow(done.error());
    observation.message = done.error().message;
  }
  wire.keep({"notice", "answers", "rights"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "个人信息：告知、最小化、脱敏与查询、更正、导出",
    .title_en = "Personal data: notice, minimisation, masking; access, correction, export",
    .version = "1",
    .takes = model::ItemKind::web,
    .run = run,
};

}  // namespace lintel::probes::privacy
