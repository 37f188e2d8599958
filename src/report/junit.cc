#include "report/junit.h"

#include <fmt/format.h>

#include "report/lines.h"
#include "report/pieces.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

// Text that any XML 1.0 document may hold: plain() leaves no character that it has no place for.
std::string xml(std::string_view text, std::size_t cap_bytes = 4000) {
  std::string out;
  for (const char c : plain(text, cap_bytes)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;  // "]]>" may not stand in text
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;  // kept in attributes too
      case '\t': out += "&#9;"; break;
      default: out += c;
    }
  }
  return out;
}

enum class Outcome { passed, failed, error, skipped };

// A clause on an asset, from its lines.
struct Case {
  const ClauseRow* row = nullptr;
  const model::AssetVerdict* asset = nullptr;
  Outcome outcome = Outcome::passed;
  std::string message;  // of the first line that decides
  std::string detail;   // every line that is not in order
};

// What waits for an assessor is skipped; what a probe was to look at and could not is an error, as long as the gate counts it.
Outcome outcome_of(const Line& line, const Gating& gating) {
  const Verdict verdict = line.asset != nullptr ? line.asset->verdict : line.row.verdict->verdict;
  const model::Reason reason = line.asset != nullptr ? line.asset->reason : line.row.verdict->reason;
  switch (effect_of_case(line, gating)) {
    case Effect::fails: return Outcome::failed;
    case Effect::open:
      if (verdict == Verdict::inconclusive || reason == model::Reason::not_run || reason == model::Reason::interrupted) return Outcome::error;
      break;
    case Effect::none: break;
  }
  if (verdict != Verdict::pass) return Outcome::skipped;
  return effect_of_case(line, gating) == Effect::open ? Outcome::error : Outcome::passed;  // a recommendation of it is open, and counts
}

struct CaseCounts {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(Outcome outcome) {
    ++tests;
    failures += outcome == Outcome::failed ? 1 : 0;
    errors += outcome == Outcome::error ? 1 : 0;
    skipped += outcome == Outcome::skipped ? 1 : 0;
  }
};

class JunitWriter {
 public:
  JunitWriter(const RunIndex& index, const FormatOptions& options, const Write& write)
      : index_(index), language_(options.language), gating_(options.gating), contradictions_(contradiction_lines(index)), out_(write) {}

  Result<void> run() {
    TRY(each_case(nullptr, [&](const Case& made) -> Result<void> {
      if (!suites_.contains(made.row->clause->chapter)) order_.push_back(made.row->clause->chapter);
      suites_[made.row->clause->chapter].add(made.outcome);
      all_.add(made.outcome);
      return {};
    }));
    for (std::size_t i = 0; i < contradictions_.size(); ++i) all_.add(Outcome::skipped);
    const model::Run& run = index_.run;
    TRY(out_.add(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                             xml("lintel " + run.target.id), all_.tests, all_.failures, all_.errors, seconds(run.finished - run.started))));
    for (const std::string& chapter : order_) TRY(suite(chapter));
    TRY(contradictions());
    TRY(out_.add("</testsuites>\n"));
    return out_.flush();
  }

 private:
  static std::string seconds(std::chrono::milliseconds time) {
    const auto count = std::max<std::int64_t>(time.count(), 0);
    return fmt::format("{}.{:03}", count / 1000, count % 1000);
  }

  std::string word(const char* section, std::string_view name) const { return in(index_.words.text(section, name), language_); }

  // Calls visit for each clause on each asset, of one chapter or all, in order.
  Result<void> each_case(const std::string* chapter, const std::function<Result<void>(const Case&)>& visit) {
    Case made;
    const auto give = [&]() -> Result<void> { return made.row == nullptr ? Result<void>() : visit(made); };
    const auto add = [&](const Line& line) -> Result<void> {
      if (chapter != nullptr && line.row.clause->chapter != *chapter) return {};
      if (made.row != &line.row || made.asset != line.asset) {
        TRY(give());
        made = Case{&line.row, line.asset, Outcome::passed, {}, {}};
        made.outcome = outcome_of(line, gating_);
      }
      if (chapter != nullptr) describe(line, made);
      return {};
    };
    TRY(for_each_line(index_, add));
    return give();
  }

  void describe(const Line& line, Case& made) const {
    if ((line.verdict == Verdict::pass && !gating_.incomparable.contains(line.row.clause->id)) || (line.verdict == Verdict::not_applicable && made.outcome == Outcome::passed)) return;
    std::string text = finding_of(index_, line, language_);
    if (line.waiver != nullptr && line.verdict != Verdict::not_applicable)
      text = fmt::format("{} ({}; {} {}): {}", word("ui", "waived"), one_line(line.waiver->reason), word("ui", "expires"), format_time(line.waiver->expires), text);
    else if (is_known(line, gating_))
      text = fmt::format("{}: {}", word("ui", "known_failure"), text);
    else if (line.advisory && line.verdict == Verdict::fail)
      text = fmt::format("{}: {}", word("ui", "advisory"), text);
    if (gating_.incomparable.contains(line.row.clause->id)) text = fmt::format("{}: {}", word("ui", "incomparable_clause"), text);
    const bool decides = line.verdict == (made.asset != nullptr ? made.asset->verdict : made.row->verdict->verdict);
    if ((decides || fails_gate(line, gating_)) && made.message.empty()) made.message = text;
    std::string where;
    if (line.check != nullptr) where = one_line(line.check->check) + (line.instance != nullptr ? " " + one_line(line.instance->item) : "") + ": ";
    made.detail += fmt::format("[{}] {}{}\n", word("verdict", model::name_of(line.verdict)), where, text);
    if (const std::string remedy = remedy_of(index_, line, language_); !remedy.empty()) made.detail += "  " + remedy + "\n";
  }

  Result<void> suite(const std::string& chapter) {
    const model::Chapter* known = index_.chapter(chapter);
    std::string name = chapter;
    if (known != nullptr) name += " " + in(known->title, language_);
    TRY(open_suite(name, suites_[chapter]));
    TRY(each_case(&chapter, [&](const Case& made) { return out_.add(element(made)); }));
    return out_.add("</testsuite>\n");
  }

  // They decide nothing: each is a case of its own that is skipped.
  Result<void> contradictions() {
    if (contradictions_.empty()) return {};
    CaseCounts counts;
    for (std::size_t i = 0; i < contradictions_.size(); ++i) counts.add(Outcome::skipped);
    TRY(open_suite(word("ui", "contradictions"), counts));
    for (const Line& line : contradictions_)
      TRY(out_.add(fmt::format("<testcase classname=\"{}\" name=\"{}\"><skipped>{}</skipped></testcase>\n", xml(index_.run.profile.id + ".statements." + line.row.clause->id),
                               xml(fmt::format("{} [{}] {}", title_of(*line.row.clause, language_), one_line(line.contradiction->asset), model::name_of(line.contradiction->kind))),
                               xml(finding_of(index_, line, language_)))));
    return out_.add("</testsuite>\n");
  }

  Result<void> open_suite(const std::string& name, const CaseCounts& counts) {
    const model::Run& run = index_.run;
    return out_.add(fmt::format(
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\" hostname=\"{}\">\n<properties>\n"
        "<property name=\"run\" value=\"{}\"/>\n<property name=\"profile\" value=\"{}\"/>\n<property name=\"profile_sha256\" value=\"{}\"/>\n</properties>\n",
        xml(run.target.id + ": " + name), counts.tests, counts.failures, counts.errors, counts.skipped, format_time(run.started).substr(0, 19), xml(run.host),
        xml(run.id), xml(run.profile.id + " " + run.profile.version), xml(run.profile_sha256)));
  }

  std::string element(const Case& made) const {
    const std::string asset = made.asset != nullptr && !made.asset->asset.empty() ? fmt::format(" [{}]", one_line(made.asset->asset)) : "";
    const std::string open = fmt::format("<testcase classname=\"{}\" name=\"{}\"", xml(index_.run.profile.id + "." + made.row->clause->id),
                                         xml(title_of(*made.row->clause, language_) + asset));
    switch (made.outcome) {
      case Outcome::passed:
        return made.detail.empty() ? open + "/>\n" : fmt::format("{}><system-out>{}</system-out></testcase>\n", open, xml(made.detail, 20'000));
      case Outcome::skipped: return fmt::format("{}><skipped>{}</skipped></testcase>\n", open, xml(made.message));
      case Outcome::failed:
      case Outcome::error: break;
    }
    const std::string message = made.message.empty() ? made.detail.substr(0, made.detail.find('\n')) : made.message;
    const char* tag = made.outcome == Outcome::failed ? "failure" : "error";
    const auto reason = made.asset != nullptr ? made.asset->reason : made.row->verdict->reason;
    return fmt::format("{}><{} type=\"{}\" message=\"{}\">{}</{}></testcase>\n", open, tag, model::name_of(reason), xml(message), xml(made.detail, 20'000), tag);
  }

  const RunIndex& index_;
  const Language language_;
  const Gating& gating_;
  const std::vector<Line> contradictions_;
  Pieces out_;
  std::vector<std::string> order_;
  std::map<std::string, CaseCounts> suites_;
  CaseCounts all_;
};

}  // namespace

Result<void> write_junit(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  return JunitWriter(index, options, write).run();
}

}  // namespace lintel::report
