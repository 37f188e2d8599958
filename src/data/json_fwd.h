// Forward declaration of Json, cheap to include (json.hpp costs seconds a file).
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace lintel {
using Json = nlohmann::json;  // objects are sorted by key, so a dump is stable
}
