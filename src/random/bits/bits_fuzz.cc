// Fuzz target: any file as bits. What was read has the length that its words hold.
#include "random/bits/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::random::bits;
  if (size == 0) return 0;
  const std::optional<Format> formats[] = {std::nullopt, Format::octets, Format::digits, Format::hex, Format::base64};
  const auto sample = read_sample(as_text({data + 1, size - 1}), formats[data[0] % 5]);
  if (!sample) return 0;
  const Bits& bits = sample->bits;
  if (bits.size == 0 || bits.size > 8 * size || bits.words.size() != (bits.size + 63) / 64 + 2) __builtin_trap();
  if (bits.words.back() != 0 || window(bits.words, bits.size) != 0) __builtin_trap();
  return 0;
}
