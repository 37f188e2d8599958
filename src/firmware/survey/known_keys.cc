// Computed from the published sources themselves: Debian 12's libmbedtls-dev 2.28.3 (libmbedx509.a) and libwolfssl-dev 5.5.4 (wolfssl/certs_test.h).
#include "firmware/survey/known_keys.h"

namespace lintel::firmware {
namespace {

struct KnownKey {
  std::string_view spki_sha256, origin;
};

constexpr KnownKey kKnownKeys[] = {
    {"370346c0864770dac7a90774f75ac6de537f5f5b2c4b1bb1d12bf3c5f4f484ae", "Mbed TLS, self-test keys"},
    {"6703a04285f61bf2f79b143b1841435d503b448c3df1db998e9aebc7f05d3815", "Mbed TLS, self-test keys"},
    {"6452839ebf371b9a9a7585efd56a029440972fdbacd1ae077d403e4e92bcd4f3", "Mbed TLS, self-test keys"},
    {"26b0f4b5b3b8ef8f54af9ca9cbef655501179e7337f2ac52f2eadcf953635999", "Mbed TLS, self-test keys"},
    {"c6cb6d1e322b2e4edc98a284f983a8be89a18a53db897b7ec32f9aa382c50a5c", "Mbed TLS, self-test keys"},
    {"0d47bb32995c4f374228dd401ca46be4fe313ef89960c81b8c6db8b502f3f5c5", "Mbed TLS, self-test keys"},
    {"530c1d2c7a807f049411ffb3085e2d20354bd37e6762a51526ddd3176efa6cdb", "wolfSSL, certs_test.h"},
    {"46acb499c70d6667d9f9892d4acaf6aa2f311dcd249ca31aa2157e0d7d824b69", "wolfSSL, certs_test.h"},
    {"74fb6aecf570a1d3ec62734d811773200520a5a854a7aeb2a5a696140d8d256a", "wolfSSL, certs_test.h"},
    {"79c0a792c36a401439c8694df94f0180d545a6dc873ad6cce23162c7f77dbc21", "wolfSSL, certs_test.h"},
    {"3d5724aec7ceb3de3b48b32f19668305d1e4c20103e219e593a95ac2d4f37538", "wolfSSL, certs_test.h"},
    {"f23538775161c5cfc6d4633bfbd62eb4f0ee27d67a1a44cb233b9417867d7c98", "wolfSSL, certs_test.h"},
    {"23a3434eb7686db51cb556c864214bee8e7f62f5fdca7ccbfcdb754c69b0a092", "wolfSSL, certs_test.h"},
    {"daa1b3c273ee005973d627b2bf18651ae3a8ad504194e78c8f6b5e3f33821a7e", "wolfSSL, certs_test.h"},
    {"e144c6a958e273ee272efb6e5a573ba8cd1ce38759081ba4024f7477e9e6f3fa", "wolfSSL, certs_test.h"},
    {"5b3efef086a7b4637b2843d0a8fb5c5e7bf1e40b49e182184077f4b1405eddcd", "wolfSSL, certs_test.h"},
    {"6a2f4de834820e9fc894a247301d289a3d929af15622cbef923577f308a34998", "wolfSSL, certs_test.h"},
    {"a4d1b19ade91c47fecb6e0cbf8a67709d7b9b23587e646f3b3284c9520522f81", "wolfSSL, certs_test.h"},
    {"c49cd63b968e230e7a55ef6e18181894b95f1de411031f4d815a563305d7041f", "wolfSSL, certs_test.h"},
    {"4e2566ba0f0bd33345500708ad3bad360c16571211c70a00516ed1f75dedadc3", "wolfSSL, certs_test.h"},
    {"a6e62ed5d9cf3b019d2cd537b1b34a6030726f36e4a5595477d3b1f665030a88", "wolfSSL, certs_test.h"},
    {"e3abb317fb5848510dabd747bdc818ce123c527fe2e3020dee12030f34c840f1", "wolfSSL, certs_test.h"},
    {"0c511f52c1cdd62b3358adcc93c2772362734cc5cf4981e6dad3053e304cd1ab", "wolfSSL, certs_test.h"},
    {"32f1f3ee7a8ce602f0c41e6615d39137a4546f10ee19fd011d86f2622baa5d6d", "wolfSSL, certs_test.h"},
};

}  // namespace

std::string_view origin_of_known_key(std::string_view spki_sha256) {
  for (const KnownKey& known : kKnownKeys)
    if (known.spki_sha256 == spki_sha256) return known.origin;
  return {};
}

}  // namespace lintel::firmware
