#include "cli/id_page.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "cli/id_text.h"
#include "report/columns.h"
#include "report/messages.h"
#include "report/paint.h"
#include "report/values.h"
#include "report/words.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kIdsShown = 5;  // of each list

class IdPage {
 public:
  IdPage(const model::Run& run, const IdQuestions& questions, const report::Words& words, const Console& console)
      : run_(run), questions_(questions), words_(words), console_(console), width_(static_cast<std::size_t>(std::clamp(console.width, 40, 120))) {}

  std::string render(const std::string& file) {
    static const model::Observation kNone;
    const model::Observation& seen = run_.observations.empty() ? kNone : run_.observations[0];
    out_ = tone("strong", file == "-" ? say("标准输入", "standard input") : report::one_line(file)) + "  " + summary(seen.facts) + "\n";
    if (!seen.message.empty()) text("  ", sentence(seen.message), "inconclusive");
    out_ += "\n";
    has_fields_ = seen.facts.contains("versions");
    for (std::size_t i = 0; i < run_.profile.clauses.size(); ++i) clause(run_.profile.clauses[i], run_.verdicts.clauses[i]);
    malformed(seen.facts);
    list(say("重复的身份信息", "identities given out twice"), member(seen.facts, "duplicates"), integer_or(seen.facts, "duplicate_count", 0));
    const Json& randoms = member(seen.facts, "randoms");
    list(say("同一产品下重复的随机数", "random values used twice below one product"), member(randoms, "repeated"), integer_or(randoms, "repeated_count", 0));
    patterns(randoms);
    foretold(randoms);
    shared(member(seen.facts, "shared"));
    out_ += "\n";
    for (const std::string& note : seen.notes)
      if (note.find("no credential") == std::string::npos) text("", sentence(note));
    text("", id_statement(console_), "quiet");
    return std::move(out_);
  }

 private:
  std::string say(const char* zh, const char* en) const { return choose(console_, zh, en); }
  std::string say(const model::Text& both) const { return choose(console_, both.zh.empty() ? both.en : both.zh, both.en.empty() ? both.zh : both.en); }
  std::string sentence(const std::string& message) const { return report::one_line(console_.language == "en" ? message : report::in_chinese(message), 600); }
  std::string tone(std::string_view name, const std::string& shown) const { return console_.colour ? report::paint(name, shown) : shown; }

  // A paragraph; further lines stand under the text.
  void text(const std::string& head, const std::string& shown, std::string_view tone_name = {}) {
    std::string margin = head;
    for (const std::string& part : report::wrap(shown, width_ - std::min(report::columns(head), width_ / 2))) {
      out_ += margin + (tone_name.empty() ? part : tone(tone_name, part)) + "\n";
      margin.assign(report::columns(head), ' ');
    }
  }

  std::string summary(const Json& facts) const {
    if (!facts.contains("count")) return say("未能读完", "could not be read to its end");
    const auto all = integer_or(facts, "count", 0), good = integer_or(facts, "well_formed", 0);
    std::string told = fmt::format("{} {}", report::format_count(all), say("条", all == 1 ? "entry" : "entries"));
    if (good != all) told += fmt::format(fmt::runtime(say("，其中 {} 条格式有误", ", {} of them malformed")), report::format_count(all - good));
    const auto codes = [&](const char* name, const char* zh, const char* en) {
      const Json& values = member(facts, name);
      if (!values.is_array() || values.empty()) return;
      told += fmt::format("  {} {}", say(zh, en), values[0].get<std::string>());
      if (values.size() > 1) told += fmt::format(" +{}", values.size() - 1);
    };
    codes("vendors", "厂商", "vendor");
    codes("products", "产品", "product");
    return told;
  }

  void clause(const model::Clause& clause, const model::ClauseVerdict& verdict) {
    const Json word = words_.entry("verdict", name_of(verdict.verdict));
    // A check that finds nothing proves nothing where the standard also wants the generator to be looked at.
    const bool not_refuted = verdict.verdict == model::Verdict::pass && questions_.contains(clause.id);
    const std::string shown = not_refuted ? say("未推翻", "Not refuted") : text_or(word, console_.language == "en" ? "en" : "zh");
    const std::string head = fmt::format("  {} {}  ", text_or(word, "mark"), report::pad(clause.id, 4));
    const std::string state = report::pad(shown, 13);
    out_ += tone(name_of(verdict.verdict), head + state);
    const std::size_t indent = report::columns(head) + 13;
    std::string margin;
    for (const std::string& part : report::wrap(report::one_line(say(clause.text), 600), width_ - indent)) {
      out_ += margin + part + "\n";
      margin.assign(indent, ' ');
    }
    if (not_refuted) text(std::string(indent, ' '), say("检查没有发现弱点；是否合格还要看发生器，由评估人员判断", "the checks found no weakness; the generator is for the assessor to look at"), "quiet");
    for (const model::AssetVerdict& asset : verdict.assets)
      for (const model::CheckResult& check : asset.checks)
        for (const model::Instance& instance : check.instances) reasons(instance, std::string(indent, ' '));
  }

  // What stands in a list further down is only named here.
  static bool is_listed(const model::AssertionResult& result) {
    constexpr std::string_view kListed[] = {"malformed", "allocation", "duplicate", "randoms", "shared"};
    return std::ranges::any_of(result.steps, [&](const model::Step& step) { return std::ranges::any_of(kListed, [&](std::string_view name) { return step.fact.starts_with(name); }); });
  }

  void reasons(const model::Instance& instance, const std::string& margin) {
    if (instance.verdict == model::Verdict::inconclusive) {
      for (const char* option : {"vendor", "product", "extensions"})
        if (std::ranges::any_of(instance.assertions, [&](const auto& result) { return std::ranges::find(result.missing, std::string("item.") + option) != result.missing.end(); }))
          return text(margin, fmt::format("{} --{}", say("请给出", "give"), option), "inconclusive");
      if (!has_fields_) return;  // no entry could be read, which the summary says
    }
    const auto wanted = instance.verdict == model::Verdict::fail ? model::Kleene::no : model::Kleene::unknown;
    const model::AssertionResult* last = nullptr;  // of what is unknown the last says most: that there are too few
    for (const model::AssertionResult& result : instance.assertions) {
      if (result.holds != wanted) continue;
      if (wanted == model::Kleene::no) requirement(result, is_listed(result), margin, "fail");
      last = &result;
    }
    if (wanted == model::Kleene::unknown && last != nullptr) requirement(*last, false, margin, "inconclusive");
  }

  void requirement(const model::AssertionResult& result, bool title_only, const std::string& margin, std::string_view tone_name) {
    const std::string title = say(*result.title != model::Text{} ? *result.title : *result.expected), observed = say(*result.observed);
    text(margin, report::one_line(observed.empty() || title_only ? title : fmt::format("{}: {}", title, observed), 300), tone_name);
  }

  void heading(const std::string& title, std::int64_t count) { out_ += "\n" + tone("strong", fmt::format("{} ({})", title, report::format_count(count))) + "\n"; }

  void list(const std::string& title, const Json& values, std::int64_t count) {
    if (count == 0 || !values.is_array()) return;
    heading(title, count);
    for (std::size_t i = 0; i < std::min(values.size(), kIdsShown); ++i) out_ += "  " + report::one_line(values[i].get<std::string>()) + "\n";
    more(count);
  }

  void more(std::int64_t count) {
    if (count > static_cast<std::int64_t>(kIdsShown)) out_ += fmt::format("  … +{}\n", report::format_count(count - static_cast<std::int64_t>(kIdsShown)));
  }

  void malformed(const Json& facts) {
    const auto count = integer_or(facts, "malformed_count", 0);
    if (count == 0) return;
    heading(say("格式有误", "malformed"), count);
    const Json& entries = member(facts, "malformed");
    for (std::size_t i = 0; i < std::min(entries.size(), kIdsShown); ++i) {
      const std::string value = text_or(entries[i], "value");
      const auto mistake = model::mistake_of(value);
      out_ += tone("quiet", fmt::format("  {} {}\n", say("行", "line"), integer_or(entries[i], "line", 0)));
      out_ += mistake ? point_at(value, *mistake, 4, console_) : "    " + report::one_line(value) + "\n";
    }
    more(count);
  }

  void patterns(const Json& randoms) {
    const Json& found = member(randoms, "patterns");
    if (!found.is_array() || found.empty()) return;
    heading(say("随机数有规律的产品", "products whose random values follow a pattern"), static_cast<std::int64_t>(found.size()));
    for (std::size_t i = 0; i < std::min(found.size(), kIdsShown); ++i)
      text(fmt::format("  {}  ", text_or(found[i], "product")), pattern_words(text_or(found[i], "pattern")));
    more(static_cast<std::int64_t>(found.size()));
  }

  std::string pattern_words(const std::string& pattern) const {
    if (pattern == "step") return say("按清单顺序等差递增或递减", "they count by one constant step in the order of the list");
    if (pattern == "near") return say("排序后多与相邻值相差不超过 16", "sorted, most lie within 16 of their neighbour");
    if (pattern == "distance") return say("排序后间距多相同", "sorted, most lie at one distance");
    if (pattern == "time") return say("是递增的时间（1970 年起的秒数）", "they are rising times, in seconds since 1970");
    if (pattern == "range") return say("集中于很窄的区间，随机值不会如此", "they keep to a narrow range, as random values don't");
    return say("若干位始终不变，随机值不会如此", "some of their bits never change, as those of random values do");
  }

  void foretold(const Json& randoms) {
    const Json& found = member(randoms, "foretold");
    if (!found.is_array() || found.empty()) return;
    heading(say("可以推算的随机数", "random values that can be worked out"), static_cast<std::int64_t>(found.size()));
    for (const Json& one : found) {
      const std::string product = text_or(one, "product");
      text(fmt::format("  {}", product.empty() ? "" : product + "  "), fmt::format(fmt::runtime(say("{}：算中 {} 个", "{}: {} values worked out")), sentence(text_or(one, "generator")), report::format_count(integer_or(one, "values", 0))));
    }
  }

  void shared(const Json& facts) {
    const auto count = integer_or(facts, "values", 0);
    if (count == 0) return;
    list(say("多个产品共有的随机数", "random values that several products share"), member(facts, "shown"), count);
    const Json& expected = member(facts, "expected");
    const std::string average = fmt::format("{:.3g}", expected.is_number() ? expected.get<double>() : 0);
    text("  ", bool_or(facts, "improbable", false)
                   ? fmt::format(fmt::runtime(say("偶然重合平均只有 {} 个：发生器被克隆，或取值被照抄", "chance gives {} on average: a generator was cloned, or its values copied")), average)
                   : fmt::format(fmt::runtime(say("偶然重合平均为 {} 个，不足为奇", "chance gives {} on average: nothing is found in that")), average));
  }

  const model::Run& run_;
  const IdQuestions& questions_;
  const report::Words& words_;
  const Console& console_;
  const std::size_t width_;
  bool has_fields_ = false;  // at least one entry is well-formed
  std::string out_;
};

}  // namespace

std::string id_check_page(const model::Run& run, const IdQuestions& questions, const std::string& file, const Console& console) {
  const auto words = report::Words::load();
  return words ? IdPage(run, questions, *words, console).render(file) : "";
}

Json id_check_json(const model::Run& run, const IdQuestions& questions, const std::string& file, int exit_code) {
  Json clauses = Json::array();
  for (const model::ClauseVerdict& verdict : run.verdicts.clauses) {
    Json failed = Json::array(), open = Json::array();
    for (const model::AssetVerdict& asset : verdict.assets)
      for (const model::CheckResult& check : asset.checks)
        for (const model::Instance& instance : check.instances)
          for (const model::AssertionResult& result : instance.assertions)
            if (result.holds != model::Kleene::yes)
              (result.holds == model::Kleene::no ? failed : open).push_back({{"check", check.check}, {"requirement", *result.title != model::Text{} ? *result.title : *result.expected}, {"observed", *result.observed}});
    clauses.push_back({{"clause", verdict.clause}, {"verdict", name_of(verdict.verdict)}, {"asked_too", questions.contains(verdict.clause)}, {"failed", failed}, {"open", open}});
  }
  Json result = {{"lintel", "identity-check/1"}, {"file", report::plain(file)}, {"gate", name_of(run.verdicts.gate)}, {"exit_code", exit_code}, {"clauses", clauses}};
  if (!run.observations.empty()) {
    const model::Observation& seen = run.observations[0];
    result["status"] = name_of(seen.status);
    result["message"] = seen.message;
    result["facts"] = seen.facts;
    result["notes"] = seen.notes;
  }
  return result;
}

}  // namespace lintel::cli
