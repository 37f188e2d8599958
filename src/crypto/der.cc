#include "crypto/der.h"

#include <openssl/objects.h>

#include <algorithm>
#include <memory>

namespace lintel::crypto::der {

Bytes element(std::uint8_t tag, ByteView content) {
  Bytes out{tag};
  const std::size_t size = content.size();
  if (size < 0x80) {
    append_number(out, size, 1);
  } else {
    std::size_t width = 1;
    while (width < 8 && size >> (8 * width) != 0) ++width;
    append_number(out, 0x80 + width, 1);
    append_number(out, size, width);
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes element(std::uint8_t tag, std::initializer_list<ByteView> parts) {
  Bytes content;
  for (const ByteView part : parts) content.insert(content.end(), part.begin(), part.end());
  return element(tag, content);
}

Bytes set_of(std::uint8_t tag, std::vector<Bytes> parts) {
  std::ranges::sort(parts);
  Bytes content;
  for (const Bytes& part : parts) content.insert(content.end(), part.begin(), part.end());
  return element(tag, content);
}

Bytes small_integer(std::uint8_t value) { return Bytes{kInteger, 1, value}; }

Bytes object_identifier(const char* dotted) {
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> object(OBJ_txt2obj(dotted, 1), ASN1_OBJECT_free);
  std::uint8_t* encoded = nullptr;
  const int size = object ? i2d_ASN1_OBJECT(object.get(), &encoded) : 0;
  Bytes out(encoded, encoded + std::max(size, 0));
  OPENSSL_free(encoded);
  return out;
}

}  // namespace lintel::crypto::der
