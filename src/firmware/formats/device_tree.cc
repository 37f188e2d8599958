#include "firmware/formats/device_tree.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 40, kDeepest = 64, kMost = 20'000;

std::optional<Found> recognise(ByteView from_here) {
  const auto tree = read_device_tree(from_here);
  if (!tree) return std::nullopt;
  Found found{.length = tree->total_size};
  const bool fit = std::find(tree->nodes.begin(), tree->nodes.end(), "/images") != tree->nodes.end();
  found.header["fit"] = fit;
  const std::string about = text_property(*tree, "", fit ? "description" : "model");
  if (!about.empty()) found.header[fit ? "description" : "model"] = printable(about);
  if (const std::string arguments = text_property(*tree, "/chosen", "bootargs"); !arguments.empty()) found.header["bootargs"] = printable(arguments);
  if (!fit) return found;
  // Data outside the tree: behind it, aligned to 4, or at a place of its own.
  for (const std::string& node : tree->nodes) {
    const auto size = node.starts_with("/images/") ? number_property(*tree, node, "data-size") : std::nullopt;
    if (!size) continue;
    std::uint64_t end = *size;
    if (const auto offset = number_property(*tree, node, "data-offset")) end += (tree->total_size + 3) / 4 * 4 + *offset;
    else if (const auto position = number_property(*tree, node, "data-position")) end += *position;
    found.length = std::max<std::uint64_t>(found.length, std::min<std::uint64_t>(end, from_here.size()));
  }
  return found;
}

Result<void> open(Opening& opening) {
  const auto tree = read_device_tree(opening.bytes());
  if (!tree || !opening.header()["fit"].get<bool>()) return {};
  for (const std::string& node : tree->nodes) {
    if (!node.starts_with("/images/") || node.find('/', 8) != std::string::npos) continue;
    const std::string name = printable(node.substr(8));
    const auto size = number_property(*tree, node, "data-size");
    if (const TreeProperty* data = find_property(*tree, node, "data")) opening.piece(name, data->offset, data->data.size());
    else if (const auto offset = number_property(*tree, node, "data-offset"); offset && size) opening.piece(name, (tree->total_size + 3) / 4 * 4 + *offset, *size);
    else if (const auto position = number_property(*tree, node, "data-position"); position && size) opening.piece(name, *position, *size);
    else opening.problem(fmt::format("{}: says nothing of its data", name));
  }
  return {};
}

constexpr Magic kMagic[] = {{"\xD0\x0D\xFE\xED"sv}};

}  // namespace

std::optional<DeviceTree> read_device_tree(ByteView bytes) {
  const Header header(bytes, Endian::big);
  const std::uint64_t total = header.u32(4), structure = header.u32(8), strings = header.u32(12), strings_size = header.u32(32), structure_size = header.u32(36);
  const bool sane = header.size() >= kHeader && header.u32(0) == 0xD00DFEED && total >= kHeader && total <= header.size() && structure % 4 == 0 && structure + structure_size <= total &&
                    strings + strings_size <= total && header.u32(20) >= 17 && header.u32(24) <= 17;
  if (!sane) return std::nullopt;
  DeviceTree tree;
  tree.total_size = total;
  std::vector<std::size_t> lengths;  // of the path before each open node
  std::string path;
  for (std::uint64_t at = structure; at + 4 <= structure + structure_size;) {
    const std::uint32_t token = header.u32(at);
    at += 4;
    if (tree.nodes.size() + tree.properties.size() > kMost) return std::nullopt;
    switch (token) {
      case 1: {
        const std::string name = header.text(at, structure + structure_size - at);
        if (name.size() > 255 || lengths.size() >= kDeepest) return std::nullopt;
        lengths.push_back(path.size());
        if (lengths.size() > 1) path += "/" + name;
        tree.nodes.push_back(path);
        at = (at + name.size() + 1 + 3) / 4 * 4;
        break;
      }
      case 2:
        if (lengths.empty()) return std::nullopt;
        path.resize(lengths.back());
        lengths.pop_back();
        break;
      case 3: {
        const std::uint64_t size = header.u32(at), name = header.u32(at + 4);
        if (lengths.empty() || at + 8 + size > structure + structure_size || name >= strings_size) return std::nullopt;
        tree.properties.push_back({path, header.text(strings + name, strings_size - name), at + 8, bytes.subspan(at + 8, size)});
        at = (at + 8 + size + 3) / 4 * 4;
        break;
      }
      case 4: break;
      case 9: return lengths.empty() && !tree.nodes.empty() ? std::optional(std::move(tree)) : std::nullopt;
      default: return std::nullopt;
    }
  }
  return std::nullopt;
}

const TreeProperty* find_property(const DeviceTree& tree, const std::string& node, const std::string& name) {
  for (const TreeProperty& property : tree.properties)
    if (property.node == node && property.name == name) return &property;
  return nullptr;
}

std::string text_property(const DeviceTree& tree, const std::string& node, const std::string& name) {
  const TreeProperty* property = find_property(tree, node, name);
  return property == nullptr ? std::string() : Header(property->data, Endian::big).text(0, property->data.size());
}

std::optional<std::uint32_t> number_property(const DeviceTree& tree, const std::string& node, const std::string& name) {
  const TreeProperty* property = find_property(tree, node, name);
  if (property == nullptr || property->data.size() != 4) return std::nullopt;
  return Header(property->data, Endian::big).u32(0);
}

const Format kDeviceTree{"device-tree", kMagic, recognise, open};

}  // namespace lintel::firmware
