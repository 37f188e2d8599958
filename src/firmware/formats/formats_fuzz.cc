// Fuzz target: any bytes as an image, with every format, within a small budget.
#include <cstdlib>

#include "firmware/formats/formats.h"
#include "firmware/image/open.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::firmware;
  Cancel cancel;
  Budget budget({.unpacked_bytes = 4 << 20, .files = 1000, .parts = 200, .depth = 4, .file_bytes = 1 << 20}, size, Deadline::never(), cancel);
  std::uint64_t read = 0;
  const Image image = open_image({data, size}, formats(), budget, [&](const Image&, const File&, ByteView content) { read += content.size(); });
  const Coverage& coverage = image.coverage;
  if (coverage.parsed + coverage.padding + coverage.high_entropy + coverage.low_entropy > coverage.bytes + 4) std::abort();
  for (const File& file : image.files)
    if (file.path.empty() || file.path.front() == '/' || file.part >= image.parts.size()) std::abort();
  return 0;
}
