#include "firmware/formats/formats.h"

namespace lintel::firmware {

std::span<const Format* const> formats() {
  static constexpr const Format* kAll[] = {&kGpt, &kFat, &kMbr, &kSwupdate, &kMender, &kRauc, &kTplink, &kTrx, &kSeama, &kChk, &kXiaomi, &kZigbeeOta, &kMatterOta, &kGbl, &kEspPartitions, &kAndroidBoot, &kVbmeta, &kAvbFooter, &kMcuboot, &kUimage, &kUbootEnvironment, &kDeviceTree, &kSquashfs, &kJffs2, &kUbi, &kUbifs, &kExt, &kCramfs, &kRomfs, &kCpio, &kTar, &kZip, &kGzip, &kXz, &kBzip2, &kZstd, &kLz4, &kLzma, &kEspImage};
  return kAll;
}

}  // namespace lintel::firmware
