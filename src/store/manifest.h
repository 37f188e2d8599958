// What a seal signs: one line for everything in the run file, so that a changed byte can be named. docs/sealing.md is the format for strangers;
// this is the same, shortly. Pure, except that database_lines reads the file.
//
//   lintel-seal/1
//   and then, sorted by bytes, each once:
//   certificate SHA256        one of the CMS signature's certificates (DER), the signer's left out
//   database-bytes N          size of the database, the part before the seal
//   database-sha256 SHA256    of these bytes
//   page NUMBER SHA256        of each 4096 bytes of them, the last piece may be shorter; NUMBER from 1, in 10 digits
//   row TABLE KEY SHA256      of each row: KEY is its first column, escaped; the digest is over the row's columns in the form of row_bytes
//   sealed TIME               RFC 3339, by the clock of the sealer
//   signer SHA256             the signer's certificate (DER)
//   time-stamp rfc3161|none   whether the signature has to carry a time stamp
//   tool VERSION              of the Lintel that sealed
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/sqlite.h"

namespace lintel::store {

constexpr std::size_t kPieceBytes = 4096;

struct Manifest {
  WallTime sealed{};
  std::string tool;                       // escaped
  std::string signer;                     // SHA-256
  std::vector<std::string> certificates;  // SHA-256, sorted
  bool time_stamp = false;
  std::vector<std::string> content;       // the lines database-bytes, database-sha256, page, row; sorted
};
std::string write_manifest(const Manifest& manifest);
// Errors: invalid_input with the number of the line.
Result<Manifest> parse_manifest(std::string_view text);

struct Difference {
  std::string name;      // "row verdict 12", "page 0000000003", "database-bytes"
  std::string expected;  // empty: it is not in the manifest
  std::string found;     // empty: it is not in the file
};
// Both sorted.
std::vector<Difference> compare(const std::vector<std::string>& sealed, const std::vector<std::string>& found);

// The lines database-bytes, database-sha256 and page of the first database_bytes of the file, or of what there is of them.
Result<std::vector<std::string>> database_lines(const std::filesystem::path& path, std::uint64_t database_bytes);
// The lines row of the tables of format.h.
Result<std::vector<std::string>> row_lines(Database& database);

// Letters, digits and ._:/@+- as they are, every other byte as %XX: a key is one word.
std::string escape_key(std::string_view key);

}  // namespace lintel::store
