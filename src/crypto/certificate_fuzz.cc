// Whatever a server sends as its certificate must be read without harm, into facts not much larger than it was.
#include "crypto/certificate.h"

#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  const ByteView der(data, size);
  const auto certificate = crypto::parse_certificate(der);
  if (!certificate) return 0;
  std::size_t total = certificate->subject.size() + certificate->issuer.size() + certificate->serial.size();
  for (const std::string& name : certificate->names) total += name.size();
  if (total > 8 * size + 4096 || certificate->names.size() > 1000 || certificate->key_bits < 0) __builtin_trap();
  for (const std::string* text : {&certificate->subject, &certificate->issuer})
    if (*text != printable(*text)) __builtin_trap();
  if (!crypto::certificate_names(der, "home.example")) __builtin_trap();
  return 0;
}
