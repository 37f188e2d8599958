#include "store/manifest.h"

#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "store/format.h"
#include "store/run_file.h"

namespace lintel::store {
namespace {

constexpr std::string_view kManifestMark = "lintel-seal/1";
constexpr std::size_t kTableRowCap = 1'000'000;  // of one table

// One row as bytes that say where each column begins and ends: i<number>, t<size>:<text>, b<size>:<bytes>, n for NULL, each with a comma behind.
Result<std::string> row_bytes(Statement& row) {
  std::string out;
  for (int column = 0; column < row.columns(); ++column) {
    switch (row.type(column)) {
      case ColumnType::null: out += "n"; break;
      case ColumnType::integer: out += fmt::format("i{}", row.number(column)); break;
      case ColumnType::text: out += fmt::format("t{}:", row.text(column).size()).append(row.text(column)); break;
      case ColumnType::bytes: out += fmt::format("b{}:", row.bytes(column).size()).append(as_text(row.bytes(column))); break;
      case ColumnType::real: return fail(ErrorCode::invalid_input, "a column holds a fraction");
    }
    out += ',';
  }
  return out;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The words before the last one, and the last one.
std::pair<std::string_view, std::string_view> name_and_value(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  return space == std::string_view::npos ? std::pair(line, std::string_view()) : std::pair(line.substr(0, space), line.substr(space + 1));
}

// False: not a line of ours.
bool take_line(std::string_view line, Manifest& manifest) {
  const auto [name, value] = name_and_value(line);
  const std::string_view kind = name.substr(0, name.find(' '));
  if (kind == "page" || kind == "row" || name == "database-sha256") {
    manifest.content.emplace_back(line);
    return is_sha256(value);
  }
  if (name == "database-bytes") {
    manifest.content.emplace_back(line);
    return parse_unsigned<std::uint64_t>(value).has_value();
  }
  if (name == "certificate") {
    manifest.certificates.emplace_back(value);
    return is_sha256(value);
  }
  if (name == "signer" && manifest.signer.empty()) {
    manifest.signer = value;
    return is_sha256(value);
  }
  if (name == "tool" && manifest.tool.empty()) {
    manifest.tool = value;
    return !value.empty();
  }
  if (name == "time-stamp") {
    manifest.time_stamp = value == "rfc3161";
    return manifest.time_stamp || value == "none";
  }
  if (name == "sealed" && manifest.sealed == WallTime()) {
    const auto time = parse_time(value);
    manifest.sealed = time.value_or(WallTime());
    return time && format_time(*time) == value;
  }
  return false;
}

}  // namespace

std::string escape_key(std::string_view key) {
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@+-";
  std::string out;
  for (const char c : key) {
    if (kPlain.find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string write_manifest(const Manifest& manifest) {
  std::vector<std::string> lines = manifest.content;
  for (const std::string& certificate : manifest.certificates) lines.push_back("certificate " + certificate);
  lines.push_back("sealed " + format_time(manifest.sealed));
  lines.push_back("signer " + manifest.signer);
  lines.push_back(manifest.time_stamp ? "time-stamp rfc3161" : "time-stamp none");
  lines.push_back("tool " + manifest.tool);
  std::ranges::sort(lines);
  std::string text(kManifestMark);
  for (const std::string& line : lines) text.append("\n").append(line);
  return text + "\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest manifest;
  std::string_view before;
  std::size_t number = 0;
  bool stamped = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    ++number;
    const bool first = number == 1;
    stamped = stamped || line.starts_with("time-stamp ");
    if (end == std::string_view::npos || (first ? line != kManifestMark : (number > 2 && line <= before) || !take_line(line, manifest)))
      return fail(ErrorCode::invalid_input, "the manifest, line {}: no line of a manifest, or not in order: {}", number, printable(line.substr(0, 100)));
    before = line;
    text.remove_prefix(end + 1);
  }
  if (manifest.signer.empty() || manifest.tool.empty() || manifest.sealed == WallTime() || manifest.content.empty() || !stamped)
    return fail(ErrorCode::invalid_input, "the manifest, line {}: it ends too early", number);
  return manifest;
}

std::vector<Difference> compare(const std::vector<std::string>& sealed, const std::vector<std::string>& found) {
  std::vector<Difference> differences;
  auto expected = sealed.begin(), actual = found.begin();
  while (expected != sealed.end() || actual != found.end()) {
    if (expected != sealed.end() && actual != found.end() && *expected == *actual) {
      ++expected;
      ++actual;
      continue;
    }
    const auto [expected_name, expected_value] = expected == sealed.end() ? std::pair<std::string_view, std::string_view>() : name_and_value(*expected);
    const auto [actual_name, actual_value] = actual == found.end() ? std::pair<std::string_view, std::string_view>() : name_and_value(*actual);
    const bool only_expected = actual == found.end() || (expected != sealed.end() && expected_name < actual_name);
    const bool only_found = !only_expected && (expected == sealed.end() || actual_name < expected_name);
    differences.push_back({std::string(only_found ? actual_name : expected_name), std::string(only_found ? std::string_view() : expected_value),
                           std::string(only_expected ? std::string_view() : actual_value)});
    if (!only_found) ++expected;
    if (!only_expected) ++actual;
  }
  return differences;
}

Result<std::vector<std::string>> database_lines(const std::filesystem::path& path, std::uint64_t database_bytes) {
  constexpr crypto::DigestAlgorithm kSha256[] = {crypto::DigestAlgorithm::sha256};
  std::vector<std::string> lines;
  auto whole = TRY(crypto::Digester::create(kSha256));
  Bytes piece;
  std::uint64_t seen = 0, number = 0;
  const auto end_piece = [&] {
    lines.push_back(fmt::format("page {:010} {}", ++number, sha256_hex(piece)));
    piece.clear();
  };
  const auto take = [&](ByteView chunk) -> Result<void> {
    chunk = chunk.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), database_bytes - seen)));
    seen += chunk.size();
    TRY(whole.update(chunk));
    while (!chunk.empty()) {
      const std::size_t part = std::min(chunk.size(), kPieceBytes - piece.size());
      piece.insert(piece.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(part));
      chunk = chunk.subspan(part);
      if (piece.size() == kPieceBytes) end_piece();
    }
    return {};
  };
  TRY(for_each_chunk(path, take));
  if (!piece.empty()) end_piece();
  lines.push_back(fmt::format("database-bytes {}", seen));
  lines.push_back("database-sha256 " + to_hex(TRY(whole.finish()).front().second));
  std::ranges::sort(lines);
  return lines;
}

Result<std::vector<std::string>> row_lines(Database& database) {
  std::vector<std::string> lines;
  for (const Table& table : kTables) {
    Statement row = TRY(database.prepare(fmt::format("SELECT * FROM {} LIMIT {}", table.name, kTableRowCap + 1)));
    std::size_t rows = 0;
    const auto read = [&]() -> Result<void> {
      while (TRY(row.step())) {
        if (++rows > kTableRowCap) return fail(ErrorCode::limit, "more than {} rows", kTableRowCap);
        const std::string key = row.type(0) == ColumnType::integer ? std::to_string(row.number(0)) : escape_key(row.text(0));
        const std::string bytes = TRY(row_bytes(row));
        lines.push_back(fmt::format("row {} {} {}", table.name, key, sha256_hex(as_bytes(bytes))));
      }
      return {};
    };
    if (const auto done = read(); !done) return add_context(done.error(), fmt::format("table {}", table.name));
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace lintel::store
