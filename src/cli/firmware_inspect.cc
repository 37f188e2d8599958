// lintel firmware inspect: what an image is made of.
#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/firmware_answer.h"
#include "cli/json_output.h"
#include "cli/outputs.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "firmware/image/image_json.h"
#include "report/columns.h"
#include "report/messages.h"
#include "report/paint.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kMostShownProblems = 5;  // of one part; --json has all

Result<std::string> sha256_of(const std::string& path) {
  const crypto::DigestAlgorithm algorithms[] = {crypto::DigestAlgorithm::sha256};
  auto digester = TRY(crypto::Digester::create(algorithms));
  TRY(for_each_chunk(path, [&](ByteView bytes) { return digester.update(bytes); }));
  const auto digests = TRY(digester.finish());
  return to_hex(digests.at(0).second);
}

double percent(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole); }

std::string coverage_sentence(const firmware::Coverage& coverage, const Console& console) {
  const auto share = [&](std::uint64_t bytes) { return percent(bytes, coverage.bytes); };
  return fmt::format(fmt::runtime(choose(console, "已理解 {:.1f} %，填充 {:.1f} %；未知 {:.1f} %（其中高熵 {:.1f} %：加密或未知的压缩）",
                                         "understood {:.1f} %, padding {:.1f} %; unknown {:.1f} % (of high entropy {:.1f} %: encrypted, or compressed in an unknown way)")),
                     share(coverage.parsed), share(coverage.padding), share(coverage.high_entropy + coverage.low_entropy), share(coverage.high_entropy));
}

std::string inspect_page(const FirmwareInspectCommand& command, const firmware::Answer& answer, const std::string& sha256, const Console& console) {
  const bool zh = console.language != "en";
  const auto painted = [&](std::string_view tone, const std::string& text) { return console.colour ? report::paint(tone, text) : text; };
  const firmware::Coverage& coverage = answer.image.coverage;
  std::string page = fmt::format("{}  {}  SHA-256 {}\n\n", painted("strong", report::one_line(command.image)), report::format_size(coverage.bytes), sha256);
  for (std::size_t i = 0; i < answer.image.parts.size(); ++i) {
    const firmware::Part& part = answer.image.parts[i];
    const std::string indent(2 * static_cast<std::size_t>(std::clamp(part.depth, 0, 16)), ' ');
    std::string row = fmt::format("{:>4}  0x{:08X}  {}  {}{}", i + 1, part.offset, report::pad_left(report::format_size(part.length), 10), indent, format_word(part, console));
    if (const std::string details = part_details(part, console); !details.empty()) row += "  " + painted("", details);
    if (part.format != "unknown" && part.understood < 0.9995) row += painted("inconclusive", fmt::format(fmt::runtime(zh ? "  已理解 {:.1f} %" : "  understood {:.1f} %"), 100 * part.understood));
    page += row + "\n";
    for (std::size_t j = 0; j < std::min(part.problems.size(), kMostShownProblems); ++j)
      page += fmt::format("      {}{}\n", indent, painted("fail", "! " + report::one_line(zh ? report::in_chinese(part.problems[j]) : part.problems[j])));
    if (part.problems.size() > kMostShownProblems) page += fmt::format(fmt::runtime(zh ? "      {}! 还有 {} 处\n" : "      {}! and {} more\n"), indent, part.problems.size() - kMostShownProblems);
  }
  if (answer.image.parts.empty()) page += choose(console, "没有找到已知格式\n", "no known format was found\n");
  page += fmt::format("\n{}\n", coverage_sentence(coverage, console));
  if (const std::string early = early_end(answer, console); !early.empty()) page += painted("inconclusive", early) + "\n";
  if (std::ranges::any_of(answer.image.parts, [](const firmware::Part& part) { return part.file_count > 0; }))
    page += fmt::format(fmt::runtime(choose(console, "文件清单：lintel firmware tree {}\n", "files: lintel firmware tree {}\n")), report::one_line(command.image));
  return page;
}

}  // namespace

int run_command(const FirmwareInspectCommand& command, const Console& console) {
  const FirmwareAnswer asked = ask_firmware(command.image, {.what = firmware::What::parts, .seconds = command.seconds}, console);
  if (!asked.answer) return asked.exit_code;
  const auto sha256 = sha256_of(command.image);
  if (!sha256) {
    print_error(sha256.error().message);
    return kUsageError;
  }
  if (console.json) {
    Json parts = Json::array();
    for (const firmware::Part& part : asked.answer->image.parts) {
      parts.push_back(to_json(part));
      parts.back()["number"] = parts.size();
    }
    print_json({{"lintel", "firmware/1"}, {"file", printable(command.image)}, {"sha256", *sha256}, {"parts", std::move(parts)}, {"coverage", to_json(asked.answer->image.coverage)}, {"ended_early", asked.answer->hit}});
  } else {
    (void)deliver(inspect_page(command, *asked.answer, *sha256, console), "", console);
  }
  return asked.exit_code;
}

}  // namespace lintel::cli
