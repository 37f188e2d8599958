// Probe ports: which TCP ports of a host accept connections, and whether every port of the range gave a
// definite answer.
#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/ports/range.h"

namespace lintel::probes::ports {

namespace {

using model::Status;

// A host where this many ports accept is no host: a tarpit, or a proxy that answers for it.
constexpr std::size_t kManyOpen = 1000;

struct Sum {
  net::SweepResult all;
  std::size_t asked = 0;
  std::optional<Error> error;
};

Sum sweep_all(probe::Context& context, const std::string& host, const std::vector<Interval>& intervals) {
  Sum sum;
  const std::size_t total = count_ports(intervals);
  for (const Interval& interval : intervals) {
    probe::SweepOptions options;
    options.first = interval.first;
    options.last = interval.last;
    const auto part = context.sweep(host, options);
    if (!part) {
      sum.error = part.error();
      break;
    }
    sum.all.open.insert(sum.all.open.end(), part->open.begin(), part->open.end());
    sum.all.refused += part->refused;
    sum.all.unanswered += part->unanswered;
    sum.all.undecided += part->undecided;
    sum.all.alive = sum.all.alive || part->alive;
    sum.asked += count_ports({interval});
    context.progress(sum.asked, total);
    if (part->undecided > 0 && (context.cancel().requested() || context.deadline().passed())) break;
  }
  sum.all.undecided += static_cast<std::uint32_t>(total - sum.asked);
  std::ranges::sort(sum.all.open);
  return sum;
}

void set_status(probe::Context& context, const std::string& host, const Sum& sum,
                model::Observation& observation) {
  const auto end = [&](Status status, std::string message) {
    observation.status = status;
    observation.message = std::move(message);
  };
  if (sum.error) return end(probe::status_of(*sum.error), sum.error->message);
  if (sum.all.undecided > 0 && context.cancel().requested())
    return end(Status::interrupted,
               fmt::format("{}: stopped with {} ports not asked to the end", host, sum.all.undecided));
  if (sum.all.undecided > 0 && context.deadline().passed())
    return end(Status::timeout,
               fmt::format("{}: time was up with {} ports not asked to the end", host, sum.all.undecided));
  if (!sum.all.alive)
    return end(Status::unreachable,
               fmt::format("{}: no port of the range answered, neither open nor refused", host));
  if (sum.all.undecided > 0)
    return end(
        Status::timeout,
        fmt::format(
            "{}: the host dropped connection attempts to the end, so that {} silent ports prove nothing",
            host, sum.all.undecided));
}

void keep_list(probe::Context& context, const std::string& host, const std::string& range, const Sum& sum) {
  std::string text =
      fmt::format("TCP connect sweep of {} ports {}\n{} open, {} refused, {} unanswered, {} undecided\n",
                  host, range, sum.all.open.size(), sum.all.refused, sum.all.unanswered, sum.all.undecided);
  for (const auto port : sum.all.open) text += fmt::format("{}/tcp open\n", port);
  context.keep_evidence("ports.txt", "text/plain", as_bytes(text),
                        {"open_tcp", "refused", "unanswered", "complete"});
}

void run(probe::Context& context, model::Observation& observation) {
  const auto started = std::chrono::steady_clock::now();
  const Json& item = context.item().data;
  const std::string host = text_or(item, "address");
  const std::string allowed = text_or(item, "ports", "1-65535");
  const std::string wanted = text_or(context.params(), "range", allowed);
  if (host.empty()) {
    observation.status = Status::not_declared;
    observation.message = "the host has no address";
    return;
  }
  const auto asked_for = parse_range(wanted), declared = parse_range(allowed);
  for (const auto* range : {&asked_for, &declared})
    if (!*range) {
      observation.status = probe::status_of(range->error());
      observation.message = range->error().message;
      return;
    }
  const auto intervals = common(*asked_for, *declared);
  const std::string range = range_text(intervals);
  const bool narrowed = count_ports(intervals) < count_ports(*asked_for);
  if (narrowed) observation.notes.push_back(fmt::format("the check asks for ports {}, the target allows {}: the rest was not looked at", wanted, allowed));
  if (intervals.empty()) {
    observation.status = Status::not_declared;
    observation.message = fmt::format("the target allows ports {}, which has none of {}", allowed, wanted);
    return;
  }
  const Sum sum = sweep_all(context, host, intervals);
  set_status(context, host, sum, observation);
  Json& facts = observation.facts;
  facts["range"] = range;
  facts["refused"] = sum.all.refused;
  facts["unanswered"] = sum.all.unanswered;
  facts["complete"] = sum.all.alive && sum.all.undecided == 0 && !sum.error && !narrowed;
  facts["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  // A host that never answered has not been seen with its ports closed.
  if (sum.all.alive) facts["open_tcp"] = sum.all.open;
  if (sum.all.open.size() >= kManyOpen)
    observation.notes.push_back(
        fmt::format("{} ports accept connections: a tarpit or a proxy may be answering for the host",
                    sum.all.open.size()));
  if (sum.asked > 0) keep_list(context, host, range, sum);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "TCP 端口",
    .title_en = "TCP ports",
    .version = "1",
    .takes = model::ItemKind::host,
    .cost = probe::Cost::network,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::ports
