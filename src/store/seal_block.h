// The seal of a run file: a block of bytes behind the database, which SQLite does not read (docs/sealing.md shows it line by line).
//
//   LINTEL-SEAL/1\n
//   manifest SIZE SHA256\n   and SIZE bytes: what is signed, manifest.h
//   cms SIZE SHA256\n        and SIZE bytes: the detached signature over it, DER
//   end TOTAL SHA256\n       TOTAL in 20 digits: bytes of the block, this line included; SHA256: of the block without this line
//
// The digests are no protection against anybody; they name the place of a changed byte, where the signature would only say no.
// Everything read is hostile. Errors: invalid_input with the bytes of the file that are damaged, limit, and those of reading a file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::store {

constexpr std::size_t kManifestCapBytes = 256 << 20;

struct Seal {
  std::uint64_t database_bytes = 0;  // where the block begins
  std::string manifest;
  Bytes cms;
};

std::string encode_seal(const Seal& seal);
// block: from its first byte to the end of the file; offset: where it begins in the file.
Result<Seal> parse_seal(std::string_view block, std::uint64_t offset);

// Where the seal of a file begins, damaged ones too; nullopt: it has none. Reads three short pieces.
Result<std::optional<std::uint64_t>> find_seal(const std::filesystem::path& path);
// nullopt: the file has none.
Result<std::optional<Seal>> read_seal(const std::filesystem::path& path);

// Both for a draft (draft.h): halfway through, the file is neither what it was nor what it should be.
// Puts the seal behind the database. Errors: refused when it is sealed already, or not as large as the seal says.
Result<void> append_seal(const std::filesystem::path& path, const Seal& seal);
// Takes the seal off, whatever its state. Does nothing to a file without one.
Result<void> break_seal(const std::filesystem::path& path);

}  // namespace lintel::store
