// Fuzz target: manifests, checksum lists, signature files, keys.
#include "crypto/signature.h"
#include "probes/firmware/declaration.h"
#include "probes/firmware/verification.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  const std::string_view text = as_text({data, size});
  const auto parsed = probes::firmware::parse_manifest(text, "lamp.bin");
  if (parsed) {
    std::vector<std::string> contradictions;
    probes::firmware::merge(*parsed, *parsed, contradictions);
  }
  probes::firmware::signature_bytes(text);
  (void)crypto::load_public_key(text);
  return 0;
}
