// lintel probe tls: looks at TLS services by name or address, without a target file.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <functional>
#include <thread>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "net/address.h"
#include "report/tls_page.h"
#include "scan/runner.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kAtOnce = 64;  // services
constexpr std::chrono::minutes kLongest{10};  // one service
constexpr std::uint16_t kUsual[] = {443, 8443, 8883, 5684, 5061, 322}, kUsualUdp[] = {5684};

struct ServicePlace {
  std::string host;
  std::uint16_t port = 0;    // 0: none was said
  std::size_t asked = 0;     // which word of the command line it comes from; several with the same are the usual ports of a host
};

// "host", "host:port", "192.0.2.1:8443", "2001:db8::1", "[2001:db8::1]:8443".
Result<ServicePlace> parse_place(const std::string& text) {
  ServicePlace place;
  std::string port;
  const auto bracket = text.find(']'), colon = text.rfind(':');
  if (text.starts_with('[') && bracket != std::string::npos) {
    place.host = text.substr(1, bracket - 1);
    if (bracket + 1 < text.size()) port = text[bracket + 1] == ':' && bracket + 2 < text.size() ? text.substr(bracket + 2) : "?";
  } else if (colon != std::string::npos && text.find(':') == colon) {
    place.host = text.substr(0, colon);
    port = colon + 1 < text.size() ? text.substr(colon + 1) : "?";
  } else {
    place.host = text;
  }
  if (!port.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535) return fail(ErrorCode::invalid_input, "\"{}\": the port must be a number from 1 to 65535", printable(text));
    place.port = static_cast<std::uint16_t>(number);
  }
  const bool strange = !std::ranges::all_of(place.host, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::string_view(".-_:%").find(c) != std::string_view::npos; });
  if (place.host.empty() || place.host.size() > 255 || strange) return fail(ErrorCode::invalid_input, "\"{}\" names no host", printable(text));
  return place;
}

model::Target target_of(const ServicePlace& place, const ProbeTlsCommand& command) {
  model::Target target;
  target.id = "probe";
  target.limits.deadline = kLongest;
  model::Asset asset;
  asset.id = place.host;
  Json service = {{"address", place.host}, {"port", place.port}, {"transport", command.transport}};
  const std::string name = !command.server_name.empty() ? command.server_name : net::parse_address(place.host, 0) ? std::string() : place.host;
  if (!name.empty()) service["server_name"] = name;
  if (!command.ca.empty()) service["ca"] = command.ca;
  asset.items.push_back({model::ItemKind::host, "host", Json{{"address", place.host}}});
  asset.items.push_back({model::ItemKind::service, fmt::format("host:{}/{}", place.port, command.transport), std::move(service)});
  target.assets.push_back(std::move(asset));
  return target;
}

using Progress = std::function<void(std::size_t connections, std::size_t most)>;

model::Observation look(const scan::ReadyProbe& probe, const ServicePlace& place, const ProbeTlsCommand& command, const Json& params, const Cancel& cancel, const Clock& clock,
                        const Progress& progress) {
  const model::Target target = target_of(place, command);
  model::Job job;
  job.probe = "tls";
  job.asset = target.assets[0].id;
  job.kind = model::ItemKind::service;
  job.item = target.assets[0].items[1].id;
  job.params = params;
  scan::AssetGate gate(1, std::chrono::milliseconds(0));
  scan::Secrets secrets;
  model::Observation seen = scan::run_job(probe, {target, target.assets[0], target.assets[0].items[1], job, gate, secrets, cancel, clock, Deadline::after(kLongest), progress}).observation;
  if (seen.status == model::Status::interrupted) seen.message = "stopped before all was asked; the same command begins again";
  return seen;
}

bool nobody_there(const model::Observation& one) {
  if (integer_or(one.facts, "connections_used", 0) > 0) return false;
  return one.status == model::Status::refused || one.status == model::Status::timeout || one.status == model::Status::unreachable;
}

bool tells_nothing(const model::Observation& one) {
  const std::string spoken = text_or(one.facts, "spoken");
  return nobody_there(one) || (one.status == model::Status::interrupted && spoken != "yes" && spoken != "no");
}

// One observation for all usual ports of a host that tell nothing.
model::Observation together(std::span<const ServicePlace> places, std::span<const model::Observation> seen) {
  model::Observation all = seen[0];
  std::int64_t connections = 0;
  std::vector<std::string> ports;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    connections += integer_or(seen[i].facts, "connections_used", 0);
    ports.push_back(std::to_string(places[i].port));
    if (seen[i].status == model::Status::interrupted || all.status == model::Status::refused) all.status = seen[i].status;
  }
  all.facts = {{"connections_used", connections}};
  // What is wrong with the host's name is said in the same words for every port, and without them.
  if (std::ranges::all_of(seen, [&](const model::Observation& one) { return one.message == seen[0].message; })) return all;
  all.message = fmt::format("{}: nobody answers on the usual ports {}; HOST:PORT asks another", places[0].host, join(ports, ", "));
  return all;
}

}  // namespace

int run_command(const ProbeTlsCommand& command, const Console& console) {
  std::vector<ServicePlace> places;
  for (const std::string& text : command.places) {
    const auto place = parse_place(text);
    if (!place) {
      print_error(place.error().message);
      return kUsageError;
    }
    const std::size_t asked = places.empty() ? 0 : places.back().asked + 1;
    if (place->port != 0) {
      places.push_back({place->host, place->port, asked});
      continue;
    }
    const std::span<const std::uint16_t> usual = command.transport == "udp" ? std::span<const std::uint16_t>(kUsualUdp) : kUsual;
    for (const std::uint16_t port : usual) places.push_back({place->host, port, asked});
  }
  if (!command.ca.empty()) {
    if (const auto pem = read_file(command.ca, 1 << 20); !pem) {
      print_error(pem.error().message);
      return kUsageError;
    }
  }
  scan::ReadyProbe probe{probe::find_probe("tls"), {}};
  auto facts = schema::Schema::load(probe.registered->facts_schema, "facts.schema.json");
  const auto schema = schema::Schema::load(probe.registered->params_schema, "params.schema.json");
  if (!facts || !schema) return kInternalError;
  probe.facts = *std::move(facts);
  Json params = {{"depth", command.depth}, {"pace", command.pace}, {"starttls", command.starttls}};
  if (command.connections > 0) params["connections"] = command.connections;
  if (command.wait > 0) params["wait"] = command.wait;
  params = schema::with_defaults(std::move(params), schema->root());
  const InterruptGuard interrupt;
  const SystemClock clock;
  report::TerminalOptions options;
  options.width = static_cast<std::size_t>(console.width);
  options.colour = console.colour ? report::Colour::on : report::Colour::off;
  options.language = console.language == "en" ? report::Language::en : report::Language::zh;
  // Of several places the last one that moved is shown.
  const Progress progress = [&](std::size_t connections, std::size_t) {
    if (console.live && !console.quiet) tell(fmt::format("\r\x1b[2K[tls] {} {}", connections, choose(console, "个连接", "connections")));
  };
  std::vector<model::Observation> seen(places.size());
  bool all = true;
  {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(places.size(), kAtOnce); ++i)
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < places.size(); at = next++) seen[at] = look(probe, places[at], command, params, interrupt.cancel(), clock, progress);
      });
  }
  if (console.live && !console.quiet) tell("\r\x1b[2K");
  bool shown = false;
  const auto show = [&](const std::string& place, const model::Observation& one) {
    all = all && one.status == model::Status::ok;
    if (console.json)
      print_json({{"place", place}, {"transport", command.transport}, {"status", name_of(one.status)}, {"message", one.message}, {"notes", one.notes}, {"facts", one.facts}});
    else
      fmt::print("{}{}", std::exchange(shown, true) ? "\n" : "", report::render_tls_page(one, place, options));
  };
  for (std::size_t first = 0, end = 0; first < places.size(); first = end) {
    while (end < places.size() && places[end].asked == places[first].asked) ++end;
    const bool usual = end - first > 1;
    const auto group = std::span(seen).subspan(first, end - first);
    if (usual && std::ranges::all_of(group, tells_nothing)) {
      show(places[first].host, together(std::span(places).subspan(first, end - first), group));
      continue;
    }
    for (std::size_t at = first; at < end; ++at) {
      if (usual && nobody_there(seen[at])) continue;
      const bool v6 = places[at].host.find(':') != std::string::npos;
      show(fmt::format("{}{}{}:{}", v6 ? "[" : "", places[at].host, v6 ? "]" : "", places[at].port), seen[at]);
    }
  }
  if (interrupt.cancel().requested()) return 130;
  return all ? 0 : 1;
}

}  // namespace lintel::cli
