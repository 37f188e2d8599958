#include "cli/assess_dialogue.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "report/question_page.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

using model::Verdict;

struct Choice {
  enum class Kind { answer, skip, back, quit } kind = Kind::quit;
  Verdict verdict = Verdict::inconclusive;
};

std::optional<Choice> understand(std::string_view text) {
  static const std::map<std::string, Choice, std::less<>> known = {
      {"p", {Choice::Kind::answer, Verdict::pass}}, {"pass", {Choice::Kind::answer, Verdict::pass}}, {"符合", {Choice::Kind::answer, Verdict::pass}},
      {"f", {Choice::Kind::answer, Verdict::fail}}, {"fail", {Choice::Kind::answer, Verdict::fail}}, {"不符合", {Choice::Kind::answer, Verdict::fail}},
      {"n", {Choice::Kind::answer, Verdict::not_applicable}}, {"not_applicable", {Choice::Kind::answer, Verdict::not_applicable}},
      {"不适用", {Choice::Kind::answer, Verdict::not_applicable}}, {"i", {Choice::Kind::answer, Verdict::inconclusive}},
      {"inconclusive", {Choice::Kind::answer, Verdict::inconclusive}}, {"无法判定", {Choice::Kind::answer, Verdict::inconclusive}},
      {"s", {Choice::Kind::skip}}, {"skip", {Choice::Kind::skip}}, {"跳过", {Choice::Kind::skip}},
      {"b", {Choice::Kind::back}}, {"back", {Choice::Kind::back}}, {"上一题", {Choice::Kind::back}},
      {"q", {Choice::Kind::quit}}, {"quit", {Choice::Kind::quit}}, {"结束", {Choice::Kind::quit}}};
  const auto found = known.find(to_lower(trim(text)));
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

class Talk {
 public:
  Talk(Dialogue& dialogue, LineInput& input) : dialogue_(dialogue), input_(input) {}

  Result<std::size_t> run() {
    const auto& questions = dialogue_.questions;
    print(fmt::format("{} {}\n", questions.size(), word("intro")));
    std::size_t at = 0;
    while (at < questions.size()) {
      show(at);
      const auto choice = ask_choice();
      if (!choice || choice->kind == Choice::Kind::quit) break;
      if (choice->kind == Choice::Kind::skip) {
        ++at;
      } else if (choice->kind == Choice::Kind::back) {
        if (at == 0) print(word("first") + "\n");
        else --at;
      } else {
        Answer answer;
        if (!take(questions[at], choice->verdict, answer)) break;  // the end of input in the middle of an answer: nothing of it counts
        TRY(dialogue_.keep(answer.attestation, answer.files));
        given_[at] = std::make_shared<const model::Attestation>(std::move(answer.attestation));
        print(word("saved") + "\n");
        ++at;
      }
    }
    return given_.size();
  }

 private:
  struct Answer {
    model::Attestation attestation;
    std::vector<Bytes> files;
  };

  std::string word(std::string_view name) const {
    const model::Text text = dialogue_.words.text("assess", name);
    return choose(dialogue_.console, text.zh, text.en);
  }
  static void print(const std::string& text) {
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    (void)std::fflush(stdout);
  }

  void show(std::size_t at) const {
    const auto& question = dialogue_.questions[at];
    report::QuestionPage page{dialogue_.run, *question.clause, *question.asset, *question.verdict};
    const auto given = given_.find(at);
    page.answer = given != given_.end() ? given->second.get() : question.answer.get();
    page.statement = dialogue_.statements.find(question.clause->id, question.asset->id);
    page.position = at + 1;
    page.total = dialogue_.questions.size();
    report::TerminalOptions options;
    options.width = static_cast<std::size_t>(dialogue_.console.width);
    options.colour = dialogue_.console.colour ? report::Colour::on : report::Colour::off;
    options.language = dialogue_.console.language == "en" ? report::Language::en : report::Language::zh;
    print("\n" + report::render_question(page, dialogue_.words, options));
  }

  // A line that reports may show as it is; asks again for any other. nullopt at the end of input.
  std::optional<std::string> line(const std::string& prompt) {
    for (;;) {
      print(prompt);
      const auto typed = input_.next();
      if (!typed) {
        print("\n");
        return std::nullopt;
      }
      if (is_utf8(*typed) && printable(*typed) == *typed) return std::string(trim(*typed));
      print(word("control") + "\n");
    }
  }

  std::optional<Choice> ask_choice() {
    for (;;) {
      const auto typed = line(word("prompt"));
      if (!typed) return std::nullopt;
      if (const auto choice = understand(*typed)) return choice;
      print(word("not_understood") + "\n");
    }
  }

  bool take(const rules::AskedQuestion& question, Verdict verdict, Answer& answer) {
    model::Attestation& made = answer.attestation;
    made.clause = question.clause->id;
    made.asset = question.asset->id;
    made.verdict = verdict;
    return take_remark(made) && take_evidence(answer) && take_tester(made) && take_time(question, made) && take_until(question, made);
  }

  bool take_remark(model::Attestation& made) {
    const bool needed = made.verdict == Verdict::not_applicable;
    for (;;) {
      const auto typed = line(word(needed ? "ask_reason" : "ask_remark"));
      if (!typed) return false;
      made.remark = is_blank(*typed) ? "" : *typed;
      if (!needed || !made.remark.empty()) return true;
      print(word("need_reason") + "\n");
    }
  }

  bool take_evidence(Answer& answer) {
    for (;;) {
      auto typed = line(word("ask_evidence"));
      if (!typed) return false;
      if (typed->empty()) return true;
      // A file dragged into a terminal arrives in quotes.
      if (typed->size() > 2 && typed->front() == typed->back() && (typed->front() == '\'' || typed->front() == '"')) *typed = typed->substr(1, typed->size() - 2);
      auto file = read_evidence_file(*typed, Keep::bytes);
      if (!file && file.error().code == ErrorCode::limit && dialogue_.big_files == Keep::hash_only) file = read_evidence_file(*typed, Keep::hash_only);
      if (!file) {
        const bool large = file.error().code == ErrorCode::limit;
        print(fmt::format("{}{}\n", report::plain(file.error().message), large ? " (--reference-large)" : ""));
        continue;
      }
      if (std::ranges::any_of(answer.attestation.evidence, [&](const model::Evidence& one) { return one.sha256 == file->evidence.sha256; })) {
        print(word("attached") + "\n");
        continue;
      }
      print(fmt::format("  {} · {} · SHA-256 {} · {}\n", report::one_line(file->evidence.name), report::format_size(file->evidence.size_bytes),
                        file->evidence.sha256.substr(0, 16), word(file->evidence.kept ? "kept" : "hashed")));
      if (file->evidence.kept) answer.files.push_back(std::move(file->bytes));
      answer.attestation.evidence.push_back(std::move(file->evidence));
    }
  }

  bool take_tester(model::Attestation& made) {
    for (;;) {
      const auto typed = line(word("ask_tester") + (dialogue_.tester.empty() ? "" : " [" + report::one_line(dialogue_.tester) + "]") + " > ");
      if (!typed) return false;
      if (!is_blank(*typed)) dialogue_.tester = *typed;
      made.tester = dialogue_.tester;
      if (!made.tester.empty()) return true;
      print(word("need_tester") + "\n");
    }
  }

  // A moment, or `otherwise` for an empty line.
  std::optional<WallTime> moment(const std::string& prompt, const std::function<WallTime()>& otherwise) {
    for (;;) {
      const auto typed = line(prompt);
      if (!typed) return std::nullopt;
      if (typed->empty()) return otherwise();
      if (const auto time = parse_time(*typed)) return time;
      print(word("bad_time") + "2026-11-21T10:00:00+08:00\n");
    }
  }

  bool take_time(const rules::AskedQuestion& question, model::Attestation& made) {
    // The latest answer for an asset counts: a new one dated before it would be lost in silence.
    std::optional<WallTime> earlier;
    for (const model::Attestation& old : dialogue_.run.attestations)
      if (old.clause == made.clause && old.asset == made.asset && (!earlier || old.at > *earlier)) earlier = old.at;
    for (;;) {
      const auto time = moment(word("ask_time"), [&] { return dialogue_.clock.now(); });
      if (!time) return false;
      if (*time > dialogue_.clock.now()) {
        print(word("future") + "\n");
      } else if (earlier && *time <= *earlier && question.answer) {
        print(word("too_early") + format_time(*earlier) + "\n");
      } else {
        made.at = *time;
        return true;
      }
    }
  }

  bool take_until(const rules::AskedQuestion& question, model::Attestation& made) {
    const WallTime last = made.at + std::chrono::days(question.clause->attest->valid_for_days);
    std::string prompt = word("ask_until");
    if (const auto at = prompt.find("{}"); at != std::string::npos) prompt.replace(at, 2, format_time(last));
    for (;;) {
      const auto time = moment(prompt, [&] { return last; });
      if (!time) return false;
      if (*time > made.at && *time <= last) {
        if (*time < last) made.valid_until = *time;
        if (*time <= dialogue_.clock.now()) print(word("outdated_already") + format_time(*time) + "\n");
        return true;
      }
      print(word("until_range") + format_time(last) + "\n");
    }
  }

  Dialogue& dialogue_;
  LineInput& input_;
  std::map<std::size_t, std::shared_ptr<const model::Attestation>> given_;
};

}  // namespace

Result<std::size_t> converse(Dialogue& dialogue, LineInput& input) { return Talk(dialogue, input).run(); }

}  // namespace lintel::cli
