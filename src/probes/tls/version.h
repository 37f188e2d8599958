// The versions of SSL, TLS, DTLS and TLCP: their numbers on the wire and their names.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel::probes::tls {

inline constexpr std::uint8_t kChangeCipherRecord = 20, kAlertRecord = 21, kHandshakeRecord = 22, kHeartbeatRecord = 24;

enum class Version { ssl2, ssl3, tls1_0, tls1_1, tls1_2, tls1_3, tlcp1_1, dtls1_0, dtls1_2 };

inline constexpr std::array kVersions = {Version::ssl2,   Version::ssl3,   Version::tls1_0,  Version::tls1_1, Version::tls1_2,
                                         Version::tls1_3, Version::tlcp1_1, Version::dtls1_0, Version::dtls1_2};
// Those of a TCP service, and those of a UDP service; each from the oldest on.
inline constexpr std::array kTcpVersions = {Version::ssl2,   Version::ssl3,   Version::tls1_0, Version::tls1_1,
                                            Version::tls1_2, Version::tls1_3, Version::tlcp1_1};
inline constexpr std::array kUdpVersions = {Version::dtls1_0, Version::dtls1_2};

std::uint16_t wire_version(Version version);  // 0x0002, 0x0300 .. 0x0304, 0x0101, 0xFEFF, 0xFEFD
std::optional<Version> version_of(std::uint16_t wire);

std::string_view fact_name(Version version);     // "tls1_2"
std::string_view display_name(Version version);  // "TLSv1.2"

constexpr bool is_dtls(Version version) { return version == Version::dtls1_0 || version == Version::dtls1_2; }
// Whose hellos know signature algorithms, AEAD suites and SHA-2.
constexpr bool like_tls12(Version version) { return version == Version::tls1_2 || version == Version::dtls1_2; }
// Extensions came with TLS 1.0; TLCP's servers are sent none.
constexpr bool has_extensions(Version version) {
  return version != Version::ssl2 && version != Version::ssl3 && version != Version::tlcp1_1;
}

}  // namespace lintel::probes::tls
