#include "random/tokens/judge.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "data/json.h"
#include "random/tokens/decode.h"

namespace lintel::random::tokens {
namespace {

// Attacks that tell a part of an identifier by its place in a row. Where enough else is left, that is a format (UUIDv7), not a broken generator.
bool is_row(std::string_view attack) {
  for (const std::string_view name : {"sequential", "linear", "GF2", "xorshift64", "xoshiro", "timestamp", "constant", "counter"})
    if (attack.starts_with(name)) return true;
  return false;
}

std::string characters(std::size_t first, std::size_t last) { return first == last ? fmt::format("character {}", first + 1) : fmt::format("characters {} to {}", first + 1, last + 1); }

// The parts of the identifiers as numbers.
struct Views {
  std::vector<Part> parts;
  std::vector<Stream> streams;
  std::vector<std::size_t> part_of;  // by stream
};

// What stays unpredictable when so many bits of each value of a stream are told. A salt may come from a weak generator beside a digest that nobody
// foretells: `beside` are the bits outside of the part that the stream was read from.
struct Rest {
  double beside = 0, all = 0;
};

Rest rest_of(const Views& views, std::size_t stream, double bits_per_value, double at_most) {
  const Part& part = views.parts[views.part_of[stream]];
  const Statistics found = examine(part.values);
  double written = 0;  // whatever follows a sequence included, which the prediction may tell once more
  for (const PositionEntropy& position : found.positions) written += position.entropy_bits;
  const double beside = part.name.empty() ? 0 : std::max(0.0, at_most - found.effective_bits);
  const double told = bits_per_value * static_cast<double>(views.streams[stream].per_id);
  return {beside, std::min(at_most, beside + std::max(0.0, written - told))};
}

void add_predictions(const Views& views, const std::vector<Token>& tokens, const JudgeOptions& options, Judgement& judgement) {
  const std::vector<Stream>& streams = views.streams;
  const auto& sequences = judgement.statistics.sequences;
  const bool has_row = std::any_of(sequences.begin(), sequences.end(), [](const Window& window) {
    return window.kind == Window::Kind::rising || window.kind == Window::Kind::falling || window.kind == Window::Kind::constant_step;
  });
  Budget budget;
  budget.cancel = options.cancel;
  budget.deadline = Deadline::after(std::chrono::seconds(120));
  judgement.searched = options.depth == Depth::deep;
  for (const Attack& attack : attacks()) {
    if (attack.cost == Cost::deep && options.depth == Depth::quick) continue;
    if (budget.spent()) break;
    ++judgement.attacks;
    const auto found = attack.on_streams != nullptr ? attack.on_streams(streams, budget) : attack.on_tokens(tokens, budget);
    if (!found || found->predicted_bits < 64) continue;
    // Of state that holds no identifier nothing is weak but its signature.
    if (judgement.layout.core.empty() && !found->attack.starts_with("jwt")) continue;
    const double at_most = judgement.at_most_bits;
    const Rest rest = attack.on_streams != nullptr && found->stream < streams.size() ? rest_of(views, found->stream, found->bits_per_value, at_most)
                                                                                     : Rest{0, std::max(0.0, at_most - found->bits_per_value)};
    // Low bits of a clock or counter follow many a rule by themselves; what is said of it below is enough.
    if (has_row && rest.all >= kStrongBits) continue;
    const bool enough_left = rest.beside >= kStrongBits || (is_row(found->attack) && rest.all >= kStrongBits);
    const Weight weight = enough_left ? Weight::warns : Weight::refutes;
    judgement.findings.push_back({weight, found->attack, found->generator, found->view, found->predicted_bits, found->checked, found->right, rest.all, std::nullopt});
    // One proof is enough, but for what a signature covers: that can be foretold and yet not forged, so its key is tried too.
    if (weight == Weight::refutes && (judgement.layout.format != Format::jwt || found->attack.starts_with("jwt"))) break;
  }
}

// ln of the chance that a Poisson count of this mean is at least n (Chernoff).
double log_poisson_tail(double n, double mean) { return n <= mean ? 0 : n - mean - n * std::log(n / std::max(mean, 1e-300)); }

// Repeats that identifiers of so many bits would not show.
void add_duplicates(const std::vector<std::string>& ids, Judgement& judgement) {
  std::unordered_map<std::string, std::size_t> counts;
  for (const std::string& id : ids) ++counts[id];
  double equal_pairs = 0;
  for (const auto& [id, count] : counts) equal_pairs += static_cast<double>(count) * static_cast<double>(count - 1) / 2;
  if (equal_pairs == 0 || counts.size() < 2) return;
  const double n = static_cast<double>(ids.size()), mean = n * (n - 1) / 2 * std::exp2(-judgement.nominal_bits);
  const double log_chance = log_poisson_tail(equal_pairs, mean);
  if (log_chance > std::log(kFamilyChance)) return;
  judgement.findings.push_back({Weight::refutes, "duplicates", "", "", 0, ids.size(), ids.size() - counts.size(), std::nullopt, std::exp(log_chance)});
}

void add_sequences(const std::vector<std::string>& core, const std::vector<std::optional<std::int64_t>>& times, Judgement& judgement) {
  const Statistics& found = judgement.statistics;
  const auto clock = clock_in(core, times);
  const Weight weight = judgement.at_most_bits < kStrongBits ? Weight::refutes : Weight::warns;
  bool clock_said = false;
  for (const Window& window : found.sequences) {
    const bool is_clock = clock && window.first <= clock->last && clock->first <= window.last && window.kind != Window::Kind::congruence;
    clock_said = clock_said || is_clock;
    const bool steps = window.kind == Window::Kind::rising || window.kind == Window::Kind::falling;
    const char* attack = is_clock ? "timestamp" : window.kind == Window::Kind::congruence ? "lcg" : window.kind == Window::Kind::copied ? "overlap" : steps ? "sequential" : "linear";
    judgement.findings.push_back({weight, attack, is_clock ? clock->unit : name_of(window.kind),
                                  is_clock ? characters(clock->first, clock->last) : characters(window.first, window.last), 0, 0, 0, window.bits_left, std::nullopt});
  }
  // A clock so slow, or so jumpy, that no step shows still says when the identifier was made.
  if (clock && !clock_said) judgement.findings.push_back({weight == Weight::refutes && core.size() < kLeastSample ? Weight::warns : weight, "timestamp", clock->unit, characters(clock->first, clock->last), 0, 0, 0, std::nullopt, std::nullopt});
}

// What is too little without any prediction: few symbols, uneven ones, sums of others.
void add_shortage(const std::vector<std::string>& core, Judgement& judgement) {
  const Statistics& found = judgement.statistics;
  const auto in_alphabet = [&](std::size_t i) {
    const std::size_t from_end = found.positions.size() - i;  // positions are set flush right
    return core.front().size() >= from_end && found.alphabet.digits.find(core.front()[core.front().size() - from_end]) != std::string::npos;
  };
  if (found.count < kLeastSample || found.unique < 2) return;
  double written = 0, even = 0;  // by the symbols that each position can have; by how often they stand there
  const std::size_t all = found.alphabet.size();
  for (const PositionEntropy& position : found.positions) {
    if (position.symbols < 2) continue;
    const bool fewer = position.symbols < all && surely_fewer(all, position.symbols, found.count, 1e-9);
    written += std::log2(static_cast<double>(fewer ? position.symbols : std::max<std::size_t>(all, 2)));
    even += position.entropy_bits;
  }
  const auto short_of = [&](const char* attack, double bits) { judgement.findings.push_back({Weight::refutes, attack, "", "", 0, 0, 0, bits, std::nullopt}); };
  const double guessed = found.sequences.empty() ? std::min(even, judgement.at_most_bits) : even;
  const double independent = found.independent_bits ? static_cast<double>(*found.independent_bits) : even;
  if (independent < kStrongBits && independent + 0.5 < even) short_of("linear-dependency", independent);
  else if (written < kStrongBits) short_of("short", std::min(written, guessed));
  else if (guessed < kStrongBits) short_of("bias", guessed);
  // Fixed symbols or bits amid those that vary, not just a prefix or the format's own.
  if (judgement.layout.format == Format::uuid || found.shortest != found.longest) return;
  std::size_t first = found.positions.size(), last = 0, fixed = 0, halved = 0, runs = 0;
  for (std::size_t i = 0; i < found.positions.size(); ++i)
    if (found.positions[i].symbols > 1) {
      first = std::min(first, i);
      last = i;
    }
  for (std::size_t i = first + 1; i < last; ++i) {
    const PositionEntropy& position = found.positions[i];
    const auto in_window = [&](const Window& window) { return window.first <= position.position && position.position <= window.last; };
    if (std::any_of(found.sequences.begin(), found.sequences.end(), in_window)) continue;
    if (position.symbols < 2 && in_alphabet(i)) {
      ++fixed;
      runs += found.positions[i - 1].symbols > 1 ? 1U : 0U;
    }
    if (position.symbols > 1 && position.symbols * 2 <= found.alphabet.size() && surely_fewer(found.alphabet.size(), position.symbols, found.count, 1e-9)) ++halved;
  }
  if (halved < 3 && (runs < 2 || fixed < 8)) return;
  const Weight weight = judgement.at_most_bits < kStrongBits ? Weight::refutes : Weight::warns;
  judgement.findings.push_back({weight, "stuck-bits", "", fmt::format("{} characters", fixed + halved), 0, 0, 0, judgement.at_most_bits, std::nullopt});
}

// A counter, a clock or repeats, beside which a lack of symbols is no news.
bool refutes_by_order(const Judgement& judgement) {
  return std::any_of(judgement.findings.begin(), judgement.findings.end(), [](const Finding& finding) {
    return finding.weight == Weight::refutes && (is_row(finding.attack) || finding.attack == "duplicates" || finding.attack == "lcg" || finding.attack == "overlap");
  });
}

void add_memory(const std::vector<std::string>& core, Judgement& judgement) {
  const Memory memory = memory_of(core, judgement.statistics);
  if (memory.predicted_bits < 64) return;
  const Weight weight = memory.bits_without < kStrongBits ? Weight::refutes : Weight::warns;
  judgement.findings.push_back({weight, "serial-correlation", "", "", memory.predicted_bits, memory.checked, memory.right, memory.bits_left, std::nullopt});
}

void add_tests(const std::vector<std::string>& core, Judgement& judgement) {
  judgement.tests = tests_of(core, judgement.statistics);
  if (judgement.tests.empty()) return;
  const Test& worst = judgement.tests.front();
  if (worst.adjusted < kFound) {
    const char* attack = worst.name == "repeats within identifiers" ? "shuffle" : "uneven";
    judgement.findings.push_back({Weight::warns, attack, worst.name, "", 0, 0, 0, std::nullopt, worst.adjusted});
  } else {
    judgement.sample_again = worst.adjusted < kSampleAgain;
  }
}

// Versions 3 and 5 are digests of a name, which is no secret; 1, 2 and 6 are a clock and an address.
void add_format(Judgement& judgement) {
  const Layout& layout = judgement.layout;
  const auto add = [&](Weight weight, const char* attack) { judgement.findings.push_back({weight, attack, "", "", 0, 0, 0, std::nullopt, std::nullopt}); };
  if (layout.format == Format::uuid) {
    if (layout.uuid_version == 3 || layout.uuid_version == 5) add(Weight::warns, layout.uuid_version == 3 ? "uuid3" : "uuid5");
    if (layout.uuid_version == 1 || layout.uuid_version == 2 || layout.uuid_version == 6) add(Weight::refutes, "uuid1");
  }
  const bool timed = std::any_of(judgement.findings.begin(), judgement.findings.end(), [](const Finding& finding) { return finding.attack == "timestamp"; });
  if (!timed && (layout.format == Format::ulid || layout.uuid_version == 7)) add(Weight::warns, "timestamp");
}

void settle(Judgement& judgement) {
  auto& findings = judgement.findings;
  // What the server's key signs can be foretold and yet not forged.
  const bool forgeable = judgement.layout.format != Format::jwt && judgement.layout.format != Format::signed_state;
  if (judgement.layout.has_signature && !forgeable)
    for (Finding& finding : findings)
      if (finding.weight == Weight::refutes && !finding.attack.starts_with("jwt")) finding.weight = Weight::warns;
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return a.weight < b.weight; });
  const auto has = [&](Weight weight) { return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.weight == weight; }); };
  for (const Finding& finding : findings)
    if (finding.bits_left && finding.predicted_bits > 0) judgement.at_most_bits = std::min(judgement.at_most_bits, *finding.bits_left);
  // Whatever took the bits away.
  const bool too_little = judgement.reason.empty() && judgement.at_most_bits < kStrongBits && (forgeable || !judgement.layout.has_signature);
  if (too_little && !has(Weight::refutes)) findings.insert(findings.begin(), {Weight::refutes, "short", "", "", 0, 0, 0, judgement.at_most_bits, std::nullopt});
  if (has(Weight::refutes)) judgement.verdict = Verdict::refuted;
  else if (!judgement.reason.empty()) judgement.verdict = Verdict::undecided;
  else judgement.verdict = has(Weight::warns) ? Verdict::warned : Verdict::not_refuted;
  if (judgement.verdict == Verdict::refuted) judgement.reason.clear();
  if (judgement.verdict == Verdict::refuted || has(Weight::warns)) judgement.sample_again = false;
  if (judgement.verdict != Verdict::refuted && judgement.statistics.duplicates == 0 && judgement.count >= 2) {
    const auto n = static_cast<double>(judgement.count);
    judgement.at_least_bits = std::max(0.0, std::log2(n * (n - 1) / 6));
  }
}

double tidy(double value) { return std::round(value * 1e6) / 1e6; }

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::refuted: return "refuted";
    case Verdict::warned: return "warned";
    case Verdict::not_refuted: return "not_refuted";
    case Verdict::undecided: return "undecided";
  }
  return "";
}

const char* name_of(Weight weight) {
  switch (weight) {
    case Weight::refutes: return "refutes";
    case Weight::warns: return "warns";
    case Weight::notes: return "notes";
  }
  return "";
}

Judgement judge(const std::vector<Issued>& all, const JudgeOptions& options) {
  Judgement judgement;
  judgement.count = std::min(all.size(), kMostJudged);
  std::vector<std::string> ids;
  std::vector<std::optional<std::int64_t>> times;
  for (std::size_t i = 0; i < judgement.count; ++i) {
    ids.push_back(percent_decoded(all[i].value));
    // Counted from elsewhere than 1970, times say nothing about clocks in identifiers.
    times.push_back(all[i].unix_us && *all[i].unix_us > 1'000'000'000'000'000 ? all[i].unix_us : std::nullopt);
  }
  judgement.layout = layout_of(ids, times.front());
  const Layout& layout = judgement.layout;
  const bool one = std::unordered_set<std::string>(ids.begin(), ids.end()).size() < 2;
  if (one) judgement.reason = "one_value";
  else if (layout.core.empty()) judgement.reason = layout.format == Format::sealed ? "sealed" : "state";
  else if (judgement.count < kLeastSample) judgement.reason = "too_few";
  judgement.statistics = examine(layout.core.empty() ? ids : layout.core);
  judgement.nominal_bits = judgement.statistics.nominal_bits;
  judgement.at_most_bits = layout.core.empty() ? judgement.statistics.effective_bits : bits_by_guessing(layout.core, judgement.statistics);
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < ids.size() && i < kMostDecoded; ++i) tokens.push_back({ids[i], times[i], digest_in(layout.core.empty() ? ids[i] : layout.core[i])});
  Views views;
  if (!one) views.parts = parts_of(layout.core, layout);
  for (std::size_t i = 0; i < views.parts.size(); ++i)
    for (Stream& stream : streams_of(views.parts[i], layout)) {
      views.streams.push_back(std::move(stream));
      views.part_of.push_back(i);
    }
  judgement.streams = views.streams.size();
  add_predictions(views, tokens, options, judgement);
  if (!one && !layout.core.empty()) {
    add_duplicates(ids, judgement);
    // Where every fourth identifier repeats another, all else only shows that again.
    const bool mostly_repeats = judgement.statistics.duplicates * 4 > judgement.count;
    if (!mostly_repeats) add_sequences(layout.core, times, judgement);
    add_format(judgement);
    if (!refutes_by_order(judgement)) add_shortage(layout.core, judgement);
    if (!mostly_repeats) add_memory(layout.core, judgement);
    add_tests(layout.core, judgement);
  }
  settle(judgement);
  return judgement;
}

Json to_json(const Judgement& judgement) {
  Json json = {{"verdict", name_of(judgement.verdict)}, {"count", judgement.count}, {"format", name_of(judgement.layout.format)}, {"signed", judgement.layout.has_signature}};
  if (!judgement.reason.empty()) json["reason"] = judgement.reason;
  if (judgement.layout.uuid_version != 0) json["uuid_version"] = judgement.layout.uuid_version;
  if (!judgement.layout.members.empty()) json["members"] = judgement.layout.members;
  const Statistics& found = judgement.statistics;
  json["unique"] = found.unique;
  json["length"] = {{"min", found.shortest}, {"max", found.longest}};
  json["alphabet"] = {{"name", found.alphabet.name}, {"size", found.alphabet.size()}, {"seen", found.alphabet.seen}};
  json["bits"] = {{"nominal", tidy(judgement.nominal_bits)}};
  if (judgement.count >= kLeastSample || judgement.verdict == Verdict::refuted) json["bits"]["at_most"] = tidy(judgement.at_most_bits);
  if (judgement.at_least_bits) json["bits"]["at_least"] = tidy(*judgement.at_least_bits);
  json["findings"] = Json::array();
  for (const Finding& finding : judgement.findings) {
    Json entry = {{"weight", name_of(finding.weight)}, {"attack", finding.attack}};
    if (!finding.generator.empty()) entry["generator"] = finding.generator;
    if (!finding.view.empty()) entry["view"] = finding.view;
    if (finding.predicted_bits > 0) entry["predicted_bits"] = finding.predicted_bits;
    if (finding.checked > 0) {
      entry["checked"] = finding.checked;
      entry["right"] = finding.right;
    }
    if (finding.bits_left) entry["bits_left"] = tidy(*finding.bits_left);
    if (finding.p) entry["p"] = *finding.p;
    json["findings"].push_back(std::move(entry));
  }
  json["tests"] = Json::array();
  constexpr std::size_t kMostShown = 20;
  for (std::size_t i = 0; i < judgement.tests.size() && i < kMostShown; ++i)
    json["tests"].push_back({{"name", judgement.tests[i].name}, {"p", judgement.tests[i].p}, {"adjusted_p", judgement.tests[i].adjusted}});
  json["tests_run"] = judgement.tests.size();
  json["searched"] = judgement.searched;
  json["sample_again"] = judgement.sample_again;
  json["attacks_run"] = judgement.attacks;
  json["views"] = judgement.streams;
  return json;
}

}  // namespace lintel::random::tokens
