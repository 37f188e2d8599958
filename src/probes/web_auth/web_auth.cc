// The web_auth probe: what a declared web application does about sign-ups in bulk, guesses of passwords and codes, and log-ins that should fail.
#include "probes/web_auth/looks.h"

#include "base/text.h"
#include "probe/probe.h"

namespace lintel::probes::web_auth {
namespace {

using Look = Result<void> (*)(Scene&);

// In this order: the last one leaves the account locked.
constexpr std::pair<const char*, Look> kLooks[] = {
    {"log-in over plain HTTP", look_at_plain_login}, {"failed log-in", look_at_failed_login}, {"flags of the client", look_at_client_flags},
    {"user names", look_at_names},                   {"reset", guess_reset},                  {"recover", guess_recover},
    {"login", guess_login}};

bool ends_all(ErrorCode code) { return code == ErrorCode::cancelled || code == ErrorCode::timeout || code == ErrorCode::unreachable; }

// Whether to go on.
bool take(Scene& scene, model::Observation& observation, const char* name, const Result<void>& done) {
  if (done) return true;
  scene.notes.push_back(fmt::format("{}: {}", name, done.error().message));
  if (!ends_all(done.error().code)) return true;
  observation.status = probe::status_of(done.error());
  observation.message = done.error().message;
  return false;
}

void look(Scene& scene, model::Observation& observation) {
  const auto& application = scene.wire.application();
  if (!take(scene, observation, "registration", look_at_registration(scene))) return;
  if (!application.accounts.contains("victim") || flow::find_flow(application, "login") == nullptr) {
    scene.notes.push_back("declare a flow `login` and an account `victim`, which these tests may lock");
    return;
  }
  if (const auto control = check_login(scene); !control) {
    flow::end_look(control.error(), observation);
    return;
  }
  for (const auto& [name, step] : kLooks)
    if (!take(scene, observation, name, step(scene))) return;
  if (scene.facts.contains("reset")) take(scene, observation, "reset at the end", reset(scene));
}

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto number = [&](const char* name, std::int64_t otherwise) { return static_cast<std::size_t>(integer_or(context.params(), name, otherwise)); };
  if (!application.accounts.contains("victim") && flow::find_flow(application, "register") == nullptr) {
    observation.status = model::Status::not_declared;
    observation.message = "a look at log-ins needs an account `victim` or a flow `register`";
    return;
  }
  flow::Wire wire(context, application);
  Scene scene{wire, number("tries", 12), number("most_tries", 100), number("sign_ups", 50)};
  look(scene, observation);
  observation.facts = std::move(scene.facts);
  observation.facts["requests"] = wire.requests();
  observation.notes = std::move(scene.notes);
  wire.keep({});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "Web 登录与注册的防护",
    .title_en = "Protection of web log-in and sign-up",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::web_auth
