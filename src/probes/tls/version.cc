#include "probes/tls/version.h"

namespace lintel::probes::tls {

namespace {

struct Row {
  std::uint16_t wire;
  std::string_view fact, display;
};

// By Version.
constexpr Row kRows[] = {{0x0002, "ssl2", "SSLv2"},      {0x0300, "ssl3", "SSLv3"},      {0x0301, "tls1_0", "TLSv1.0"},
                         {0x0302, "tls1_1", "TLSv1.1"},  {0x0303, "tls1_2", "TLSv1.2"},  {0x0304, "tls1_3", "TLSv1.3"},
                         {0x0101, "tlcp1_1", "TLCPv1.1"}, {0xFEFF, "dtls1_0", "DTLSv1.0"}, {0xFEFD, "dtls1_2", "DTLSv1.2"}};

const Row& row(Version version) { return kRows[static_cast<std::size_t>(version)]; }

}  // namespace

std::uint16_t wire_version(Version version) { return row(version).wire; }
std::string_view fact_name(Version version) { return row(version).fact; }
std::string_view display_name(Version version) { return row(version).display; }

std::optional<Version> version_of(std::uint16_t wire) {
  for (const Version version : kVersions)
    if (wire_version(version) == wire) return version;
  return std::nullopt;
}

}  // namespace lintel::probes::tls
