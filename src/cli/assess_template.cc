#include "cli/assess_template.h"

#include "data/json.h"
#include "report/columns.h"
#include "report/question_page.h"
#include "report/values.h"

namespace lintel::cli {

std::string comment(const std::string& label, const std::string& text) {
  std::string lines;
  for (const auto& piece : report::wrap(report::one_line(label + (label.empty() ? "" : ": ") + text, 4000), 110)) lines += "# " + piece + "\n";
  return lines;
}

std::string answers_skeleton(const model::Run& run, const std::vector<rules::AskedQuestion>& questions, const report::Words& words,
                             const std::string& tester, const Console& console) {
  const auto say = [&](const model::Text& text) { return choose(console, text.zh.empty() ? text.en : text.zh, text.en.empty() ? text.zh : text.en); };
  const auto word = [&](std::string_view section, std::string_view name) { return say(words.text(section, name)); };
  const auto language = console.language == "en" ? report::Language::en : report::Language::zh;
  std::string text = comment("", choose(console, "运行 " + run.id + "（" + run.target.id + "）的待答问题。去掉一条答复各行行首的 #，填写后执行：lintel assess RUN --answers 本文件",
                                        "Open questions of run " + run.id + " (" + run.target.id + "). Take the # off the lines of an entry, fill it in, then: lintel assess RUN --answers THIS-FILE"));
  text += comment("", choose(console, "判定可为 pass、fail、not_applicable（须有理由）、inconclusive；时间须带时区偏移；证据路径相对于本文件。",
                             "verdict: pass, fail, not_applicable (with a remark that says why), inconclusive. Times have an offset. Paths start at this file."));
  text += "lintel: attestations/1\nattestations:\n";
  for (const rules::AskedQuestion& question : questions) {
    const model::Question& asked = *question.clause->attest;
    const std::string name = question.asset->name == model::Text{} ? "" : " " + say(question.asset->name);
    text += "\n" + comment("", question.clause->id + " · " + question.asset->id + name + " · " + say(question.clause->text));
    text += comment(word("ui", "ask"), say(asked.ask)) + comment(word("ui", "hand_in"), say(asked.evidence)) + comment(word("ui", "bench"), say(asked.bench));
    for (const std::string& line : report::seen_lines(run, *question.verdict, words, language)) text += comment(word("assess", "probes"), line);
    if (question.expired) text += comment("", word("reason", "attestation_expired"));
    // Empty values on purpose: an entry that was only uncommented must not load.
    text += fmt::format("#- clause: \"{}\"\n#  asset: {}\n#  verdict:\n#  remark:\n#  tester: {}\n#  at:\n#  evidence: []\n", question.clause->id, question.asset->id,
                        tester.empty() ? "" : dump_json(Json(tester)));
  }
  return text;
}

}  // namespace lintel::cli
