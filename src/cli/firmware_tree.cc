// lintel firmware tree: the files of an image.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/firmware_answer.h"
#include "cli/json_output.h"
#include "cli/outputs.h"
#include "data/json.h"
#include "firmware/image/image_json.h"
#include "report/columns.h"
#include "report/paint.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

using firmware::File;
using firmware::FileKind;

constexpr std::size_t kLongestName = 4096;

// "-rwsr-xr-x", as ls has it.
std::string mode_text(const File& file) {
  const auto letter = [&] {
    switch (file.kind) {
      case FileKind::file: return '-';
      case FileKind::folder: return 'd';
      case FileKind::symlink: return 'l';
      case FileKind::device: return 'c';
      case FileKind::other: return '?';
    }
    return '?';
  };
  std::string text(1, letter());
  for (int shift = 6; shift >= 0; shift -= 3) {
    const unsigned bits = file.mode >> shift & 7;
    text += (bits & 4) != 0 ? 'r' : '-';
    text += (bits & 2) != 0 ? 'w' : '-';
    text += (bits & 1) != 0 ? 'x' : '-';
  }
  const auto special = [&](unsigned bit, std::size_t at, char with, char without) {
    if ((file.mode & bit) != 0) text[at] = text[at] == 'x' ? with : without;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  return text;
}

// A name can hold anything: line breaks, colours, marks that turn the line round.
std::string shown(const std::string& name) {
  std::string text = report::plain(name, kLongestName);
  for (char& c : text)
    if (c == '\n' || c == '\t') c = '?';
  return text;
}

std::string row_of(const File& file) {
  std::string row = fmt::format("{} {:>11} {:>10}  {}", mode_text(file), fmt::format("{}:{}", file.uid, file.gid), file.kind == FileKind::file ? fmt::format("{}", file.size) : "-", shown(file.path));
  if (file.kind == FileKind::folder) row += '/';
  if (file.kind == FileKind::symlink) row += " -> " + shown(file.target);
  return row + "\n";
}

// By part, in the order of the image.
std::vector<std::vector<const File*>> volumes_of(const firmware::Image& image) {
  std::vector<std::vector<const File*>> volumes(image.parts.size());
  for (const File& file : image.files) volumes[file.part].push_back(&file);
  return volumes;
}

std::string tree_page(const firmware::Answer& answer, const Console& console) {
  std::string page;
  const auto painted = [&](std::string_view tone, const std::string& text) { return console.colour ? report::paint(tone, text) : text; };
  const auto volumes = volumes_of(answer.image);
  for (std::size_t part = 0; part < volumes.size(); ++part) {
    if (volumes[part].empty()) continue;
    const firmware::Part& volume = answer.image.parts[part];
    page += fmt::format("{}{}\n", page.empty() ? "" : "\n",
                        painted("strong", fmt::format(fmt::runtime(choose(console, "第 {} 部分：{}，偏移 0x{:X}，{} 个条目", "part {}: {} at 0x{:X}, {} entries")), part + 1, format_word(volume, console), volume.offset, volumes[part].size())));
    for (const File* file : volumes[part]) page += row_of(*file);
  }
  if (page.empty()) page = choose(console, "映像中没有找到文件；`lintel firmware inspect` 说明其中有什么\n", "no files were found in the image; `lintel firmware inspect` says what is in it\n");
  if (const std::string early = early_end(answer, console); !early.empty()) page += "\n" + painted("inconclusive", early) + "\n";
  return page;
}

Json tree_json(const FirmwareTreeCommand& command, const firmware::Answer& answer) {
  const auto volumes = volumes_of(answer.image);
  Json list = Json::array();
  for (std::size_t part = 0; part < volumes.size(); ++part) {
    if (volumes[part].empty()) continue;
    Json files = Json::array();
    for (const File* file : volumes[part]) files.push_back(to_json(*file));
    list.push_back({{"part", part + 1}, {"format", answer.image.parts[part].format}, {"offset", answer.image.parts[part].offset}, {"files", std::move(files)}});
  }
  return {{"lintel", "firmware-tree/1"}, {"file", printable(command.image)}, {"volumes", std::move(list)}, {"ended_early", answer.hit}};
}

}  // namespace

int run_command(const FirmwareTreeCommand& command, const Console& console) {
  const FirmwareAnswer asked = ask_firmware(command.image, {.what = firmware::What::files, .seconds = command.seconds}, console);
  if (!asked.answer) return asked.exit_code;
  if (console.json)
    print_json(tree_json(command, *asked.answer));
  else
    (void)deliver(tree_page(*asked.answer, console), "", console);
  return asked.exit_code;
}

}  // namespace lintel::cli
