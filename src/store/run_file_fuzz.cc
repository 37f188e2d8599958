// Any bytes as a run file: opening, loading and reading evidence end in a result or an error.
#include <fstream>

#include "store/run_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  static const TemporaryFolder folder = *TemporaryFolder::create();
  const auto path = folder.path() / "fuzz.lintel";
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  auto file = store::RunFile::open(path, store::Access::read);
  if (!file) return 0;
  const auto run = file->load();
  if (!run) return 0;
  for (const auto& observation : run->observations)
    for (const auto& evidence : observation.evidence)
      if (const auto bytes = file->read_evidence(evidence.sha256); bytes && store::sha256_hex(*bytes) != evidence.sha256) __builtin_trap();
  return 0;
}
