// How the device starts: boot loaders with what they do before the system runs, and the stages of the boot chain with what protects each. From
// headers, device trees and a boot loader's built-in variables; a ROM that verifies the first stage leaves no trace in an image.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "firmware/formats/device_tree.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostLoader = 8 << 20, kMostValue = 600;

// "name=value" with a NUL before and behind, as U-Boot keeps its default environment. nullopt: no such variable.
std::optional<std::string_view> variable(std::string_view text, std::string_view name) {
  const std::string wanted = '\0' + std::string(name) + '=';
  std::size_t at = text.find(wanted);
  if (at == std::string_view::npos && text.starts_with(std::string_view(wanted).substr(1))) at = static_cast<std::size_t>(-1);
  else if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = at + wanted.size(), end = text.find('\0', begin);
  if (end == std::string_view::npos || end - begin > 4096) return std::nullopt;
  const std::string_view value = text.substr(begin, end - begin);
  const bool is_text = std::all_of(value.begin(), value.end(), [](char c) { return c == '\t' || (c >= ' ' && c < 0x7F); });
  return is_text ? std::optional(value) : std::nullopt;
}

// Commands that take what runs, or what is written to flash, from a medium that anybody can plug in or answer for, before the first `bootm`.
std::vector<std::string> open_sources(std::string_view command) {
  std::vector<std::string> found;
  std::string each(command);
  std::replace_if(each.begin(), each.end(), [](char c) { return c == '&' || c == '|'; }, ';');
  for (std::string_view one : split(each, ';')) {
    one = trim(one);
    const std::string_view word = one.substr(0, one.find(' '));
    if (word.starts_with("boot") && word != "bootp") break;
    for (const auto source : {"sdupdate"sv, "usbupdate"sv, "mmcupdate"sv, "sd_update"sv, "usb_update"sv, "tftpboot"sv, "tftp"sv, "bootp"sv, "dhcp"sv, "nfs"sv, "loadb"sv, "loady"sv, "loadx"sv})
      if (word == source) found.emplace_back(source);
    if (word == "fatload" && (one.find(" usb") != std::string_view::npos || one.find(" mmc") != std::string_view::npos)) found.emplace_back("fatload");
  }
  return found;
}

class Boot : public Surveyor {
 public:
  void see(const Image& image, const File& file, ByteView content) override {
    const std::string name = to_lower(file.path.substr(file.path.rfind('/') + 1));
    if (name.find("boot") == std::string::npos && name.find("uboot") == std::string::npos) return;
    add_loader(place_of(file), content);
    (void)image;
  }

  void conclude(const Image& image, Json& facts) override {
    facts["boot_loaders"] = facts["boot_chain"] = Json::array();
    std::vector<bool> has_parts(image.parts.size());
    for (const Part& part : image.parts)
      if (part.parent != kNone) has_parts[part.parent] = true;
    for (std::size_t i = 0; i < image.parts.size(); ++i) {
      const Part& part = image.parts[i];
      if (!has_parts[i] && !part.volume && (part.format == "unknown" || part.format == "u-boot")) add_loader({{"part", i + 1}}, part.bytes);
      add_stages(i + 1, part);
    }
    for (Json& loader : loaders_) add_finding(facts, "boot_loaders", std::move(loader));
    for (Json& stage : stages_) add_finding(facts, "boot_chain", std::move(stage));
  }

 private:
  void add_loader(Json place, ByteView content) {
    const std::string_view text = as_text(content.first(std::min(content.size(), kMostLoader)));
    std::string version;
    static const RE2 kVersion(R"(U-Boot(?: SPL)? (20[0-9]{2}\.[0-9]{2}[\w.+-]{0,40}))");
    if (loaders_.size() >= 64 || !RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kVersion, &version)) return;
    Json& loader = loaders_.emplace_back(std::move(place));
    const auto has = [&](std::string_view what) { return text.find(what) != std::string_view::npos; };
    loader["name"] = "U-Boot";
    loader["version"] = version;
    if (const auto delay = variable(text, "bootdelay")) {
      const auto seconds = delay->starts_with('-') ? parse_unsigned<int>(delay->substr(1)) : parse_unsigned<int>(*delay);
      if (seconds && *seconds < 100'000) loader["delay"] = delay->starts_with('-') ? -*seconds : *seconds;
    }
    // Without a stop string any key gets a prompt; with one, U-Boot prints words of the vendor's own.
    loader["any_key_stops"] = has("Hit any key to stop autoboot"sv) && !has("bootstopkey"sv) && !has("bootdelaykey"sv) && !has("bootstopsha256"sv) && !has("bootstopkeysha256"sv);
    loader["verifies"] = has("sha256,rsa"sv) || has("sha1,rsa"sv) || has("sha384,rsa"sv) || has("sha256,ecdsa"sv) || has("Failed to verify required signature"sv) || has("avb_slot_verify"sv) ||
                         has("androidboot.verifiedbootstate"sv);
    if (const auto command = variable(text, "bootcmd")) {
      loader["command"] = printable(command->substr(0, kMostValue));
      loader["open_sources"] = open_sources(*command);
    }
    if (const auto arguments = variable(text, "bootargs")) loader["arguments"] = printable(arguments->substr(0, kMostValue));
  }

  void add_stage(std::size_t part, const char* stage, std::string mechanism, bool is_signed, std::optional<bool> intact = std::nullopt) {
    Json& json = stages_.emplace_back(Json{{"part", part}, {"stage", stage}, {"mechanism", printable(mechanism)}, {"signed", is_signed}});
    if (intact) json["intact"] = *intact;
  }

  static std::optional<bool> flag(const Json& header, const char* name) {
    const Json& value = member(header, name);
    return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
  }

  void add_stages(std::size_t number, const Part& part) {
    const Json& header = part.header;
    const bool has_signature = member(header, "signature").is_object();
    const auto scheme = [&](const char* otherwise) { return has_signature ? text_or(header["signature"], "scheme", "signed") : std::string(otherwise); };
    if (part.format == "uimage" && (text_or(header, "type") == "kernel" || text_or(header, "type") == "multi")) add_stage(number, "kernel", "uImage, CRC-32", false, flag(header, "crc_right"));
    if (part.format == "vbmeta") {
      const std::string algorithm = text_or(header, "algorithm", "none");
      const std::int64_t flags = integer_or(header, "flags", 0);
      add_stage(number, "partitions", fmt::format("AVB, {}{}", algorithm, flags != 0 ? fmt::format(", verification switched off by flags {}", flags) : ""), algorithm != "none" && flags == 0, flag(header, "hash_right"));
    }
    if (part.format == "esp-image") add_stage(number, "program", "ESP image, " + scheme("SHA-256 or checksum alone"), has_signature, flag(header, "digest_right"));
    if (part.format == "mcuboot") add_stage(number, "program", "MCUboot, " + scheme("digest alone"), has_signature, flag(header, "digest_right"));
    if (part.format == "gbl") add_stage(number, "program", "GBL, " + scheme("CRC-32"), has_signature, flag(header, "crc_right"));
    if (part.format == "device-tree") add_tree(number, part);
    add_root(number, text_or(header, "bootargs"));
    add_root(number, text_or(header, "command_line"));
    add_root(number, text_or(member(header, "variables"), "bootargs"));
  }

  // A root file system that the kernel's arguments protect.
  void add_root(std::size_t number, const std::string& arguments) {
    for (const auto sign : {"dm-verity"sv, "roothash="sv, "root_hash="sv, "androidboot.veritymode="sv, " verity "sv})
      if (arguments.find(sign) != std::string::npos) return add_stage(number, "root file system", "dm-verity", true);
  }

  void add_tree(std::size_t number, const Part& part) {
    const auto tree = read_device_tree(part.bytes);
    if (!tree) return;
    std::string signature, hash, required;
    for (const TreeProperty& property : tree->properties) {
      const std::string name = property.node.substr(property.node.rfind('/') + 1);
      if (property.name == "required" && property.node.starts_with("/signature/")) required = name;
      if (property.name != "value" || property.data.empty()) continue;
      const std::string algorithm = text_property(*tree, property.node, "algo");
      if (name.starts_with("signature") && property.node.starts_with("/configurations/")) signature = algorithm;
      if (name.starts_with("hash")) hash = algorithm;
    }
    if (!required.empty()) add_stage(number, "boot loader", fmt::format("U-Boot, demands signatures by the key {}", required), true);
    if (bool_or(part.header, "fit", false)) add_stage(number, "kernel", signature.empty() ? fmt::format("FIT, {}", hash.empty() ? "no hash" : hash) : fmt::format("FIT, configuration signed with {}", signature), !signature.empty());
  }

  std::vector<Json> loaders_, stages_;
};

}  // namespace

std::unique_ptr<Surveyor> survey_boot() { return std::make_unique<Boot>(); }

}  // namespace lintel::firmware
