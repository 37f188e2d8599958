// Golden files of tests/golden/report. LINTEL_UPDATE_GOLDEN=1 rewrites them; read the change with git diff like code.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "base/files.h"

namespace lintel::report {

inline void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(LINTEL_SOURCE_DIR "/tests/golden/report/") + name;
  if (std::getenv("LINTEL_UPDATE_GOLDEN") != nullptr) REQUIRE(write_file(path, text).has_value());
  const auto golden = read_file(path, 64u << 20);
  REQUIRE_MESSAGE(golden.has_value(), path << " is missing; LINTEL_UPDATE_GOLDEN=1 writes it");
  // The place of the first difference says more than two whole files.
  std::size_t at = 0;
  while (at < text.size() && at < golden->size() && text[at] == (*golden)[at]) ++at;
  const std::size_t from = at < 60 ? 0 : at - 60;
  CHECK_MESSAGE(text == *golden, name << " differs at byte " << at << "\n  golden: " << golden->substr(from, 160)
                                      << "\n  now:    " << text.substr(from, 160));
}

}  // namespace lintel::report
