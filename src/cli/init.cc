// lintel init: asks a few questions and writes a commented target file. Sends nothing, but for the ports of the one address that was given, and only with --look.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iostream>
#include <numeric>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/target_skeleton.h"
#include "data/json.h"
#include "data/schema.h"
#include "net/resolver.h"
#include "net/sweep.h"
#include "rules/documents.h"
#include "rules/loader.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kLongestAnswer = 200;  // bytes

// Why an answer is refused; empty: it is fine.
using Check = std::function<std::string(const std::string& answer)>;

// The answer, or what stands there already when just Return is pressed; asked again, with the reason, until it is fine.
// Errors: invalid_input at the end of the input.
Result<std::string> ask(const std::string& question, const std::string& otherwise, const Check& check) {
  for (;;) {
    tell(otherwise.empty() ? question + ": " : fmt::format("{} [{}]: ", question, otherwise));
    std::string line;
    if (!std::getline(std::cin, line)) return fail(ErrorCode::invalid_input, "the input ended before all was answered; options give the answers too (lintel init --help)");
    std::string answer(trim(line));
    if (answer.empty()) answer = otherwise;
    const std::string reason = check(answer);
    if (reason.empty()) return answer;
    tell("  " + reason + "\n");
  }
}

// What was given as an option is checked like an answer.
Result<void> check_option(const char* option, const std::string& value, const Check& check) {
  const std::string reason = value.empty() ? "" : check(value);
  if (!reason.empty()) return fail(ErrorCode::invalid_input, "--{}: {}", option, reason);
  return {};
}

// A short name out of any text: letters, digits and hyphens.
std::string id_of(const std::string& text) {
  std::string id;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) id += static_cast<char>(std::tolower(byte));
    else if (!id.empty() && id.back() != '-') id += '-';
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

// By the target's own schema, so that what is accepted here loads.
class Rules {
 public:
  explicit Rules(const Console& console) : target_(documents_.get("target").compiled.root()), console_(console) {}
  std::string name(const std::string& answer) const {
    if (answer.size() > kLongestAnswer) return fmt::format("{} {}", say("最长（字节）：", "too long; bytes at most:"), kLongestAnswer);
    if (!is_utf8(answer) || printable(answer) != answer) return say("含有控制字符或不是 UTF-8", "that holds control characters or is not UTF-8");
    return is_blank(answer) ? say("须填写名称", "a name is needed") : "";
  }
  std::string id(const std::string& answer) const {
    return fits({"assets", "", "id"}, answer) ? "" : say("只能用字母、数字、“.”、“_”和“-”，以字母或数字开头，最长 64", "letters, digits, \".\", \"_\" and \"-\", a letter or digit first, 64 at most");
  }
  std::string role(const std::string& answer) const {
    constexpr std::array<std::string_view, 5> kRoles = {"platform", "gateway", "device", "app", "line"};
    return std::ranges::find(kRoles, answer) != kRoles.end() ? "" : say("须为 platform、gateway、device、app 或 line", "one of platform, gateway, device, app, line");
  }
  std::string level(const std::string& answer) const { return answer == "1" || answer == "2" || answer == "3" ? "" : say("须为 1、2 或 3", "1, 2 or 3"); }
  std::string address(const std::string& answer) const {
    return fits({"assets", "", "hosts", "", "address"}, answer) ? "" : say("须为 IPv4、IPv6 地址或域名", "an IPv4 or IPv6 address, or a name");
  }

 private:
  std::string say(const char* zh, const char* en) const { return choose(console_, zh, en); }
  bool fits(std::initializer_list<const char*> path, const std::string& answer) const {
    const schema::Node* node = &target_;
    for (const char* step : path)
      if (node != nullptr) node = *step == 0 ? schema::element(*node) : schema::member(*node, step);
    return node != nullptr && is_utf8(answer) && schema::validate(Json(answer), *node).empty();
  }
  rules::DocumentSchemas documents_;
  const schema::Node& target_;
  const Console& console_;
};

Result<void> ask_for_the_rest(InitCommand& command, const Rules& rules, const Console& console) {
  const auto say = [&](const char* zh, const char* en) { return choose(console, zh, en); };
  const auto by = [&](auto member) -> Check { return [&rules, member](const std::string& answer) { return (rules.*member)(answer); }; };
  const auto settle = [](std::string& value, const std::string& question, const std::string& otherwise, const Check& check) -> Result<void> {
    if (value.empty()) value = TRY(ask(question, otherwise, check));
    return {};
  };
  TRY(check_option("name", command.name, by(&Rules::name)));
  TRY(check_option("id", command.id, by(&Rules::id)));
  TRY(check_option("address", command.address, by(&Rules::address)));
  TRY(settle(command.name, say("名称", "Name of what is tested"), say("被测设备", "device under test"), by(&Rules::name)));
  const std::string made = id_of(command.name).substr(0, 64);
  TRY(settle(command.id, say("标识（字母、数字、连字符）", "Short id (letters, digits, hyphens)"), made.empty() ? "device" : made, by(&Rules::id)));
  TRY(settle(command.role, say("类别：platform、gateway、device、app 或 line（产线）", "Role: platform, gateway, device, app or line (of a factory)"), "device", by(&Rules::role)));
  if (command.role == "device" || command.role == "gateway" || command.role == "line")
    TRY(settle(command.level, say("声明的级别：1、2 或 3", "Claimed level: 1, 2 or 3"), "1", by(&Rules::level)));
  if (command.look || (command.role != "app" && command.role != "line"))
    TRY(settle(command.address, say("地址（IP 或域名）", "Address (IP or name)"), "", by(&Rules::address)));
  return {};
}

// "all", "none" or ports with commas, out of those found open; nullopt for anything else.
std::optional<std::vector<std::uint16_t>> meant(const std::string& answer, const std::vector<std::uint16_t>& open) {
  if (answer == "all") return open;
  std::vector<std::uint16_t> chosen;
  if (answer == "none") return chosen;
  for (const std::string_view piece : split(answer, ',')) {
    const auto port = parse_unsigned<std::uint16_t>(trim(piece));
    if (!port || std::ranges::find(open, *port) == open.end()) return std::nullopt;
    if (std::ranges::find(chosen, *port) == chosen.end()) chosen.push_back(*port);
  }
  return chosen;
}

// Only a person knows which of the open ports are meant to be: taking all would hide the very finding.
Result<std::vector<std::uint16_t>> ask_services(std::string given, const std::vector<std::uint16_t>& open, const Console& console) {
  if (open.empty()) return open;
  const std::string list = fmt::format("{}", fmt::join(open, ","));
  const Check check = [&](const std::string& answer) {
    return meant(answer, open) ? std::string() : choose(console, "all、none，或其中的端口：" + list, "all, none, or ports out of " + list);
  };
  TRY(check_option("services", given, check));
  if (given.empty()) given = TRY(ask(choose(console, "开放的端口：" + list + "。其中应当开放的（all、none 或以逗号分隔）", "Open ports: " + list + ". Which of them are meant to be (all, none, or ports with commas)"), "none", check));
  return *meant(given, open);
}

Result<std::vector<std::uint16_t>> open_ports(const std::string& host, const Console& console) {
  InterruptGuard guard;
  const Deadline deadline = Deadline::after(std::chrono::minutes(3));
  const auto addresses = TRY(net::resolve(host, 1, deadline, guard.cancel()));
  net::SweepPlan plan;
  plan.ports.resize(65535);
  std::iota(plan.ports.begin(), plan.ports.end(), std::uint16_t{1});
  plan.in_flight = 200;  // a small device stays alive
  const auto seen = TRY(net::sweep(addresses.front(), plan, deadline, guard.cancel(), [&](std::size_t done, std::size_t total) {
    if (console.live && !console.quiet) tell(fmt::format("\r\x1b[2K{} {}/{}", choose(console, "探测端口", "ports"), done, total));
  }));
  if (console.live && !console.quiet) tell("\r\x1b[2K");
  if (!seen.alive) return fail(ErrorCode::unreachable, "{} answers on no port; is it switched on and on this network?", host);
  if (seen.undecided > 0) return fail(ErrorCode::timeout, "{} ports of {} were not settled in time; leave out --look", seen.undecided, host);
  return seen.open;
}

struct Made {
  std::string file, id;
  std::vector<std::uint16_t> open, services;
};

Result<Made> make(InitCommand command, const Console& console) {
  std::error_code ignored;
  if (std::filesystem::exists(command.file, ignored)) return fail(ErrorCode::invalid_input, "{} exists; name another file", command.file);
  const Rules rules(console);
  TRY(ask_for_the_rest(command, rules, console));
  Skeleton skeleton{command.id, command.name, command.role, command.level == "3" ? 3 : command.level == "2" ? 2 : 1, command.address, {}, {}, command.look};
  if (command.look) {
    skeleton.open = TRY(open_ports(command.address, console));
    skeleton.services = TRY(ask_services(command.services, skeleton.open, console));
  }
  TRY(write_file(command.file, target_skeleton(skeleton, console.language == "en")));
  const auto loaded = rules::load_target(command.file);
  if (!has_errors(loaded.diagnostics)) return Made{command.file, command.id, skeleton.open, skeleton.services};
  std::filesystem::remove(command.file, ignored);
  print_diagnostics(loaded.diagnostics);
  return fail(ErrorCode::internal, "these answers make no target file; nothing was written");
}

}  // namespace

int run_command(const InitCommand& command, const Console& console) {
  const auto made = make(command, console);
  if (!made) {
    print_error(made.error().message);
    return made.error().code == ErrorCode::internal ? kInternalError : kUsageError;
  }
  if (console.json) print_json({{"file", made->file}, {"target", made->id}, {"open", made->open}, {"services", made->services}});
  else fmt::print("{}\n", made->file);
  if (!console.quiet)
    tell(choose(console, "下一步：编辑该文件，然后 lintel target lint " + made->file + "、lintel scan " + made->file + "\n",
                "Next: edit the file, then lintel target lint " + made->file + ", lintel scan " + made->file + "\n"));
  return 0;
}

}  // namespace lintel::cli
