#include "report/junit.h"

#include <fmt/format.h>

#include "report/lines.h"
#include "report/pieces.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

// Text that any XML 1.0 document may hold: plain() leaves no control character, and U+FFFE and U+FFFF are no XML characters either.
std::string xml(std::string_view text, std::size_t cap_bytes = 4000) {
  const std::string safe = plain(text, cap_bytes);
  std::string out;
  for (std::size_t at = 0; at < safe.size(); ++at) {
    if (safe.compare(at, 3, "\xEF\xBF\xBE") == 0 || safe.compare(at, 3, "\xEF\xBF\xBF") == 0) {
      out += "\xEF\xBF\xBD";
      at += 2;
      continue;
    }
    switch (const char c = safe[at]) {
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

Outcome outcome_of(const Case& made, bool advisory, bool waived) {
  const Verdict verdict = made.asset != nullptr ? made.asset->verdict : made.row->verdict->verdict;
  switch (verdict) {
    case Verdict::pass: return Outcome::passed;
    case Verdict::fail: return advisory || waived ? Outcome::skipped : Outcome::failed;
    case Verdict::inconclusive: return advisory || waived ? Outcome::skipped : Outcome::error;
    case Verdict::not_tested:
    case Verdict::not_applicable: return Outcome::skipped;
  }
  return Outcome::error;
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
  JunitWriter(const RunIndex& index, Language language, const Write& write) : index_(index), language_(language), out_(write) {}

  Result<void> run() {
    TRY(each_case(nullptr, [&](const Case& made) -> Result<void> {
      if (!suites_.contains(made.row->clause->chapter)) order_.push_back(made.row->clause->chapter);
      suites_[made.row->clause->chapter].add(made.outcome);
      all_.add(made.outcome);
      return {};
    }));
    const model::Run& run = index_.run;
    TRY(out_.add(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                             xml("lintel " + run.target.id), all_.tests, all_.failures, all_.errors, seconds(run.finished - run.started))));
    for (const std::string& chapter : order_) TRY(suite(chapter));
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
        const bool advisory = line.row.verdict->advisory || !mandatory(*line.row.clause);
        made.outcome = outcome_of(made, advisory, line.waiver != nullptr);
      }
      if (chapter != nullptr) describe(line, made);
      return {};
    };
    TRY(for_each_line(index_, add));
    return give();
  }

  void describe(const Line& line, Case& made) const {
    if (line.verdict == Verdict::pass || (line.verdict == Verdict::not_applicable && made.outcome == Outcome::passed)) return;
    std::string text = finding_of(index_, line, language_);
    if (line.waiver != nullptr && line.verdict != Verdict::not_applicable)
      text = fmt::format("{} ({}; {} {}): {}", word("ui", "waived"), one_line(line.waiver->reason), word("ui", "expires"), format_time(line.waiver->expires), text);
    else if (line.advisory && line.verdict == Verdict::fail)
      text = fmt::format("{}: {}", word("ui", "advisory"), text);
    const bool decides = line.verdict == (made.asset != nullptr ? made.asset->verdict : made.row->verdict->verdict);
    if (decides && made.message.empty()) made.message = text;
    std::string where;
    if (line.check != nullptr) where = one_line(line.check->check) + (line.instance != nullptr ? " " + one_line(line.instance->item) : "") + ": ";
    made.detail += fmt::format("[{}] {}{}\n", word("verdict", model::name_of(line.verdict)), where, text);
    if (const std::string remedy = remedy_of(index_, line, language_); !remedy.empty()) made.detail += "  " + remedy + "\n";
  }

  Result<void> suite(const std::string& chapter) {
    const CaseCounts& counts = suites_[chapter];
    const model::Chapter* known = index_.chapter(chapter);
    std::string name = chapter;
    if (known != nullptr) name += " " + in(known->title, language_);
    const model::Run& run = index_.run;
    TRY(out_.add(fmt::format(
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\" hostname=\"{}\">\n<properties>\n"
        "<property name=\"run\" value=\"{}\"/>\n<property name=\"profile\" value=\"{}\"/>\n<property name=\"profile_sha256\" value=\"{}\"/>\n</properties>\n",
        xml(run.target.id + ": " + name), counts.tests, counts.failures, counts.errors, counts.skipped, format_time(run.started).substr(0, 19), xml(run.host),
        xml(run.id), xml(run.profile.id + " " + run.profile.version), xml(run.profile_sha256))));
    TRY(each_case(&chapter, [&](const Case& made) { return out_.add(element(made)); }));
    return out_.add("</testsuite>\n");
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
    const char* tag = made.outcome == Outcome::failed ? "failure" : "error";
    const auto reason = made.asset != nullptr ? made.asset->reason : made.row->verdict->reason;
    return fmt::format("{}><{} type=\"{}\" message=\"{}\">{}</{}></testcase>\n", open, tag, model::name_of(reason), xml(made.message), xml(made.detail, 20'000), tag);
  }

  const RunIndex& index_;
  const Language language_;
  Pieces out_;
  std::vector<std::string> order_;
  std::map<std::string, CaseCounts> suites_;
  CaseCounts all_;
};

}  // namespace

Result<void> write_junit(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  return JunitWriter(index, options.language, write).run();
}

}  // namespace lintel::report
