#include "firmware/image/locate.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/text.h"

namespace lintel::firmware {
namespace {

constexpr int kMostLinks = 40;  // as Linux has it

using Entries = std::map<std::string_view, const File*>;

void put_in_front(std::deque<std::string>& steps, std::string_view path) {
  std::deque<std::string> more;
  for (const std::string_view step : split(path, '/'))
    if (!step.empty() && step != ".") more.emplace_back(step);
  steps.insert(steps.begin(), more.begin(), more.end());
}

// nullopt: there is no such file in the part, or its links lead nowhere.
std::optional<const File*> follow(const Entries& entries, std::string_view path) {
  std::deque<std::string> steps;
  put_in_front(steps, path);
  std::string here;
  const File* last = nullptr;
  for (int links = 0; !steps.empty();) {
    const std::string step = steps.front();
    steps.pop_front();
    if (step == "..") {  // above the root is the root
      here.resize(here.rfind('/') == std::string::npos ? 0 : here.rfind('/'));
      last = nullptr;
      continue;
    }
    const std::string next = here.empty() ? step : here + "/" + step;
    const auto found = entries.find(next);
    last = found == entries.end() ? nullptr : found->second;
    if (last == nullptr && steps.empty()) return std::nullopt;
    if (last != nullptr && last->kind == FileKind::symlink) {
      if (++links > kMostLinks) return std::nullopt;
      if (last->target.starts_with("/")) here.clear();
      put_in_front(steps, last->target);
      last = nullptr;
      continue;
    }
    here = next;  // archives need not list the folders
  }
  if (last == nullptr) return std::nullopt;
  return last;
}

struct Asked {
  std::optional<std::size_t> part;
  std::string_view path;
};

Asked asked_for(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon != std::string_view::npos)
    if (const auto number = parse_unsigned<std::size_t>(name.substr(0, colon)); number && *number > 0) return {*number - 1, name.substr(colon + 1)};
  return {std::nullopt, name};
}

}  // namespace

Result<Located> locate(const Image& image, std::string_view name) {
  const Asked asked = asked_for(name);
  if (asked.part && *asked.part >= image.parts.size()) return fail(ErrorCode::not_found, "the image has {} parts, and no {}", image.parts.size(), *asked.part + 1);
  if (asked.part && asked.path.empty()) return Located{*asked.part, nullptr};
  std::map<std::size_t, Entries> volumes;
  for (const File& file : image.files)
    if (!asked.part || file.part == *asked.part) volumes[file.part][file.path] = &file;
  std::vector<Located> found;
  for (const auto& [part, entries] : volumes)
    if (const auto file = follow(entries, asked.path)) found.push_back({part, *file});
  if (found.empty()) return fail(ErrorCode::not_found, "no file {} in the image; `lintel firmware tree` lists what there is", printable(asked.path));
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const Located& one : found) names.push_back(fmt::format("{}:{}", one.part + 1, printable(asked.path)));
    return fail(ErrorCode::invalid_input, "{} is in several parts; say which: {}", printable(asked.path), join(names, ", "));
  }
  if (found[0].file->kind != FileKind::file) return fail(ErrorCode::invalid_input, "{} is no file with content ({})", printable(asked.path), found[0].file->kind == FileKind::folder ? "folder" : "device");
  return found[0];
}

}  // namespace lintel::firmware
