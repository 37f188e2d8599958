// What others wrote and the image carries: packages by the package manager's own records, and well-known programs, kernels and boot loaders by the
// version that they print. A maker's repairs do not change a version, so nothing is said here of known faults.
#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "firmware/image/program.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostRecords = 4 << 20, kMostName = 100;

struct Banner {
  std::string_view text;
  const char* name;
};
constexpr Banner kBanners[] = {{"BusyBox v", "busybox"},      {"OpenSSL ", "openssl"},        {"SSH-2.0-dropbear_", "dropbear"}, {"Dropbear server v", "dropbear"}, {"lighttpd/", "lighttpd"},
                               {"mosquitto version ", "mosquitto"}, {"libcurl/", "curl"}, {"wpa_supplicant v", "wpa_supplicant"}, {"hostapd v", "hostapd"},          {"mbed TLS ", "mbedtls"},
                               {"PolarSSL ", "mbedtls"},      {"OpenSSH_", "openssh"}};

// "1.0.2f", "2015.67", "7.9p1": a digit, then letters, digits and points, with a point among them.
std::string version_at_start(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < 32 && ((text[end] >= '0' && text[end] <= '9') || (end > 0 && (text[end] == '.' || (text[end] >= 'a' && text[end] <= 'z'))))) ++end;
  std::string_view version = text.substr(0, end);
  while (version.ends_with('.')) version.remove_suffix(1);
  return version.find('.') == std::string_view::npos ? "" : std::string(version);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class Components : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override {
    const std::string path = "/" + file.path;
    const std::string_view text = as_text(content);
    if (path.ends_with("/opkg/status") || (path.find("/opkg/info/") != std::string::npos && path.ends_with(".control"))) read_records(file, "opkg", text);
    if (path.ends_with("/dpkg/status")) read_records(file, "dpkg", text);
    if (!text.starts_with("\177ELF")) return;
    for (const Banner& banner : kBanners)
      for (std::size_t at = text.find(banner.text), tries = 0; at != std::string_view::npos && tries < 1000; at = text.find(banner.text, at + 1), ++tries)
        if (const std::string version = version_at_start(text.substr(at + banner.text.size(), 64)); !version.empty()) {
          add(place_of(file), banner.name, version, "banner");
          break;
        }
  }

  void conclude(const Image& image, Json& facts) override {
    for (std::size_t i = 0; i < image.parts.size(); ++i)
      if (const std::string& format = image.parts[i].format; format == "linux" || format == "u-boot")
        if (const auto program = program_in(image.parts[i].bytes)) add({{"part", i + 1}}, program->name, program->version, "banner");
    facts["components"] = Json::array();
    for (Json& one : found_) add_finding(facts, "components", std::move(one));
  }

 private:
  // Blocks of "Name: value" with an empty line between them.
  void read_records(const File& file, const char* how, std::string_view text) {
    std::string_view name, version;
    const auto end_block = [&] {
      if (!name.empty() && !version.empty()) add(place_of(file), std::string(name), std::string(version), how);
      name = version = {};
    };
    for (const std::string_view line : split(text.substr(0, kMostRecords), '\n')) {
      if (trim(line).empty()) end_block();
      if (line.starts_with("Package:")) name = trim(line.substr(8)).substr(0, kMostName);
      if (line.starts_with("Version:")) version = trim(line.substr(8)).substr(0, kMostName);
    }
    end_block();
  }

  void add(Json place, const std::string& name, const std::string& version, const char* how) {
    if (found_.size() >= 4 * kMostFindings || !seen_.insert(name + '\n' + version + '\n' + how).second) return;
    place["name"] = printable(name);
    place["version"] = printable(version);
    place["purl"] = fmt::format("pkg:generic/{}@{}", percent_encoded(name), percent_encoded(version));
    place["how"] = how;
    place["confidence"] = how == "banner"sv ? "pattern" : "structural";
    found_.push_back(std::move(place));
  }

  std::vector<Json> found_;
  std::set<std::string> seen_;
};

}  // namespace

std::unique_ptr<Surveyor> survey_components() { return std::make_unique<Components>(); }

}  // namespace lintel::firmware
