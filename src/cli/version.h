// The version that --version prints and every run file records.
#pragma once

namespace lintel::cli {
inline constexpr const char* kVersion = "0.1.0";
}
