// Series of tries: wrong passwords, wrong codes, sign-ups.
#include <algorithm>
#include <functional>

#include "base/text.h"
#include "flow/refusal.h"
#include "model/placeholder.h"
#include "probes/web_auth/looks.h"

namespace lintel::probes::web_auth {

using flow::Client;

namespace {

constexpr auto kCodeLife = std::chrono::seconds(60);  // shortest life of a code that is to be expected

bool uses(const flow::Step& step, const std::string& variable) {
  const std::string text = dump_json(step.request);
  return std::ranges::any_of(model::placeholders(text), [&](const model::Placeholder& found) { return found.name == variable; });
}

bool takes_code(const std::vector<flow::Step>& steps) {
  return std::ranges::any_of(steps, [](const flow::Step& step) { return uses(step, "code"); });
}

// Number of the first try that was answered with another status than the first.
Json changed_at(const std::vector<Attempt>& made) {
  const auto other = std::ranges::find_if(made, [&](const Attempt& one) { return one.status != made.front().status; });
  return other == made.end() ? Json() : Json(other - made.begin() + 1);
}

// A short series first; only an application that lets it pass gets the long one.
Result<void> guess(Scene& scene, const char* name, const std::function<Result<Series>(std::size_t tries)>& try_out) {
  for (const std::size_t tries : {scene.tries, scene.most_tries}) {
    const Series series = TRY(try_out(tries));
    Json& facts = scene.facts[name];
    facts = {{"tries", series.wrong.size()}, {"stopped", name_of(stopped(series))}, {"right_status", series.right.status}};
    if (const Json at = changed_at(series.wrong); !at.is_null()) facts["changed_at"] = at;
    if (series.too_late) scene.notes.push_back(fmt::format("{}: the tries took so long that the code may have run out by itself", name));
    if (stopped(series) != Told::no) break;
  }
  return {};
}

Result<Series> guess_code(Scene& scene, const std::string& flow, std::size_t tries) {
  const auto& steps = *TRY(steps_of(scene, flow));
  const auto at = std::ranges::find_if(steps, [](const flow::Step& step) { return uses(step, "code"); });
  if (at == steps.begin() || at == steps.end()) return fail(ErrorCode::not_found, "the flow `{}` needs a step that takes `code` and one that sends it", flow);
  Client control = TRY(victim(scene));
  if (const auto made = TRY(attempt(scene.wire, control, steps)); !made.success) return fail(ErrorCode::protocol, "the flow itself does not work: {}", made.why);
  Client client = TRY(victim(scene));
  const std::vector<flow::Step> before(steps.begin(), at), with_code(at, at + 1);
  const WallTime began = scene.wire.context().clock().now();
  if (const auto made = TRY(attempt(scene.wire, client, before)); !made.success) return fail(ErrorCode::protocol, "no second code is given out: {}", made.why);
  const std::string right_code = client.variables["code"];
  // A code that was used up would be refused whatever had been guessed.
  if (right_code.empty() || right_code == control.variables["code"]) return fail(ErrorCode::protocol, "no second code is given out");
  Series series;
  while (series.wrong.size() < tries) {
    client.variables["code"] = flow::lookalike(right_code);
    series.wrong.push_back(TRY(attempt(scene.wire, client, with_code)));
  }
  client.variables["code"] = right_code;
  series.right = TRY(attempt(scene.wire, client, with_code));
  series.too_late = scene.wire.context().clock().now() - began > kCodeLife;
  return series;
}

}  // namespace

Result<void> guess_reset(Scene& scene) {
  return guess(scene, "reset", [&](std::size_t tries) { return guess_code(scene, "reset", tries); });
}

Result<void> guess_recover(Scene& scene) {
  return guess(scene, "recover", [&](std::size_t tries) { return guess_code(scene, "recover", tries); });
}

Result<void> guess_login(Scene& scene) {
  return guess(scene, "login", [&](std::size_t tries) -> Result<Series> {
    const auto& steps = *TRY(steps_of(scene, "login"));
    TRY(logged_in(scene));
    Series series;
    while (series.wrong.size() < tries) {
      const std::string wrong = TRY(wrong_password(scene));
      Client client = TRY(victim(scene, wrong));
      series.wrong.push_back(TRY(attempt(scene.wire, client, steps)));
    }
    Client client = TRY(victim(scene));
    series.right = TRY(attempt(scene.wire, client, steps));
    return series;
  });
}

Result<void> reset(Scene& scene) {
  Client client = TRY(victim(scene));
  return client.run("reset");
}

Result<void> look_at_registration(Scene& scene) {
  const auto& steps = *TRY(steps_of(scene, "register"));
  const auto* unverified = flow::find_flow(scene.wire.application(), "register_unverified");
  if (std::ranges::none_of(steps, [](const flow::Step& step) { return uses(step, "random") || uses(step, "digits"); }))
    return fail(ErrorCode::not_found, "the flow `register` needs `{{random}}` or `{{digits}}`, or every sign-up would be the same");
  const auto sign_up = [&](const std::vector<flow::Step>& flow) -> Result<Attempt> {
    Client client = TRY(Client::open(scene.wire, ""));
    flow::set_random(client.variables);
    client.keep_random = true;
    return attempt(scene.wire, client, flow);
  };
  // Without the code first: where that works nobody needs the code. Its refusal counts once a sign-up with the code has worked.
  Attempt without;
  if (unverified != nullptr) without = TRY(sign_up(*unverified));
  const auto control = TRY(sign_up(steps));
  if (!control.success) return fail(ErrorCode::protocol, "the flow `register` itself does not work: {}", control.why);
  const bool coded = takes_code(steps);
  Json& facts = scene.facts["registration"] = Json::object();
  if (unverified != nullptr) facts["challenged"] = without.success ? "no" : turned_away(without) && without.status != 429 ? "yes" : "unknown";
  else if (!coded) facts["challenged"] = "no";
  else scene.notes.push_back("declare a flow `register_unverified`, the sign-up with a wrong code or none, to have the challenge looked at");
  if (text_or(facts, "challenged") == "yes") return {};
  std::vector<Attempt> made{unverified != nullptr && without.success ? without : control};
  while (made.size() < scene.sign_ups && made.back().success) made.push_back(TRY(sign_up(without.success ? *unverified : steps)));
  facts["made"] = std::ranges::count(made, true, &Attempt::success);
  facts["stopped"] = name_of(stopped(made));
  return {};
}

}  // namespace lintel::probes::web_auth
