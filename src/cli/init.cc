// lintel init: asks a few questions and writes a commented target file. Sends nothing, but for the ports of the one address that was given, and only with --look.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <numeric>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/target_skeleton.h"
#include "net/resolver.h"
#include "net/sweep.h"
#include "rules/loader.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kLongestAnswer = 200;  // bytes

// The answer, or what stands there already when just Return is pressed. Errors: invalid_input at the end of the input.
Result<std::string> ask(const std::string& question, const std::string& otherwise) {
  tell(otherwise.empty() ? question + ": " : fmt::format("{} [{}]: ", question, otherwise));
  std::string line;
  if (!std::getline(std::cin, line)) return fail(ErrorCode::invalid_input, "the input ended before all was answered; options give the answers too (lintel init --help)");
  if (line.size() > kLongestAnswer) return fail(ErrorCode::invalid_input, "an answer of {} bytes is too long", line.size());
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
  return line.empty() ? otherwise : line;
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

Result<void> ask_for_the_rest(InitCommand& command, const Console& console) {
  const auto say = [&](const char* zh, const char* en) { return choose(console, zh, en); };
  if (command.name.empty()) command.name = TRY(ask(say("名称", "Name of what is tested"), say("被测设备", "device under test")));
  if (command.id.empty()) {
    const std::string made = id_of(command.name);
    command.id = TRY(ask(say("标识（字母、数字、连字符）", "Short id (letters, digits, hyphens)"), made.empty() ? "device" : made));
  }
  if (command.role.empty()) command.role = TRY(ask(say("类别：platform、gateway、device 或 app", "Role: platform, gateway, device or app"), "device"));
  const bool levelled = command.role == "device" || command.role == "gateway";
  if (levelled && command.level.empty()) command.level = TRY(ask(say("声明的级别：1、2 或 3", "Claimed level: 1, 2 or 3"), "1"));
  if (levelled && command.level != "1" && command.level != "2" && command.level != "3") return fail(ErrorCode::invalid_input, "the level is 1, 2 or 3, not {}", command.level);
  if (command.address.empty() && command.role != "app") command.address = TRY(ask(say("地址（IP 或域名）", "Address (IP or name)"), ""));
  return {};
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

Result<std::string> make(InitCommand command, const Console& console) {
  std::error_code ignored;
  if (std::filesystem::exists(command.file, ignored)) return fail(ErrorCode::invalid_input, "{} exists; name another file", command.file);
  TRY(ask_for_the_rest(command, console));
  Skeleton skeleton{command.id, command.name, command.role, command.level == "3" ? 3 : command.level == "2" ? 2 : 1, command.address, {}, command.look};
  if (command.look) {
    if (command.address.empty()) return fail(ErrorCode::invalid_input, "--look needs an address");
    skeleton.open = TRY(open_ports(command.address, console));
  }
  TRY(write_file(command.file, target_skeleton(skeleton, console.language == "en")));
  const auto loaded = rules::load_target(command.file);
  if (!has_errors(loaded.diagnostics)) return command.file;
  std::filesystem::remove(command.file, ignored);  // made of wrong answers
  print_diagnostics(loaded.diagnostics);
  return fail(ErrorCode::invalid_input, "these answers make no target file; nothing was written");
}

}  // namespace

int run_command(const InitCommand& command, const Console& console) {
  const auto made = make(command, console);
  if (!made) {
    print_error(made.error().message);
    return kUsageError;
  }
  fmt::print("{}\n", *made);
  if (!console.quiet)
    tell(choose(console, "下一步：编辑该文件，然后 lintel target lint " + *made + "、lintel scan " + *made + "\n",
                "Next: edit the file, then lintel target lint " + *made + ", lintel scan " + *made + "\n"));
  return 0;
}

}  // namespace lintel::cli
