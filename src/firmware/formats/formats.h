// The formats that Lintel reads, in the order in which they are tried where two begin at one place: what wraps comes before what is wrapped.
// One file each; sources of the layouts stand there.
#pragma once
#include <span>

#include "firmware/image/format.h"

namespace lintel::firmware {

extern const Format kGpt, kMbr;
extern const Format kFat;
extern const Format kSwupdate, kMender, kRauc;
extern const Format kTplink, kTrx, kSeama, kChk, kXiaomi;  // of makers of routers
extern const Format kEspImage, kEspPartitions;
extern const Format kAndroidBoot, kVbmeta, kAvbFooter;
extern const Format kMcuboot;
extern const Format kZigbeeOta, kMatterOta, kGbl;
extern const Format kUimage;
extern const Format kUbootEnvironment;
extern const Format kDeviceTree;  // also FIT
extern const Format kSquashfs;
extern const Format kJffs2;
extern const Format kUbi;
extern const Format kUbifs;
extern const Format kExt;  // ext2, ext3, ext4
extern const Format kCramfs;
extern const Format kRomfs;
extern const Format kCpio;
extern const Format kTar;
extern const Format kZip;
extern const Format kGzip, kXz, kLzma, kBzip2, kZstd, kLz4;

std::span<const Format* const> formats();

}  // namespace lintel::firmware
