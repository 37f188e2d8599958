// Flattened device trees (Devicetree Specification 0.4, chapter 5), which also carry U-Boot's FIT images. Big-endian:
//   0 magic D00DFEED | 4 total size | 8 structure | 12 strings | 16 reserved memory | 20 version | 24 last compatible | 32 strings size | 36 structure size
// Structure: words 1 begin node (name, padded to 4), 2 end node, 3 property (length, name offset, data padded to 4), 4 nothing, 9 end.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lintel::firmware {

struct TreeProperty {
  std::string node;  // "/images/kernel-1"; the root is ""
  std::string name;
  std::size_t offset = 0;  // of the data, in the whole tree
  ByteView data;
};

struct DeviceTree {
  std::size_t total_size = 0;
  std::vector<std::string> nodes;  // in order, the root as ""
  std::vector<TreeProperty> properties;
};

// nullopt when it is none, or damaged: every node closed, every property inside. Caps: 64 levels, 20,000 nodes and properties.
std::optional<DeviceTree> read_device_tree(ByteView bytes);
const TreeProperty* find_property(const DeviceTree& tree, const std::string& node, const std::string& name);
// Up to the first NUL; a 32-bit number; empty or nullopt when absent.
std::string text_property(const DeviceTree& tree, const std::string& node, const std::string& name);
std::optional<std::uint32_t> number_property(const DeviceTree& tree, const std::string& node, const std::string& name);

}  // namespace lintel::firmware
