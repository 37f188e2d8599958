// Identifiers as a table: a row an identifier, a column a position. Identifiers of different length are set flush right, as numbers are.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "random/tokens/alphabet.h"

namespace lintel::random::tokens {

inline constexpr std::size_t kMostColumns = 512;  // longer identifiers are looked at from their right end

struct Column {
  std::vector<std::uint8_t> characters;  // by row; 0 where the identifier is too short
  Counts counts{};                       // by character, absent ones left out
  std::size_t absent = 0;
  std::size_t symbols = 0;               // different characters; absent is one of them
};

struct Table {
  std::size_t rows = 0;
  std::size_t shortest = 0, longest = 0;  // of the identifiers
  std::size_t cut = 0;                    // leading positions left out because of kMostColumns
  std::vector<Column> columns;
};

Table table_of(const std::vector<std::string>& ids);

}  // namespace lintel::random::tokens
