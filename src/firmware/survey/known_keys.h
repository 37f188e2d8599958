// Private keys that everybody has: samples and self-test keys that well-known projects publish.
#pragma once
#include <string_view>

namespace lintel::firmware {

// Where the key with this SPKI SHA-256 (hex) is published, "Mbed TLS self test" for instance; empty when it is not in the list.
std::string_view origin_of_known_key(std::string_view spki_sha256);

}  // namespace lintel::firmware
