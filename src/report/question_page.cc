#include "report/question_page.h"

#include <algorithm>

#include "data/json.h"
#include "report/columns.h"
#include "report/messages.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Kleene;
using model::Verdict;

std::string say(const model::Text& text, Language language) { return text_or(display(text), language == Language::en ? "en" : "zh"); }

// What decided: the first assertion that fails, else that is unknown, else the first that holds.
const model::AssertionResult* telling(const model::Instance& instance) {
  for (const Kleene wanted : {Kleene::no, Kleene::unknown, Kleene::yes})
    for (const auto& result : instance.assertions)
      if (result.holds == wanted) return &result;
  return nullptr;
}

class Page {
 public:
  Page(const Words& words, const TerminalOptions& options)
      : words_(words), options_(options), width_(std::clamp<std::size_t>(options.width, 40, 400)) {}

  std::string write(const QuestionPage& page) {
    const model::Question& question = *page.clause.attest;
    const std::string name = page.asset.name == model::Text{} ? page.asset.id : say(page.asset.name, options_.language) + " (" + page.asset.id + ")";
    out_ += strong(cut(fmt::format("[{}/{}] {} · {}", page.position, page.total, plain(page.clause.id, 60), one_line(name, 200)), width_)) + "\n";
    paragraph("  ", one_line(say(page.clause.text, options_.language), 1200) + " (" + word("obligation", model::name_of(page.clause.obligation)) + ")");
    field(word("ui", "ask"), say(question.ask, options_.language));
    field(word("ui", "hand_in"), say(question.evidence, options_.language));
    field(word("ui", "bench"), say(question.bench, options_.language));
    const auto seen = seen_lines(page.run, page.verdict, words_, options_.language);
    field(word("assess", "probes"), seen.empty() ? word("assess", "no_probe") : seen.front());
    for (std::size_t i = 1; i < seen.size(); ++i) field("", seen[i]);
    if (page.statement != nullptr) {
      const std::string& why = page.statement->justification.empty() ? page.statement->detail : page.statement->justification;
      field(word("ui", "stated"), word("support", model::name_of(page.statement->support)) + (why.empty() ? "" : " · " + why));
    }
    if (page.answer != nullptr) {
      std::string text = word("verdict", model::name_of(page.answer->verdict)) + " · " + page.answer->tester + " · " + format_when(page.answer->at);
      if (page.expired) text += " · " + word("assess", "outdated");
      if (!page.answer->remark.empty()) text += " · " + page.answer->remark;
      field(word("ui", "attestation"), text);
    }
    const bool fails = std::ranges::any_of(page.verdict.checks, [](const auto& check) { return check.verdict == Verdict::fail; });
    if (fails && page.verdict.verdict == Verdict::fail) paragraph("  ! ", word("assess", "already_fails"));
    return std::move(out_);
  }

 private:
  std::string word(std::string_view section, std::string_view name) const { return say(words_.text(section, name), options_.language); }
  std::string strong(const std::string& text) const { return options_.colour == Colour::off ? text : "\x1b[1m" + text + "\x1b[0m"; }
  void paragraph(const std::string& head, std::string_view text) {
    const std::size_t indent = std::min(columns(head), width_ / 2);
    bool first = true;
    for (const auto& piece : wrap(text, width_ - indent)) {
      out_ += (first ? head : std::string(indent, ' ')) + piece + "\n";
      first = false;
    }
  }
  void field(const std::string& label, const std::string& text) {
    if (!text.empty()) paragraph("  " + pad(label, options_.language == Language::en ? 18 : 14) + " ", one_line(text, 3000));
  }

  const Words& words_;
  const TerminalOptions& options_;
  const std::size_t width_;
  std::string out_;
};

}  // namespace

std::vector<std::string> seen_lines(const model::Run& run, const model::AssetVerdict& verdict, const Words& words, Language language) {
  constexpr std::size_t kInstances = 3;
  std::vector<std::string> lines;
  for (const model::CheckResult& check : verdict.checks) {
    const model::Check* known = find_check(run, check.check);
    const std::string title = known == nullptr ? check.check : say(known->title, language) + " (" + check.check + ")";
    std::string text = say(words.text("verdict", model::name_of(check.verdict)), language) + " · " + one_line(title, 300);
    if (check.instances.empty()) text += " · " + say(words.text("reason", model::name_of(check.reason)), language);
    std::vector<const model::Instance*> ordered;
    for (const model::Instance& instance : check.instances) ordered.push_back(&instance);
    std::ranges::stable_sort(ordered, {}, [&](const auto* instance) { return instance->verdict != check.verdict; });
    lines.push_back(std::move(text));
    for (std::size_t i = 0; i < std::min(ordered.size(), kInstances); ++i) {
      const auto* result = telling(*ordered[i]);
      std::string saw = result == nullptr ? "" : one_line(say(*result->observed, language), 600);
      if (saw.empty()) saw = one_line(say(in_both(ordered[i]->message), language), 600);
      if (saw.empty()) saw = say(words.text("reason", model::name_of(ordered[i]->reason)), language);
      if (!saw.empty()) lines.push_back("- " + one_line(ordered[i]->item, 100) + ": " + saw);
    }
    if (ordered.size() > kInstances) lines.push_back(fmt::format("- … +{}", ordered.size() - kInstances));
  }
  return lines;
}

std::string render_question(const QuestionPage& page, const Words& words, const TerminalOptions& options) { return Page(words, options).write(page); }

}  // namespace lintel::report
