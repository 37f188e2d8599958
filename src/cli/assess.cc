// lintel assess: the questions of a run, asked one by one or answered from a file. Each answer is in the run file before the next question,
// so that kill -9 loses none; at the end the run is judged again.
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "base/files.h"
#include "base/text.h"
#include "cli/assess_dialogue.h"
#include "cli/assess_template.h"
#include "cli/commands.h"
#include "cli/gatekeeper.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "rules/judge.h"
#include "store/draft.h"
#include "store/run_file.h"
#include "store/seal_block.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;
using rules::AskedQuestion;

Result<void> check_choice(const AssessCommand& command, const model::Run& run) {
  std::vector<std::string> clauses, assets;
  for (const auto& clause : run.profile.clauses) clauses.push_back(clause.id);
  for (const auto& asset : run.target.assets) assets.push_back(asset.id);
  const auto known = [](const std::string& id, const std::vector<std::string>& ids, const char* what) -> Result<void> {
    if (id.empty() || std::ranges::find(ids, id) != ids.end()) return {};
    const auto near = nearest_name(id, ids);
    return fail(ErrorCode::not_found, "the run has no {} {}{}", what, id, near ? "; did you mean " + *near + "?" : "");
  };
  TRY(known(command.clause, clauses, "clause"));
  return known(command.asset, assets, "asset");
}

std::vector<AskedQuestion> choose_questions(std::vector<AskedQuestion> all, const AssessCommand& command) {
  std::erase_if(all, [&](const AskedQuestion& question) {
    return (!command.clause.empty() && question.clause->id != command.clause) || (!command.asset.empty() && question.asset->id != command.asset);
  });
  return all;
}

std::string usual_tester(const AssessCommand& command, const model::Run& run) {
  if (!command.tester.empty()) return command.tester;
  return run.attestations.empty() ? std::string() : run.attestations.back().tester;
}

void judge_now(model::Run& run, WallTime now) { run.verdicts = rules::judge(run, now); }

Json question_json(const AskedQuestion& question) {
  const char* state = question.answer ? "answered" : question.expired ? "expired" : "open";
  return Json{{"clause", question.clause->id}, {"asset", question.asset->id}, {"by", name_of(question.clause->by)}, {"state", state},
              {"verdict", name_of(question.verdict->verdict)}, {"reason", name_of(question.verdict->reason)}};
}

// What is still open, and the state of the run.
void tell_open(const model::Run& run, std::size_t answered, const report::Words& words, const Console& console) {
  const auto all = rules::asked_questions(run, run.verdicts, run.verdicts.judged_at);
  const auto say = [&](std::string_view section, std::string_view name) {
    const model::Text text = words.text(section, name);
    return choose(console, text.zh, text.en);
  };
  if (console.json) {
    Json list = Json::array();
    for (const AskedQuestion& question : all)
      if (!question.answer) list.push_back(question_json(question));
    print_json({{"run", run.id}, {"answered_now", answered}, {"questions", all.size()}, {"open", std::move(list)}, {"gate", name_of(run.verdicts.gate)}});
    return;
  }
  if (console.quiet || all.empty()) return;
  std::vector<std::string> open;
  for (const AskedQuestion& question : all)
    if (!question.answer) open.push_back(question.clause->id + " " + question.asset->id);
  fmt::print("\n{}: {}\n{}: {} / {}\n", say("assess", "answers"), answered, say("assess", "still_open"), open.size(), all.size());
  constexpr std::size_t kShown = 60;
  for (std::size_t i = 0; i < std::min(open.size(), kShown); ++i) fmt::print("  {}\n", open[i]);
  if (open.size() > kShown) fmt::print("  … +{}\n", open.size() - kShown);
  fmt::print("{}: {}\n", say("ui", "statement"), say("gate", name_of(run.verdicts.gate)));
}

// The run and its file. A sealed one (--break-seal) stays as it is, open for reading, until the first answer is in it: seal and answer change places at once.
class Assessment {
 public:
  Assessment(store::RunFile file, model::Run& run, bool sealed) : run_(run), sealed_(sealed) { file_.emplace(std::move(file)); }

  // In the file on return. An answer of this session to the same question is replaced; older ones stay as the record.
  Result<void> keep(const model::Attestation& answer, const std::vector<Bytes>& evidence) {
    const auto same = std::find_if(run_.attestations.begin() + static_cast<std::ptrdiff_t>(before_), run_.attestations.end(),
                                   [&](const auto& old) { return old.clause == answer.clause && old.asset == answer.asset; });
    if (same != run_.attestations.end()) *same = answer;
    else run_.attestations.push_back(answer);
    return put(evidence);
  }

  // The answers of the run and their evidence.
  Result<void> put(const std::vector<Bytes>& evidence) {
    return change([&](store::RunFile& file) -> Result<void> {
      for (const Bytes& bytes : evidence) TRY(file.keep(bytes));
      return file.set_assessments(run_.attestations, run_.waivers);
    });
  }

  Result<void> finish() {
    if (sealed_) return {};  // nothing was answered
    TRY(file_->set_verdicts(run_.verdicts));
    return file_->finish(run_.finished, run_.complete);
  }

 private:
  Result<void> change(const std::function<Result<void>(store::RunFile&)>& what) {
    if (!sealed_) return what(*file_);
    const auto whole = [&](store::RunFile& draft) -> Result<void> {
      TRY(what(draft));
      return draft.finish(run_.finished, run_.complete);
    };
    const fs::path path = file_->path();
    TRY(store::change_sealed(path, whole));
    sealed_ = false;
    file_.reset();
    file_.emplace(TRY(store::RunFile::open(path, store::Access::write)));
    return {};
  }

  std::optional<store::RunFile> file_;
  model::Run& run_;
  bool sealed_;
  const std::size_t before_ = run_.attestations.size();
};

// Answers of a document beside those in the run; one that is there already, word for word, is not put in twice.
Result<std::size_t> take_answers(const Assessments& added, Assessment& assessment, model::Run& run) {
  std::size_t fresh = 0;
  for (const model::Attestation& answer : added.attestations) {
    const std::string text = dump_json(Json(answer));
    if (std::ranges::any_of(run.attestations, [&](const auto& old) { return dump_json(Json(old)) == text; })) continue;
    run.attestations.push_back(answer);
    ++fresh;
  }
  if (fresh > 0) TRY(assessment.put(added.evidence));
  return fresh;
}

Result<void> write_skeleton(const AssessCommand& command, const std::string& text) {
  if (command.skeleton == "-") {
    fmt::print("{}", text);
    return {};
  }
  if (std::error_code ignored; fs::exists(command.skeleton, ignored)) return fail(ErrorCode::invalid_input, "{} exists; name a new file", command.skeleton);
  return write_file(command.skeleton, text);
}

Result<int> assess(const AssessCommand& command, const Console& console) {
  const SystemClock clock;
  if (!command.tester.empty() && is_blank(command.tester)) return fail(ErrorCode::invalid_input, "--tester is blank; an answer needs a name");
  if (!command.tester.empty() && printable(command.tester) != command.tester) return fail(ErrorCode::invalid_input, "--tester holds control characters");
  const bool looks_only = !command.skeleton.empty() || (console.json && command.answers.empty());
  const bool sealed = command.break_seal && TRY(store::find_seal(command.run)).has_value();  // stays so until there is an answer
  store::RunFile file = TRY(store::RunFile::open(command.run, looks_only || sealed ? store::Access::read : store::Access::write));
  model::Run run = TRY(file.load());
  TRY(check_choice(command, run));
  const Gatekeeper gate = TRY(Gatekeeper::create(command.gate, run.target));
  const report::Words words = TRY(report::Words::load());
  const std::string tester = usual_tester(command, run);
  judge_now(run, clock.now());
  const std::vector<AskedQuestion> all = rules::asked_questions(run, run.verdicts, run.verdicts.judged_at);
  std::vector<AskedQuestion> questions = choose_questions(all, command);
  const bool asks_nothing = questions.empty();
  if (!command.redo) std::erase_if(questions, [](const AskedQuestion& question) { return question.answer != nullptr; });
  if (!command.skeleton.empty()) {
    TRY(write_skeleton(command, answers_skeleton(run, questions, words, tester, console)));
    return 0;
  }
  Assessment assessment(std::move(file), run, sealed);  // touches the attestations only; the questions point into the rest
  std::size_t answered = 0;
  const InterruptGuard interrupt;
  if (!command.answers.empty()) {
    const auto added = load_assessments(command.answers, {}, run.profile, run.target);
    if (!added) return kUsageError;
    answered = TRY(take_answers(*added, assessment, run));
  } else if (!looks_only && questions.empty()) {
    const model::Text text = words.text("assess", asks_nothing ? "nothing" : "redo_hint");
    if (!console.quiet) fmt::print("{}\n", choose(console, text.zh, text.en));
  } else if (!looks_only) {
    const rules::Statements statements(run);
    Dialogue dialogue{run, questions, statements, words, console, clock, command.reference_large ? Keep::hash_only : Keep::bytes, tester,
                      [&](const model::Attestation& answer, const std::vector<Bytes>& evidence) { return assessment.keep(answer, evidence); }};
    LineInput input(STDIN_FILENO, interrupt.cancel());
    answered = TRY(converse(dialogue, input));
  }
  judge_now(run, clock.now());
  if (!looks_only) TRY(assessment.finish());
  tell_open(run, answered, words, console);
  gate.tell(run, console);
  return interrupt.cancel().requested() ? 130 : gate.exit_code(run);
}

}  // namespace

int run_command(const AssessCommand& command, const Console& console) {
  const auto code = assess(command, console);
  if (code) return *code;
  print_error(code.error().message);
  return kUsageError;
}

}  // namespace lintel::cli
