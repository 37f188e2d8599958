// Probe privacy_erase: whether data that its owner erases is gone, from the platform and from its copies. Intrusive: it erases.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "flow/privacy.h"
#include "probe/probe.h"

namespace lintel::probes::privacy_erase {
namespace {

using flow::granted;
using flow::Known;
using flow::Person;

class Look {
 public:
  Look(flow::Wire& wire, const flow::Privacy& privacy, model::Observation& observation) : wire_(wire), privacy_(privacy), facts_(observation.facts), notes_(observation.notes) {}

  Result<void> run() {
    auto person = TRY(Person::log_in(wire_, privacy_.erased_account));
    marker_ = TRY(person.fresh_marker(privacy_));
    const auto written = person.correct(privacy_, marker_);
    const bool shown = granted(written) == Known::yes && shows(person, privacy_.access) == Known::yes;
    facts_["control"] = shown;
    if (!shown) {
      notes_.push_back("the marker that was to be erased could not be written and read: nothing is erased");
      return {};
    }
    for (const std::string& copy : privacy_.copies)
      if (shows(person, copy) == Known::yes) copies_.push_back(copy);
      else notes_.push_back(printable(fmt::format("{}: does not show the marker before the erasure, so it says nothing afterwards", copy)));
    const auto erased = person.send(privacy_.erase);
    facts_["carried_out"] = word(granted(erased));
    if (granted(erased) != Known::yes) {
      notes_.push_back(printable("erase: " + (erased ? erased->why : erased.error().message)));
      return {};
    }
    return await_absence(person);
  }

 private:
  // no: the answer, whatever it is, is the server's own and lacks the marker. Being turned away shows nothing.
  Known shows(Person& person, const std::string& call) {
    const auto exchange = person.send(call);
    if (!exchange) return Known::unknown;
    if (exchange->response.body.find(marker_) != std::string::npos) return Known::yes;
    const long status = exchange->response.status;
    const bool looked = (status >= 200 && status < 300) || status == 404 || status == 410;
    return looked ? Known::no : Known::unknown;
  }

  // An account that is gone with its data can't log in any more: then nobody reads it there.
  bool account_is_gone() {
    const auto again = Person::log_in(wire_, privacy_.erased_account);
    return !again && again.error().code == ErrorCode::protocol && again.error().message.find("HTTP 5") == std::string::npos;
  }

  Result<void> await_absence(Person& person) {
    Known main = Known::unknown;
    std::vector<Known> copies(copies_.size(), Known::unknown);
    for (auto waited = std::chrono::milliseconds(0);; waited += std::chrono::seconds(1)) {
      if (main != Known::no) main = shows(person, privacy_.access);
      for (std::size_t i = 0; i < copies.size(); ++i)
        if (copies[i] != Known::no) copies[i] = shows(person, copies_[i]);
      const bool still = main == Known::yes || std::ranges::count(copies, Known::yes) > 0;
      if (!still || waited >= privacy_.within) break;
      if (const auto slept = wire_.context().wait(std::chrono::seconds(1)); !slept) return slept;
    }
    if (main == Known::unknown && account_is_gone()) main = Known::no;
    const auto gone = [](Known shown) { return shown == Known::no ? Known::yes : shown == Known::yes ? Known::no : Known::unknown; };
    facts_["gone"] = word(gone(main));
    Json list = Json::array();
    Known all = copies.empty() || copies.size() < privacy_.copies.size() ? Known::unknown : Known::yes;
    for (std::size_t i = 0; i < copies.size(); ++i) {
      list.push_back({{"call", copies_[i]}, {"gone", word(gone(copies[i]))}});
      if (copies[i] == Known::unknown && all == Known::yes) all = Known::unknown;
      if (copies[i] == Known::yes) all = Known::no;
    }
    facts_["copies"] = list;
    if (!privacy_.copies.empty()) facts_["copies_gone"] = word(all);
    return {};
  }

  flow::Wire& wire_;
  const flow::Privacy& privacy_;
  Json& facts_;
  std::vector<std::string>& notes_;
  std::string marker_;
  std::vector<std::string> copies_;  // those that showed the marker
};

void run(probe::Context& context, model::Observation& observation) {
  const auto application = flow::read_application(context.item().data);
  const auto privacy = flow::usable_privacy(context.item().data, application, observation);
  if (!privacy) return;
  if (privacy->erase.empty() || privacy->correct.empty() || privacy->access.empty() || privacy->erased_account.empty()) {
    observation.status = model::Status::not_declared;
    observation.message = "declare `access`, `correct` and `erase` with an account of its own";
    return;
  }
  flow::Wire wire(context, application);
  if (const auto done = Look(wire, *privacy, observation).run(); !done) flow::end_look(done.error(), observation);
  wire.keep({"carried_out", "gone", "copies_gone"});
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "个人信息：删除与副本清除",
    .title_en = "Personal data: erasure and copies",
    .version = "1",
    .takes = model::ItemKind::web,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::yes,
    .run = run,
};

}  // namespace lintel::probes::privacy_erase
