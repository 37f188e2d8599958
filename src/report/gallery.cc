// What the probes saw, as pictures. Facts are read by the paths of the probes' own schemas; one that is missing leaves its mark out.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "data/json.h"
#include "report/pictures.h"
#include "report/svg.h"
#include "report/values.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

constexpr std::size_t kMostRows = 40;   // of one picture
constexpr std::size_t kMostPorts = 10;  // named ports of a host
constexpr double kWidth = 640, kLabel = 190;

using Observations = std::vector<const model::Observation*>;

Observations of_probe(const RunIndex& index, std::string_view probe, const char* fact) {
  Observations found;
  for (const auto& observation : index.run.observations)
    if (observation.job.probe == probe && observation.facts.contains(fact)) found.push_back(&observation);
  return found;
}

std::string row_label(const model::Job& job) { return shortened(plain(job.asset + " " + job.item, 200), 26); }

Json entry(const RunIndex& index, const char* word, std::string picture, std::size_t rows) {
  Json title = index.words.entry("picture", word);
  Json note = title["note"];
  title.erase("note");
  note["two"] = true;
  return {{"title", std::move(title)}, {"note", std::move(note)}, {"picture", std::move(picture)}, {"more", more(rows, kMostRows)}};
}

std::string label_of(const RunIndex& index, const char* word) {
  return spoken(index, index.words.text("picture", word));
}

// ---- ports

std::set<int> declared_ports(const RunIndex& index, const model::Job& job) {
  std::set<int> ports;
  const model::Asset* asset = index.asset(job.asset);
  if (asset == nullptr) return ports;
  for (const auto& item : asset->items)
    if (item.kind == model::ItemKind::service && item.id.starts_with(job.item + ":") && text_or(item.data, "transport") == "tcp")
      ports.insert(static_cast<int>(integer_or(item.data, "port", 0)));
  return ports;
}

double on_scale(int port) { return kLabel + (kWidth - kLabel - 10) * std::log(std::max(port, 1)) / std::log(65535.0); }

struct Name {
  std::string text;
  bool odd = false;
  double at = 0, width = 0;
};

// Side by side as near to their marks as they fit.
void draw_names(Svg& svg, double y, std::vector<Name> names) {
  double from = kLabel, until = kWidth;
  for (Name& name : names) from = (name.at = std::max(name.at, from)) + name.width;
  for (auto name = names.rbegin(); name != names.rend(); ++name) until = name->at = std::min(name->at, until - name->width);
  for (const Name& name : names) svg.text(name.at + 4, y, name.text, name.odd ? "fail" : kInk, Svg::Anchor::start, 11, name.odd);
}

void draw_host(Svg& svg, double y, const std::set<int>& open, const std::set<int>& declared) {
  svg.line(on_scale(1), y + 12, on_scale(65535), y + 12, kQuiet);
  std::set<int> all = open;
  all.insert(declared.begin(), declared.end());
  double last_x = 0;
  std::vector<Name> names;
  for (const int port : all) {
    const double x = on_scale(port);
    const bool is_open = open.contains(port), is_declared = declared.contains(port);
    if (names.size() >= kMostPorts && x - last_x < 1) continue;  // a host that answers on every port
    last_x = x;
    if (!is_open)
      svg.frame(x - 4, y + 8, 8, 8, kQuiet, true);
    else if (is_declared)
      svg.rect(x - 4, y + 8, 8, 8, kInk);
    else
      svg.rect(x - 3, y + 2, 6, 20, "fail");
    if (names.size() >= kMostPorts) continue;
    const char* mark = is_open ? is_declared ? "" : " !" : " –";
    const double width = 7.0 * static_cast<double>(std::to_string(port).size() + (*mark == 0 ? 0 : 2)) + 8;
    names.push_back({std::to_string(port) + mark, is_open && !is_declared, x - width / 2, width});
  }
  if (all.size() > kMostPorts) names.back().text += " …";
  draw_names(svg, y + 36, std::move(names));
}

std::string port_map(const RunIndex& index, const Observations& hosts) {
  const std::size_t rows = std::min(hosts.size(), kMostRows);
  Svg svg(kWidth, 26 + 46.0 * static_cast<double>(rows), label_of(index, "ports"));
  for (const int tick : {1, 22, 80, 443, 1883, 8443, 65535}) {
    svg.text(on_scale(tick), 12, std::to_string(tick), kQuiet, tick == 65535 ? Svg::Anchor::end : Svg::Anchor::middle, 10);
    svg.line(on_scale(tick), 16, on_scale(tick), 22, kQuiet);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const double y = 26 + 46.0 * static_cast<double>(i);
    std::set<int> open;
    for (const Json& port : hosts[i]->facts["open_tcp"])
      if (port.is_number_integer()) open.insert(port.get<int>());
    svg.text(0, y + 16, row_label(hosts[i]->job));
    draw_host(svg, y, open, declared_ports(index, hosts[i]->job));
  }
  return std::move(svg).done();
}

// ---- TLS

struct Version {
  const char* fact;
  const char* shown;
  bool datagrams = false;  // asked of services over UDP, the others of those over TCP
};
constexpr Version kVersions[] = {{"ssl2", "SSL 2.0"}, {"ssl3", "SSL 3.0"}, {"tls1_0", "TLS 1.0"}, {"tls1_1", "TLS 1.1"}, {"tls1_2", "TLS 1.2"}, {"tls1_3", "TLS 1.3"},
                                 {"tlcp1_1", "TLCP"}, {"dtls1_0", "DTLS 1.0", true}, {"dtls1_2", "DTLS 1.2", true}};

bool over_datagrams(const model::Observation& service) {
  const Json& versions = service.facts["versions"];
  return versions.contains("dtls1_0") || versions.contains("dtls1_2");
}

std::string tls_matrix(const RunIndex& index, const Observations& services) {
  const std::size_t rows = std::min(services.size(), kMostRows);
  std::vector<Version> columns;  // those of the transports that occur
  for (const Version& version : kVersions)
    if (std::ranges::any_of(services, [&](const model::Observation* service) { return over_datagrams(*service) == version.datagrams; })) columns.push_back(version);
  const double column = (kWidth - kLabel) / static_cast<double>(columns.size());
  Svg svg(kWidth, 24 + 24.0 * static_cast<double>(rows), label_of(index, "tls"));
  for (std::size_t c = 0; c < columns.size(); ++c)
    svg.text(kLabel + column * (static_cast<double>(c) + 0.5), 14, columns[c].shown, kQuiet, Svg::Anchor::middle, 11);
  for (std::size_t i = 0; i < rows; ++i) {
    const double y = 24 + 24.0 * static_cast<double>(i);
    svg.line(0, y, kWidth, y, kQuiet, 0.4);
    svg.text(0, y + 16, row_label(services[i]->job));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (over_datagrams(*services[i]) != columns[c].datagrams) continue;
      const double x = kLabel + column * (static_cast<double>(c) + 0.5);
      const std::string offered = text_or(member(services[i]->facts["versions"], columns[c].fact), "offered");
      if (offered == "yes")
        svg.rect(x - 18, y + 6, 36, 12, kInk);
      else if (offered == "no")
        svg.line(x - 5, y + 12, x + 5, y + 12, kQuiet, 1.5);
      else
        svg.text(x, y + 17, "?", "inconclusive", Svg::Anchor::middle, 13, true);
    }
  }
  return std::move(svg).done();
}

// ---- session ids

std::string entropy_bars(const RunIndex& index, const Observations& samples) {
  const std::size_t rows = std::min(samples.size(), kMostRows);
  constexpr double kHeight = 64, kRow = kHeight + 30;
  Svg svg(kWidth, kRow * static_cast<double>(rows), label_of(index, "randomness"));
  for (std::size_t i = 0; i < rows; ++i) {
    const double top = kRow * static_cast<double>(i) + 4, floor = top + kHeight;
    const Json& facts = samples[i]->facts;
    const Json& positions = facts["positions"];
    const double symbols = static_cast<double>(std::max<std::int64_t>(integer_or(member(facts, "alphabet"), "size", 2), 2));
    const std::size_t shown = positions.is_array() ? std::min<std::size_t>(positions.size(), 200) : 0;
    const double ceiling = std::log2(symbols), step = (kWidth - kLabel) / static_cast<double>(std::max<std::size_t>(shown, 1));
    svg.text(0, top + 16, row_label(samples[i]->job));
    svg.text(0, top + 36, fmt::format("n = {}", integer_or(facts, "count", 0)), kQuiet, Svg::Anchor::start, 11);
    svg.line(kLabel, top, kWidth, top, kQuiet, 0.6);
    svg.line(kLabel, floor, kWidth, floor, kQuiet);
    svg.text(kLabel - 6, top + 10, fmt::format("{:.1f} bit", ceiling), kQuiet, Svg::Anchor::end, 10);
    for (std::size_t p = 0; p < shown; ++p) {
      const Json& bits = member(positions[p], "entropy_bits");
      const double share = bits.is_number() ? std::clamp(bits.get<double>() / ceiling, 0.0, 1.0) : 0;
      svg.rect(kLabel + step * static_cast<double>(p) + 0.5, floor - kHeight * share, std::max(step - 1, 0.5), kHeight * share, share < 0.5 ? "fail" : kInk, 0.8);
    }
    svg.text(kLabel, floor + 14, "1", kQuiet, Svg::Anchor::start, 10);
    svg.text(kWidth, floor + 14, std::to_string(shown), kQuiet, Svg::Anchor::end, 10);
  }
  return std::move(svg).done();
}

}  // namespace

Json gallery(const RunIndex& index) {
  Json found = Json::array();
  const auto add = [&](const char* probe, const char* fact, const char* word, std::string (*draw)(const RunIndex&, const Observations&)) {
    const Observations seen = of_probe(index, probe, fact);
    if (!seen.empty()) found.push_back(entry(index, word, draw(index, seen), seen.size()));
  };
  add("ports", "open_tcp", "ports", port_map);
  add("tls", "versions", "tls", tls_matrix);
  add("session_ids", "positions", "randomness", entropy_bars);
  return found;
}

}  // namespace lintel::report
