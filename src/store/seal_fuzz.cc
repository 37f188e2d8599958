// Any bytes as a seal block and as a manifest: what is taken comes back as it was.
#include "store/manifest.h"
#include "store/seal_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  const std::string_view text = as_text({data, size});
  if (const auto seal = store::parse_seal(text, 4096); seal && store::encode_seal(*seal) != text) __builtin_trap();
  if (const auto manifest = store::parse_manifest(text); manifest && store::write_manifest(*manifest).size() != text.size()) __builtin_trap();
  const auto lines = [&](std::string_view part) { return std::vector<std::string>{std::string(part)}; };
  if (!store::compare(lines(text), lines(text)).empty()) __builtin_trap();
  return 0;
}
