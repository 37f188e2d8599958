// What a platform offers a device, and which declared firmware that is.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "flow/client.h"

namespace lintel::probes::ota {

// The values of one offer, as the flow `offer` takes them; empty: not there.
struct Offer {
  std::string version, model, url, signature;
  std::vector<std::pair<crypto::DigestAlgorithm, std::string>> digests;  // hexadecimal or base64, as they came
  bool empty() const { return version.empty() && model.empty() && url.empty(); }
};
Offer offer_in(const flow::Variables& variables);
void forget_offer(flow::Variables& variables);

// "yes": https, or a path on an https platform. "no": http. "unknown": neither.
std::string_view encrypted_link(std::string_view offered, std::string_view platform_url);
// The path on this platform; empty when the URL leads elsewhere.
std::string path_on(std::string_view platform_url, const std::string& offered);

// A version above: the first number raised by one; empty when there is no number.
std::string higher(std::string_view version);
// Whether the bytes hold the version as text of its own.
bool names(std::string_view image, std::string_view version);
// "yes" or "no"; "unknown" for a text that is no such digest. A name in front, as in "sha256:…", is passed over.
std::string_view same_digest(std::string_view offered, const Bytes& computed);

// A firmware item of the asset; only what the target file itself says.
struct Known {
  std::string id, model, version, sha256;
  Json signature;
};
// Those whose image can be read. Reads the images. Errors: cancelled, timeout.
Result<std::vector<Known>> known_firmware(probe::Context& context, std::vector<std::string>& notes);
const Known* find_image(const std::vector<Known>& all, std::string_view sha256);
const Known* find_version(const std::vector<Known>& all, std::string_view model, std::string_view version);

// "yes" or "no": whether the signature verifies under the declared key; "unknown" and a note when that can't be tried; "absent".
std::string_view verified(probe::Context& context, const Known* firmware, const std::string& signature, std::string_view image, std::vector<std::string>& notes);

}  // namespace lintel::probes::ota
