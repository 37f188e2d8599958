// cut IMAGE...: each image cut at every 64th, and with one byte of every 64th turned over, read in this process, so that a sanitizer sees it.
// Whatever is cut off, reading ends, the shares are the whole, and every file that is listed is a file of the whole image, its content a file's
// beginning. The last line says how many looks there were. Exit code 1: something did not hold, and is named.
#include <fmt/format.h>

#include <map>

#include "base/files.h"
#include "firmware/formats/formats.h"
#include "firmware/image/open.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

struct Look {
  Image image;
  std::map<std::string, std::string> content;  // by path
};

Look look(std::string_view bytes) {
  const Cancel cancel;
  Budget budget({.unpacked_bytes = 64 << 20, .files = 10'000, .parts = 1000}, bytes.size(), Deadline::after(std::chrono::seconds(20)), cancel);
  Look seen;
  seen.image = open_image(as_bytes(bytes), formats(), budget, [&](const Image&, const File& file, ByteView content) { seen.content[file.path] = as_text(content); });
  if (budget.hit().contains("time")) fmt::print("took more than 20 seconds\n");
  for (const File& file : seen.image.files)  // a zip without its directory does not know which of its files are links
    if (file.kind == FileKind::symlink) seen.content.emplace(file.path, file.target);
  return seen;
}

// What is wrong with the look at a broken image; empty: nothing.
std::string wrong(const Look& whole, const Look& broken, std::size_t size, bool cut) {
  const Coverage& share = broken.image.coverage;
  const std::uint64_t sum = share.parsed + share.padding + share.high_entropy + share.low_entropy;
  if (share.bytes != size || sum + 4 < size || sum > size + 4) return "the shares are not the whole";
  for (const File& file : broken.image.files)
    if (file.part >= broken.image.parts.size() || file.path.empty() || file.path.front() == '/') return "a file that is none";
  if (!cut) return "";
  for (const auto& [path, content] : broken.content) {
    const auto known = whole.content.find(path);
    if (known == whole.content.end()) return fmt::format("{} is not in the whole image", path);
    // What is missing may be cut off, or be zeros (a log lost a fragment); it is never something else.
    for (std::size_t i = 0; i < content.size(); ++i)
      if (content[i] != 0 && (i >= known->second.size() || content[i] != known->second[i])) return fmt::format("{} has other content at {}", path, i);
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  int failures = 0, looks = 0;
  for (int i = 1; i < argc; ++i) {
    const auto read = read_file(argv[i], 16 << 20);
    if (!read) {
      fmt::print("{}\n", read.error().message);
      return 1;
    }
    const Look whole = look(*read);
    for (std::size_t part = 0; part < 64; ++part) {
      const std::size_t at = read->size() * part / 64;
      std::string turned = *read;
      turned[at] = static_cast<char>(~turned[at]);
      const std::string cut = read->substr(0, at);
      looks += 2;
      for (const bool is_cut : {true, false})
        if (const std::string& text = is_cut ? cut : turned; true)
          if (const std::string what = wrong(whole, look(text), text.size(), is_cut); !what.empty()) {
            fmt::print("{}, {} {}/64: {}\n", argv[i], is_cut ? "cut at" : "turned over at", part, what);
            ++failures;
          }
    }
  }
  fmt::print("{} looks, {} wrong\n", looks, failures);
  return failures == 0 ? 0 : 1;
}
