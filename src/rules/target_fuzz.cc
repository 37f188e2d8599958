// A target file from anyone: the whole loader over it, and the model that it accepts goes to JSON and back.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/files.h"
#include "rules/loader.h"

using namespace lintel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto folder = TemporaryFolder::create();
  if (!folder) std::abort();
  const auto path = folder->path() / "target.yaml";
  std::FILE* file = std::fopen(path.c_str(), "wb");  // write_file syncs, which a fuzzer can't wait for
  if (file == nullptr) std::abort();
  if (size > 0) std::fwrite(data, 1, size, file);
  std::fclose(file);
  const rules::LoadedTarget loaded = rules::load_target(path);
  if (has_errors(loaded.diagnostics)) return 0;
  const Json json = loaded.target;
  model::Target again;
  from_json(json, again);
  if (Json(again) != json) std::abort();
  return 0;
}
