// lintel verify: check the seal of a run. Every check has its line; what was changed is named.
#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/run_findings.h"
#include "data/json.h"
#include "report/messages.h"
#include "report/values.h"
#include "store/format.h"
#include "store/manifest.h"
#include "store/run_file.h"
#include "store/seal_block.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kShownPlaces = 20;

struct Outcome {
  bool is_sealed = false;
  std::optional<store::Manifest> manifest;
  SignatureFindings signature;
  std::vector<Finding> findings;
};

Finding seal_finding(State state, std::string code, std::string zh, std::string en) { return {"seal", state, std::move(code), std::move(zh), std::move(en), {}}; }

// The certificates are part of what was signed: none can be exchanged, added or left out.
std::optional<Finding> other_certificates(const store::Manifest& manifest, const SignatureFindings& signature) {
  std::vector<std::string> others;
  for (const Bytes& one : signature.cms.others) others.push_back(store::sha256_hex(one));
  std::ranges::sort(others);
  if (signature.signer.sha256 == manifest.signer && others == manifest.certificates) return std::nullopt;
  return Finding{"signature", State::bad, "certificates", "签名中的证书与清单所列不同", "its certificates are not those that the manifest names", {}};
}

// Errors: the file can't be read, or is none of ours.
Result<Outcome> examine(const VerifyCommand& command, const Authorities& authorities, WallTime now) {
  Outcome outcome;
  auto& findings = outcome.findings;
  const auto begin = TRY(store::find_seal(command.run));
  outcome.is_sealed = begin.has_value();
  if (!begin) {
    TRY(store::check_header(command.run));
    findings.push_back(seal_finding(State::bad, "not_sealed", "该运行未封存（lintel seal 可封存）", "the run is not sealed (`lintel seal` seals it)"));
    return outcome;
  }
  const auto seal = store::read_seal(command.run);
  const auto manifest = seal ? store::parse_manifest((*seal)->manifest) : Result<store::Manifest>(tl::unexpected(seal.error()));
  if (!manifest) {
    findings.push_back(seal_finding(State::bad, "damaged", "封存损坏：" + report::in_chinese(manifest.error().message), "damaged: " + manifest.error().message));
    return outcome;
  }
  outcome.manifest = *manifest;
  findings.push_back(seal_finding(State::good, "whole", "封存完整，封存时间（自述）" + format_time(manifest->sealed), "whole; sealed, as it says, at " + format_time(manifest->sealed)));
  outcome.signature = examine_signature((*seal)->cms, as_bytes((*seal)->manifest), authorities, now);
  auto& of_signature = outcome.signature.findings;
  findings.insert(findings.end(), of_signature.begin(), of_signature.end());
  if (of_signature.front().state == State::good) {
    if (auto finding = other_certificates(*manifest, outcome.signature)) findings.push_back(std::move(*finding));
    if (manifest->time_stamp != !outcome.signature.cms.time_stamp.empty())
      findings.push_back({"time_stamp", State::bad, manifest->time_stamp ? "removed" : "unexpected", manifest->time_stamp ? "清单声明有时间戳，但时间戳已被去除" : "清单声明没有时间戳，但签名带有时间戳",
                          manifest->time_stamp ? "the manifest promises a time stamp, and there is none" : "there is a time stamp, and the manifest says there is none", {}});
  }
  for (Finding& finding : examine_content(command.run, *begin, *manifest)) findings.push_back(std::move(finding));
  return outcome;
}

// What is wrong, the gravest first: words for scripts and for people. Whether the content is as it was, who vouches for it, and since when, are different questions.
struct Problem {
  std::string_view code, checks, zh, en;
};
constexpr Problem kProblems[] = {
    {"not_sealed", "", "未封存", "not sealed"},
    {"seal_damaged", "seal", "封存块本身已损坏", "the seal itself is damaged"},
    {"content_changed", "file rows evidence", "内容已被改动", "the content was changed"},
    {"signature_bad", "signature", "签名不成立", "the signature is bad"},
    {"time_stamp_bad", "time_stamp", "时间戳不成立或其机构不受信任", "the time stamp is bad or not trusted"},
    {"chain_not_trusted", "certificate revocation", "签名者的证书不受信任", "the signer's certificate is not trusted"},
    {"judge_differs", "verdicts", "由所存事实重新判定，得不到相同的结论", "judging the stored facts again does not give the same verdicts"},
    {"check_failed", "", "有检查未通过", "a check failed"},  // what no row above names never counts as good
};

bool is_about(const Problem& problem, const Finding& finding) {
  const auto checks = split(problem.checks, ' ');
  return finding.state == State::bad && std::ranges::find(checks, finding.check) != checks.end();
}

std::vector<const Problem*> problems_of(const Outcome& outcome) {
  std::vector<const Problem*> found;
  if (!outcome.is_sealed) return {&kProblems[0]};
  for (const Problem& problem : kProblems) {
    // That changed content can't be judged any more follows from the change; it is no other judgement.
    const bool changed = std::ranges::any_of(found, [](const Problem* one) { return one->code == "content_changed"; });
    const auto counts = [&](const Finding& finding) { return is_about(problem, finding) && !(changed && finding.check == "verdicts" && finding.code == "unreadable"); };
    if (std::ranges::any_of(outcome.findings, counts)) found.push_back(&problem);
  }
  const bool failed = std::ranges::any_of(outcome.findings, [](const Finding& finding) { return finding.state == State::bad; });
  if (failed && found.empty()) found.push_back(&std::end(kProblems)[-1]);
  return found;
}

bool is_open(const Outcome& outcome) {
  return std::ranges::any_of(outcome.findings, [](const Finding& finding) { return finding.state == State::open; });
}

std::string_view name_of(State state) {
  switch (state) {
    case State::good: return "good";
    case State::bad: return "bad";
    case State::open: return "open";
    case State::note: return "note";
  }
  return "bad";
}

std::string_view result_of(const Outcome& outcome) {
  const auto problems = problems_of(outcome);
  return !problems.empty() ? problems.front()->code : is_open(outcome) ? "open" : "good";
}

// The most telling place of a change: a row before a piece of evidence before a page.
std::string changed_place(const Outcome& outcome, const Console& console) {
  for (const std::string_view check : {"rows", "evidence", "file"})
    for (const Finding& finding : outcome.findings)
      for (const Place& place : finding.places)
        if (finding.check == check && (check != "file" || place.en.starts_with("page "))) return report::plain(console.language == "en" ? place.en : place.zh);
  return {};
}

std::string last_line(const Outcome& outcome, const Console& console) {
  std::string line;
  for (const Problem* problem : problems_of(outcome)) {
    line += (line.empty() ? "" : choose(console, "；", "; ")) + std::string(console.language == "en" ? problem->en : problem->zh);
    if (const std::string place = changed_place(outcome, console); problem->code == "content_changed" && !place.empty()) line += ": " + place;
  }
  if (!line.empty()) return line;
  return std::string(is_open(outcome) ? choose(console, "内容未变，但无法确认是谁封存的", "unchanged, but nobody vouches for who sealed it") : choose(console, "封存有效", "the seal is good"));
}

Json as_json(const VerifyCommand& command, const Outcome& outcome) {
  Json checks = Json::array();
  for (const Finding& finding : outcome.findings) {
    Json places = Json::array();
    for (const Place& place : finding.places) places.push_back({{"place", {{"zh", place.zh}, {"en", place.en}}}, {"expected", place.expected}, {"found", place.found}});
    checks.push_back({{"check", finding.check}, {"state", name_of(finding.state)}, {"code", finding.code}, {"text", {{"zh", finding.zh}, {"en", finding.en}}}, {"places", std::move(places)}});
  }
  Json problems = Json::array();
  for (const Problem* problem : problems_of(outcome)) problems.push_back(problem->code);
  Json json{{"lintel", "verification/1"}, {"run", command.run}, {"result", result_of(outcome)}, {"problems", std::move(problems)}, {"checks", std::move(checks)}};
  if (outcome.manifest) json["sealed"] = format_time(outcome.manifest->sealed);
  if (const auto& signer = outcome.signature.signer; !signer.sha256.empty())
    json["signer"] = {{"subject", signer.subject}, {"issuer", signer.issuer}, {"serial", signer.serial}, {"sha256", signer.sha256},
                      {"not_before", format_time(signer.not_before)}, {"not_after", format_time(signer.not_after)}};
  if (outcome.signature.stamped) json["time_stamp"] = {{"time", format_time(*outcome.signature.stamped)}, {"authority", outcome.signature.stamped_by}};
  return json;
}

std::string_view label_of(const Console& console, std::string_view check) {
  struct Label {
    std::string_view check, zh, en;
  };
  static constexpr Label kLabels[] = {{"seal", "封存", "seal"}, {"signature", "签名", "signature"}, {"certificate", "证书", "certificate"}, {"revocation", "吊销", "revocation"},
                                      {"time_stamp", "时间戳", "time stamp"}, {"file", "字节", "bytes"}, {"rows", "表行", "rows"}, {"evidence", "证据", "evidence"}, {"verdicts", "结论", "verdicts"}};
  for (const Label& label : kLabels)
    if (label.check == check) return console.language == "en" ? label.en : label.zh;
  return check;
}

void print_finding(const Finding& finding, const Console& console) {
  const bool english = console.language == "en";
  const auto word = [&]() -> std::string_view {
    switch (finding.state) {
      case State::good: return english ? "ok  " : "正常";
      case State::bad: return english ? "FAIL" : "失败";
      case State::open: return english ? "open" : "未定";
      case State::note: return english ? "note" : "说明";
    }
    return "";
  };
  fmt::print("{}  {}: {}\n", word(), label_of(console, finding.check), report::plain(english ? finding.en : finding.zh));
  for (std::size_t i = 0; i < std::min(finding.places.size(), kShownPlaces); ++i) {
    const Place& place = finding.places[i];
    const auto shown = [&](const std::string& value) { return value.empty() ? choose(console, "（无）", "(none)") : report::plain(value); };
    fmt::print("      {}: {} {}, {} {}\n", report::plain(english ? place.en : place.zh), choose(console, "应为", "expected"), shown(place.expected), choose(console, "实为", "found"), shown(place.found));
  }
  if (finding.places.size() > kShownPlaces) fmt::print("      {}\n", fmt::format(fmt::runtime(choose(console, "另有 {} 处（--json 列出全部）", "{} more (--json lists all)")), finding.places.size() - kShownPlaces));
}

}  // namespace

int run_command(const VerifyCommand& command, const Console& console) {
  const auto stop = [](const Error& error) {
    print_error(error.message);
    return kUsageError;
  };
  const auto authorities = load_authorities(command.trust);
  if (!authorities) return stop(authorities.error());
  const auto outcome = examine(command, *authorities, SystemClock().now());
  if (!outcome) return stop(outcome.error());
  if (command.json) {
    fmt::print("{}\n", pretty_json(as_json(command, *outcome)));
  } else if (!console.quiet) {
    for (const Finding& finding : outcome->findings) print_finding(finding, console);
    fmt::print("{}: {}\n", command.run, last_line(*outcome, console));
  }
  return !problems_of(*outcome).empty() ? 1 : is_open(*outcome) ? 3 : 0;
}

}  // namespace lintel::cli
