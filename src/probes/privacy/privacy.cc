// Probe privacy: whether the notice can be read, answers hold the declared personal data only and that masked, and users can see, correct and carry
// away their data. Erasure is privacy_erase's.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "flow/privacy.h"
#include "probe/probe.h"
#include "probes/privacy/answers.h"
#include "probes/privacy/rights.h"

namespace lintel::probes::privacy {
namespace {

using flow::granted;
using flow::Known;
using flow::Person;

constexpr std::size_t kShortestMasked = 4;

class Look {
 public:
  Look(flow::Wire& wire, const flow::Privacy& privacy, model::Observation& observation) : wire_(wire), privacy_(privacy), observation_(observation), facts_(observation.facts), notes_(observation.notes) {}

  Result<void> run() {
    if (privacy_.notice.empty())
      notes_.push_back("declare `notice`, a flow that reads the privacy notice without a log-in");
    else
      look_at_notice();
    auto person = TRY(Person::log_in(wire_, privacy_.account));
    // Rights come first: a correction brings back data that somebody erased.
    Rights rights(person, privacy_, wire_.context().intrusive(), observation_);
    auto done = rights.look();
    look_at_answers(person);
    rights.put_back();
    return done;
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

  flow::Wire& wire_;
  const flow::Privacy& privacy_;
  model::Observation& observation_;
  Json& facts_;
  std::vector<std::string>& notes_;
};

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto privacy = flow::usable_privacy(context.item().data, application, observation);
  if (!privacy) return;
  flow::Wire wire(context, application);
  if (const auto done = Look(wire, *privacy, observation).run(); !done) flow::end_look(done.error(), observation);
  wire.keep({"notice", "answers", "rights"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "个人信息：告知、最小化、脱敏与查询、更正、导出",
    .title_en = "Personal data: notice, minimisation, masking; access, correction, export",
    .version = "2",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::partly,
    .run = run,
};

}  // namespace lintel::probes::privacy
