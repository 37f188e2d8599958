// Rights that files have: setuid and setgid programs, and what everybody may write. From the image's own modes: a read-only file system makes a
// writable file harmless until it is mounted elsewhere, so the format stands beside each.
#include <fmt/format.h>

#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

constexpr std::uint16_t kSetUid = 04000, kSetGid = 02000, kSticky = 01000, kOthersWrite = 0002, kAnyExecute = 0111;

// File systems that a device can't write to as they are.
bool is_read_only(const std::string& format) { return format == "squashfs" || format == "cramfs" || format == "romfs"; }

class Modes : public Surveyor {
 public:
  void see(const Image&, const File&, ByteView) override {}

  void conclude(const Image& image, Json& facts) override {
    facts["setuid_files"] = facts["writable_files"] = Json::array();
    for (const File& file : image.files) {
      if (file.kind != FileKind::file && file.kind != FileKind::folder) continue;
      const bool folder = file.kind == FileKind::folder;
      Json finding = place_of(file);
      finding["mode"] = fmt::format("{:04o}", file.mode);
      finding["uid"] = file.uid;
      if (!folder && (file.mode & (kSetUid | kSetGid)) != 0 && (file.mode & kAnyExecute) != 0) add_finding(facts, "setuid_files", finding);
      if ((file.mode & kOthersWrite) == 0 || (folder && (file.mode & kSticky) != 0)) continue;
      finding["executable"] = !folder && (file.mode & kAnyExecute) != 0;
      finding["folder"] = folder;
      finding["read_only"] = is_read_only(image.parts[file.part].format);
      add_finding(facts, "writable_files", std::move(finding));
    }
  }
};

}  // namespace

std::unique_ptr<Surveyor> survey_modes() { return std::make_unique<Modes>(); }

}  // namespace lintel::firmware
