// The ota probe: what a platform offers its devices as the next firmware, held against the device's model and the declared images.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/placeholder.h"
#include "probe/probe.h"
#include "probes/ota/offer.h"

namespace lintel::probes::ota {
namespace {

using flow::Client;
using model::Status;

constexpr std::size_t kMostAccounts = 8;

struct Asked {
  std::string_view answer = "unknown";  // offered | none | unknown
  long status = 0;
  Offer offer;
};

class Look {
 public:
  Look(flow::Wire& wire, model::Observation& observation) : wire_(wire), observation_(observation), steps_(*flow::find_flow(wire.application(), "offer")) {}

  Result<void> run(const std::vector<std::string>& accounts) {
    known_ = TRY(known_firmware(wire_.context(), observation_.notes));
    Json& facts = observation_.facts;
    facts["asked"] = Json::array();
    Json offers = Json::array();
    std::set<std::string> models;
    for (const std::string& account : accounts) {
      Client client = TRY(Client::log_in(wire_, account));
      const Asked first = TRY(look_as(client, offers));
      if (first.answer != "unknown") models.insert(client.variables["model"]);
    }
    facts["offers"] = offers;
    facts["models"] = models.size();
    if (offers.empty()) observation_.notes.emplace_back("nothing was offered: give an account a `version` older than the newest firmware");
    return {};
  }

 private:
  Result<Asked> look_as(Client& client, Json& offers) {
    const std::string installed = client.variables["version"];
    const Asked first = TRY(ask(client, installed, false));
    state(client, "installed", installed, first);
    if (first.answer != "offered") return first;
    offers.push_back(TRY(held_against_image(client, first.offer)));
    if (!version_is_sent()) {
      observation_.notes.emplace_back("the flow `offer` does not send {version}, so that no other version could be claimed");
      return first;
    }
    struct Claim {
      const char* name;
      std::string version;
      Asked asked;
    };
    Claim claims[] = {{"same", first.offer.version, {}}, {"higher", higher(first.offer.version), {}}};
    for (Claim& claim : claims)
      if (!claim.version.empty()) claim.asked = TRY(ask(client, claim.version, true));
    // Nothing offered means something only while the device itself is still served.
    const Asked again = TRY(ask(client, installed, false));
    for (Claim& claim : claims) {
      if (claim.asked.answer == "none" && again.answer != "offered") claim.asked.answer = "unknown";
      if (!claim.version.empty()) state(client, claim.name, claim.version, claim.asked);
    }
    return first;
  }

  // claimed: the version is made up, so that being told off for it is an answer, too.
  Result<Asked> ask(Client& client, const std::string& version, bool claimed) {
    forget_offer(client.variables);
    client.variables["version"] = version;
    flow::set_random(client.variables);
    client.keep_random = true;
    Asked asked;
    for (const flow::Step& step : steps_) {
      const auto exchange = TRY(client.send(step));
      asked.status = exchange.response.status;
      if (exchange.success) continue;
      const bool no_offer = asked.status == 204 || asked.status == 304 || asked.status == 404;
      const bool told_off = claimed && (asked.status == 400 || asked.status == 409 || asked.status == 410 || asked.status == 422);
      if (no_offer || told_off) asked.answer = "none";
      else observation_.notes.push_back(fmt::format("{}, version {}: {}", client.account(), version, exchange.why));
      return asked;
    }
    asked.offer = offer_in(client.variables);
    asked.answer = asked.offer.empty() ? "none" : "offered";
    return asked;
  }

  void state(Client& client, const char* claim, const std::string& version, const Asked& asked) {
    Json entry = {{"account", client.account()}, {"model", client.variables["model"]}, {"claim", claim}, {"told", version}, {"answer", asked.answer}, {"status", asked.status}};
    if (!asked.offer.version.empty()) entry["version"] = asked.offer.version;
    if (!asked.offer.model.empty()) entry["named_model"] = asked.offer.model;
    observation_.facts["asked"].push_back(entry);
  }

  Result<Json> held_against_image(Client& client, const Offer& offer) {
    const std::string model = client.variables["model"];
    Json facts = {{"account", client.account()}, {"model", model}, {"link_encrypted", encrypted_link(offer.url, wire_.application().url)}};
    if (!offer.version.empty()) facts["version"] = offer.version;
    facts["model_fits"] = offer.model.empty() ? "unknown" : to_lower(offer.model) == to_lower(model) ? "yes" : "no";
    facts["digests"] = Json::array();
    for (const auto& [algorithm, value] : offer.digests)
      facts["digests"].push_back({{"algorithm", crypto::name_of(algorithm)}, {"strong", crypto::is_strong(algorithm)}, {"matches", "unknown"}});
    facts["signature"] = offer.signature.empty() ? "absent" : "unknown";
    const auto image = TRY(download(client, offer));
    if (!image) return facts;

    const auto sha256 = to_hex(TRY(crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(*image))));
    const Known* declared = find_image(known_, sha256);
    const Known* expected = find_version(known_, model, offer.version);
    facts["image"] = {{"size_bytes", image->size()}, {"sha256", sha256}, {"fits", "unknown"}, {"names_version", names(*image, offer.version)}};
    if (declared != nullptr) {
      facts["image"]["declared_as"] = declared->id;
      const bool wrong_version = !offer.version.empty() && !declared->version.empty() && declared->version != offer.version;
      const bool wrong_model = !declared->model.empty() && declared->model != model;
      const bool all_said = !offer.version.empty() && !declared->version.empty() && !declared->model.empty();
      if (wrong_version || wrong_model || all_said) facts["image"]["fits"] = wrong_version || wrong_model ? "no" : "yes";
      if (offer.model.empty() && !declared->model.empty()) facts["model_fits"] = wrong_model ? "no" : "yes";
    } else if (expected != nullptr) {
      facts["image"]["fits"] = "no";
    } else {
      observation_.notes.push_back(fmt::format("declare the firmware {} {} with its image to have the offered one compared", model, offer.version));
    }
    for (std::size_t i = 0; i < offer.digests.size(); ++i) {
      const auto computed = TRY(crypto::digest(offer.digests[i].first, as_bytes(*image)));
      facts["digests"][i]["matches"] = same_digest(offer.digests[i].second, computed);
    }
    facts["signature"] = verified(wire_.context(), declared != nullptr ? declared : expected, offer.signature, *image, observation_.notes);
    return facts;
  }

  // nullopt, with a note, when there is nothing to fetch or the fetch is refused.
  Result<std::optional<std::string>> download(Client client, const Offer& offer) {
    const auto* steps = flow::find_flow(wire_.application(), "offer_image");
    const std::string path = path_on(wire_.application().url, offer.url);
    if (steps == nullptr || (!offer.url.empty() && path.empty())) {
      observation_.notes.emplace_back(steps == nullptr ? "declare a flow `offer_image` to have the image compared" : "the offered image lies on another host and was not fetched");
      return std::nullopt;
    }
    if (!path.empty()) client.variables["offer_url"] = path;
    client.large_answers = true;
    std::optional<std::string> image;
    for (const flow::Step& step : *steps) {
      auto exchange = TRY(client.send(step));
      if (!exchange.success) {
        observation_.notes.push_back(fmt::format("the offered image: {}", exchange.why));
        return std::nullopt;
      }
      image = std::move(exchange.response.body);
    }
    if (image && image->empty()) image.reset();
    return image;
  }

  bool version_is_sent() const {
    return std::ranges::any_of(steps_, [](const flow::Step& step) {
      return std::ranges::any_of(model::placeholders(dump_json(step.request)), [](const auto& found) { return found.name == "version"; });
    });
  }

  flow::Wire& wire_;
  model::Observation& observation_;
  const std::vector<flow::Step>& steps_;
  std::vector<Known> known_;
};

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  if (flow::find_flow(application, "offer") == nullptr) {
    observation.status = Status::not_applicable;
    observation.message = "no flow `offer` is declared here";
    return;
  }
  std::vector<std::string> accounts;
  for (const auto& [name, members] : application.accounts)
    if (members.contains("model") && members.contains("version")) accounts.push_back(name);
  if (accounts.empty()) {
    observation.status = Status::not_declared;
    observation.message = "a look at offers needs accounts of devices, each with `model` and `version`";
    return;
  }
  if (accounts.size() > kMostAccounts) {
    observation.notes.push_back(fmt::format("{} accounts were left out", accounts.size() - kMostAccounts));
    accounts.resize(kMostAccounts);
  }
  flow::Wire wire(context, application);
  if (const auto done = Look(wire, observation).run(accounts); !done) flow::end_look(done.error(), observation);
  observation.facts["requests"] = wire.requests();
  wire.keep({"asked", "offers"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "固件下发",
    .title_en = "Firmware offers",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::ota
