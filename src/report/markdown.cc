#include "report/markdown.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "report/lines.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

constexpr std::array kMarkdownOrder = {Verdict::fail, Verdict::inconclusive, Verdict::not_tested, Verdict::pass, Verdict::not_applicable};

class MarkdownWriter {
 public:
  MarkdownWriter(const RunIndex& index, Language language, const Write& write) : index_(index), language_(language), write_(write) {}

  Result<void> run() {
    TRY(head());
    TRY(counts());
    TRY(lines(model::name_of(Verdict::fail), [](const Line& line) { return line.verdict == Verdict::fail && !line.advisory && line.waiver == nullptr; }));
    TRY(lines(model::name_of(Verdict::inconclusive), [](const Line& line) { return line.verdict == Verdict::inconclusive && !line.advisory && line.waiver == nullptr; }));
    TRY(waived());
    TRY(contradictions());
    TRY(section(ui("advisory"), [](const Line& line) { return line.advisory && (line.verdict == Verdict::fail || line.verdict == Verdict::inconclusive); }));
    TRY(not_tested());
    return grades();
  }

 private:
  std::string ui(const char* name) const { return in(index_.words.text("ui", name), language_); }
  std::string word(const char* section, std::string_view name) const { return in(index_.words.text(section, name), language_); }
  std::string text(const model::Text& from, std::size_t cap = 400) const { return markdown_text(in(from, language_), cap); }

  Result<void> head() {
    const model::Run& run = index_.run;
    std::string out = fmt::format("# {}: {}\n\n", text(run.target.name == model::Text{} ? model::Text{run.target.id, run.target.id} : run.target.name),
                                  word("gate", model::name_of(run.verdicts.gate)));
    const auto row = [&](const std::string& name, const std::string& value) { out += fmt::format("| {} | {} |\n", name, value); };
    row(ui("report_number"), markdown_text(report_number(run)));
    out += "| --- | --- |\n";
    row(ui("standard"), text(run.profile.title) + " " + markdown_text(run.profile.version));
    row(ui("profile_hash"), markdown_text(run.profile_sha256));
    row(ui("started"), markdown_text(format_when(run.started)));
    row(ui("finished"), markdown_text(format_when(run.finished)));
    row(ui("judged"), markdown_text(format_when(run.verdicts.judged_at)));
    row(ui("run_state"), ui(run.complete ? "complete" : "incomplete"));
    row(ui("tool"), "Lintel " + markdown_text(run.tool_version));
    return write_(out);
  }

  Result<void> counts() {
    std::vector<std::string> order;
    std::map<std::string, std::map<Verdict, int>> chapters;
    std::map<Verdict, int> all;
    for (const ClauseRow& row : index_.clauses()) {
      if (!chapters.contains(row.clause->chapter)) order.push_back(row.clause->chapter);
      ++chapters[row.clause->chapter][row.verdict->verdict];
      ++all[row.verdict->verdict];
    }
    std::string out = fmt::format("\n## {}\n\n| {} |", ui("summary"), ui("chapter"));
    std::string rule = "\n| --- |";
    for (const Verdict verdict : kMarkdownOrder) {
      out += fmt::format(" {} |", word("verdict", model::name_of(verdict)));
      rule += " ---: |";
    }
    out += rule + "\n";
    const auto row = [&](const std::string& name, std::map<Verdict, int>& tally) {
      out += fmt::format("| {} |", name);
      for (const Verdict verdict : kMarkdownOrder) out += fmt::format(" {} |", tally[verdict]);
      out += "\n";
    };
    for (const std::string& id : order) {
      const model::Chapter* chapter = index_.chapter(id);
      row(markdown_text(id) + (chapter != nullptr ? " " + text(chapter->title) : ""), chapters[id]);
    }
    row(ui("total"), all);
    return write_(out);
  }

  Result<void> lines(std::string_view verdict, const std::function<bool(const Line&)>& wanted) { return section(word("verdict", verdict), wanted); }

  // A list of lines under a title; nothing when there is none.
  Result<void> section(const std::string& title, const std::function<bool(const Line&)>& wanted) {
    return list(title, [&](const std::function<Result<void>(const Line&)>& add) {
      return for_each_line(index_, [&](const Line& line) { return wanted(line) ? add(line) : Result<void>(); });
    });
  }

  Result<void> contradictions() {
    return list(ui("contradictions"), [&](const std::function<Result<void>(const Line&)>& add) -> Result<void> {
      for (const Line& line : contradiction_lines(index_)) TRY(add(line));
      return {};
    });
  }

  Result<void> list(const std::string& title, const std::function<Result<void>(const std::function<Result<void>(const Line&)>&)>& each) {
    std::size_t count = 0;
    const auto add = [&](const Line& line) -> Result<void> {
      if (++count == 1)
        TRY(write_(fmt::format("\n## {}\n\n| {} | {} | {} |\n| --- | --- | --- |\n", title, ui("clause"), ui("asset"), ui("observed"))));
      if (count > kMarkdownRows) return {};
      std::string place = line.asset != nullptr ? markdown_text(line.asset->asset, 100) : "";
      if (line.instance != nullptr) place += " " + markdown_text(line.instance->item, 100);
      std::string finding = markdown_text(finding_of(index_, line, language_));
      if (const std::string remedy = remedy_of(index_, line, language_); !remedy.empty()) finding += " → " + markdown_text(remedy);
      return write_(fmt::format("| {} | {} | {} |\n", markdown_text(title_of(*line.row.clause, language_)), place, finding));
    };
    TRY(each(add));
    return count > kMarkdownRows ? write_(fmt::format("\n… +{}\n", count - kMarkdownRows)) : Result<void>();
  }

  Result<void> waived() {
    std::string out;
    for (const ClauseRow& row : index_.clauses()) {
      if (!row.verdict->waiver) continue;
      const auto& waiver = *row.verdict->waiver;
      out += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_text(row.clause->id), markdown_text(waiver.asset), markdown_text(waiver.reason), markdown_text(waiver.approved_by),
                         markdown_text(format_when(waiver.expires)));
    }
    if (out.empty()) return {};
    return write_(fmt::format("\n## {}\n\n| {} | {} | {} | {} | {} |\n| --- | --- | --- | --- | --- |\n{}", ui("waivers"), ui("clause"), ui("asset"), ui("waiver_reason"),
                              ui("approved_by"), ui("expires"), out));
  }

  Result<void> not_tested() {
    std::vector<std::string> ids;
    for (const ClauseRow& row : index_.clauses())
      if (row.verdict->verdict == Verdict::not_tested) ids.push_back(markdown_text(row.clause->id, 60));
    if (ids.empty()) return {};
    const std::size_t count = ids.size();
    if (count > kMarkdownRows) ids.resize(kMarkdownRows);
    return write_(fmt::format("\n## {} ({})\n\n{}{}\n", word("verdict", "not_tested"), count, join(ids, ", "), count > ids.size() ? " …" : ""));
  }

  Result<void> grades() {
    if (index_.run.verdicts.grades.empty()) return {};
    std::string out = fmt::format("\n## {}\n\n| {} | {} | {} | {} |\n| --- | ---: | ---: | --- |\n", ui("grades"), ui("asset"), ui("claimed"), ui("reached"), ui("next_level"));
    for (const auto& grade : index_.run.verdicts.grades) {
      std::vector<std::string> missing;
      for (const auto& id : grade.missing) missing.push_back(markdown_text(id, 60));
      out += fmt::format("| {} | {} | {} | {} |\n", markdown_text(grade.asset), grade.claimed, grade.reached, join(missing, ", "));
    }
    return write_(out);
  }

  const RunIndex& index_;
  const Language language_;
  const Write& write_;
};

}  // namespace

std::string markdown_text(std::string_view text, std::size_t cap_bytes) {
  const std::string safe = one_line(text, cap_bytes);
  std::string out;
  for (std::size_t at = 0; at < safe.size(); ++at) {
    const char c = safe[at];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '|': out += "&#124;"; break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '~': out += '\\', out += c; break;
      // GitHub finds mentions, issue numbers and addresses in the text that is shown; an empty comment parts them.
      case '@':
      case '#': out += c, out += "<!-- -->"; break;
      case ':': out += safe.compare(at, 3, "://") == 0 ? ":<!-- -->" : ":"; break;
      case '.': out += at >= 3 && to_lower(std::string_view(safe).substr(at - 3, 3)) == "www" ? "<!-- -->." : "."; break;
      default: out += c;
    }
  }
  return out;
}

Result<void> write_markdown(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  return MarkdownWriter(index, options.language, write).run();
}

}  // namespace lintel::report
