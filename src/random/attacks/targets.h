// Identifiers as digests that a search wants to meet, and what to call a meeting.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "random/attacks/attack.h"
#include "random/attacks/digest_lanes.h"

namespace lintel::random {

struct Target {
  std::size_t token = 0;                 // index of the identifier
  std::optional<std::int64_t> unix_us;
  std::string bytes;
  std::uint64_t start = 0;               // first 8 bytes, under the mask
};

struct Targets {
  std::vector<Target> list;              // in order of issue
  std::size_t bytes = 0;                 // length of each
  int uuid_version = 0;                  // 3 or 5: version and variant stand over some bits
  std::uint64_t start_mask = ~std::uint64_t{0};
  std::vector<crypto::DigestAlgorithm> algorithms;  // whose digests, whole or cut, these may be; likeliest first
  double bits() const { return 8.0 * static_cast<double>(bytes) - (uuid_version != 0 ? 6 : 0); }
};

// Those of 16 or more bytes; empty when there are none, or of several lengths.
Targets targets_of(std::span<const Token> tokens);
// Computes the whole digest and compares all bits.
bool meets(const Targets& targets, const Target& target, crypto::DigestAlgorithm algorithm, std::string_view message);
// The four namespaces of RFC 9562 and none for UUIDs, else just an empty string: what stands before each message.
std::vector<std::string> namespaces(const Targets& targets);

// Hashes messages, four at a time, and calls found(tag, start of the digest under the targets' mask) for each.
template <class Found>
class Hashing {
 public:
  Hashing(const Targets& targets, crypto::DigestAlgorithm algorithm, Found found) : mask_(targets.start_mask), algorithm_(algorithm), found_(std::move(found)) {}
  void add(std::string_view message, std::uint64_t tag) {
    if (message.size() > kMostMessage) return;
    messages_[count_].assign(message);
    tags_[count_++] = tag;
    if (count_ == kLanes) flush();
  }
  void flush() {
    if (count_ == 0) return;
    const auto starts = digest_starts(algorithm_, {messages_[0], messages_[1], messages_[2], messages_[3]});
    for (std::size_t i = 0; i < count_; ++i) found_(tags_[i], starts[i] & mask_, std::string_view(messages_[i]));
    count_ = 0;
  }

 private:
  std::uint64_t mask_;
  crypto::DigestAlgorithm algorithm_;
  Found found_;
  std::array<std::string, kLanes> messages_;
  std::array<std::uint64_t, kLanes> tags_{};
  std::size_t count_ = 0;
};

std::string_view name_for_people(crypto::DigestAlgorithm algorithm);  // "SHA-256"

}  // namespace lintel::random
