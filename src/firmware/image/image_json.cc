#include "firmware/image/image_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace lintel::firmware {
namespace {

constexpr FileKind kKinds[] = {FileKind::file, FileKind::folder, FileKind::symlink, FileKind::device, FileKind::other};

void put_text(Json& json, const std::string& name, const std::string& bytes) {
  json[name] = printable(bytes);
  if (json[name] != bytes) json[name + "_bytes"] = to_hex(as_bytes(bytes));
}

std::string text_of(const Json& json, const std::string& name) {
  if (const auto bytes = from_hex(text_or(json, name + "_bytes")); bytes && !bytes->empty()) return std::string(as_text(*bytes));
  return text_or(json, name);
}

std::uint64_t number_of(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0) ? value.get<std::uint64_t>() : 0;
}

double share_of(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return value.is_number() ? value.get<double>() : 0;
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::file: return "file";
    case FileKind::folder: return "folder";
    case FileKind::symlink: return "symlink";
    case FileKind::device: return "device";
    case FileKind::other: return "other";
  }
  return "";
}

Json to_json(const Part& part) {
  Json json{{"format", part.format}, {"offset", part.offset}, {"length", part.length}, {"depth", part.depth}};
  if (!part.name.empty()) put_text(json, "name", part.name);
  if (part.parent != kNone) json["parent"] = part.parent + 1;
  if (!part.header.empty()) json["header"] = part.header;
  if (!part.problems.empty()) json["problems"] = part.problems;
  if (part.file_count > 0) json["files"] = part.file_count;
  if (part.format == "unknown")
    json["entropy"] = rounded(part.entropy);
  else
    json["understood"] = rounded(part.understood);
  return json;
}

Json to_json(const File& file) {
  Json json{{"kind", name_of(file.kind)}, {"mode", fmt::format("{:04o}", file.mode)}, {"uid", file.uid}, {"gid", file.gid}, {"size", file.size}};
  put_text(json, "path", file.path);
  if (file.kind == FileKind::symlink) put_text(json, "target", file.target);
  if (file.modified != 0) json["modified"] = file.modified;
  return json;
}

Json to_json(const Coverage& coverage) {
  return {{"bytes", coverage.bytes}, {"parsed", coverage.parsed}, {"padding", coverage.padding}, {"high_entropy", coverage.high_entropy}, {"low_entropy", coverage.low_entropy}};
}

Result<Part> part_from_json(const Json& json) {
  if (!json.is_object() || text_or(json, "format").empty()) return fail(ErrorCode::invalid_input, "no part of an image");
  Part part{.format = text_or(json, "format"), .name = text_of(json, "name")};
  part.offset = number_of(json, "offset");
  part.length = number_of(json, "length");
  part.depth = static_cast<int>(std::min<std::uint64_t>(number_of(json, "depth"), 1000));
  if (const std::uint64_t parent = number_of(json, "parent"); parent > 0) part.parent = parent - 1;
  if (member(json, "header").is_object()) part.header = member(json, "header");
  for (const Json& problem : member(json, "problems"))
    if (problem.is_string()) part.problems.push_back(problem);
  part.file_count = number_of(json, "files");
  part.entropy = share_of(json, "entropy");
  part.understood = share_of(json, "understood");
  return part;
}

Result<File> file_from_json(const Json& json) {
  const std::string kind = text_or(json, "kind"), mode = text_or(json, "mode");
  File file{.path = text_of(json, "path")};
  const auto* known = std::find_if(std::begin(kKinds), std::end(kKinds), [&](FileKind one) { return name_of(one) == kind; });
  const auto [end, error] = std::from_chars(mode.data(), mode.data() + mode.size(), file.mode, 8);
  if (known == std::end(kKinds) || file.path.empty() || error != std::errc() || end != mode.data() + mode.size()) return fail(ErrorCode::invalid_input, "no file of an image");
  file.kind = *known;
  file.uid = static_cast<std::uint32_t>(number_of(json, "uid"));
  file.gid = static_cast<std::uint32_t>(number_of(json, "gid"));
  file.size = number_of(json, "size");
  file.modified = integer_or(json, "modified", 0);
  file.target = text_of(json, "target");
  return file;
}

Result<Coverage> coverage_from_json(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::invalid_input, "no coverage of an image");
  return Coverage{.bytes = number_of(json, "bytes"), .parsed = number_of(json, "parsed"), .padding = number_of(json, "padding"), .high_entropy = number_of(json, "high_entropy"), .low_entropy = number_of(json, "low_entropy")};
}

}  // namespace lintel::firmware
