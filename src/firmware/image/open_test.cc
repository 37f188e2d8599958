// The reader with two toy formats: nesting, gaps, coverage, budgets, and headers that lie.
#include <doctest/doctest.h>

#include "firmware/image/open.h"

using namespace lintel;
using namespace lintel::firmware;
using namespace std::string_view_literals;

namespace {

// "BOX" LENGTH CONTENT: a container of pieces.
std::optional<Found> recognise_box(ByteView from_here) {
  if (from_here.size() < 4) return std::nullopt;
  return Found{.length = 4ULL + from_here[3]};
}
Result<void> open_box(Opening& opening) {
  opening.piece("inside", 4, opening.bytes().size() < 4 ? 0 : std::uint64_t{opening.bytes()[3]});
  return {};
}
constexpr Magic kBoxMagic[] = {{"BOX"sv}};
const Format kBox{"box", kBoxMagic, recognise_box, open_box};

// "GROW": a bomb that unpacks to itself, twice as long.
Result<void> open_bomb(Opening& opening) {
  Bytes twice;
  for (int i = 0; i < 2; ++i) twice.insert(twice.end(), opening.bytes().begin(), opening.bytes().end());
  TRY(opening.budget().unpack(twice.size()));
  opening.unpacked("more", std::move(twice));
  return {};
}
constexpr Magic kBombMagic[] = {{"GROW"sv}};
const Format kBomb{"bomb", kBombMagic, [](ByteView bytes) { return std::optional(Found{.length = bytes.size()}); }, open_bomb};

// "FILE": one file, named after its first letter, of all that follows.
struct OneFile : Volume {
  ByteView bytes;
  Result<Bytes> read(const File&, std::uint64_t most) override {
    if (bytes.empty()) return fail(ErrorCode::protocol, "nothing there");
    const ByteView content = bytes.first(std::min<std::uint64_t>(most, bytes.size()));
    return Bytes(content.begin(), content.end());
  }
};
Result<void> open_file(Opening& opening) {
  auto volume = std::make_shared<OneFile>();
  volume->bytes = opening.bytes().subspan(4);
  opening.volume(volume);
  opening.file({.path = "only", .size = volume->bytes.size()});
  return {};
}
constexpr Magic kFileMagic[] = {{"FILE"sv}};
const Format kFile{"file", kFileMagic, [](ByteView bytes) { return std::optional(Found{.length = bytes.size()}); }, open_file};

// "SELF": a container whose three pieces are all of it again.
Result<void> open_self(Opening& opening) {
  for (int i = 0; i < 3; ++i) opening.piece("again", 0, opening.bytes().size());
  return {};
}
constexpr Magic kSelfMagic[] = {{"SELF"sv}};
const Format kSelf{"self", kSelfMagic, [](ByteView bytes) { return std::optional(Found{.length = bytes.size()}); }, open_self};

struct Seen {
  Image image;
  std::vector<std::string> contents;
  std::set<std::string> hit;
};

Seen look(std::string_view text, Caps caps = {}) {
  static const Format* const kAll[] = {&kBox, &kBomb, &kFile, &kSelf};
  Cancel cancel;
  Budget budget(caps, text.size(), Deadline::never(), cancel);
  Seen seen;
  seen.image = open_image(as_bytes(text), kAll, budget, [&](const Image&, const File&, ByteView content) { seen.contents.emplace_back(as_text(content)); });
  seen.hit = budget.hit();
  return seen;
}

std::string outline(const Image& image) {
  std::string text;
  for (const Part& part : image.parts) text += fmt::format("{}{}@{}+{} ", std::string(static_cast<std::size_t>(part.depth), '>'), part.format, part.offset, part.length);
  return text;
}

std::string noise(std::size_t size) {
  std::string text;
  std::uint64_t state = 88172645463325252ULL;
  while (text.size() < size) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    text += static_cast<char>(state >> 32);
  }
  return text;
}

}  // namespace

TEST_CASE("parts one after the other and one inside another") {
  const Image image = look("BOX\x07" "BOX\x03" "abcBOX\x01zrest").image;
  CHECK(outline(image) == "box@0+11 >box@4+7 box@11+5 ");
  CHECK(image.parts[1].parent == 0);
  CHECK(image.parts[1].name == "inside");
  CHECK(image.coverage.bytes == 20);
  CHECK(image.coverage.low_entropy == 4 + 3);  // "rest", "abc"
  CHECK(image.coverage.padding == 1);          // "z", the same byte throughout
  CHECK(image.coverage.parsed == 12);
}

TEST_CASE("a length that lies is a problem, and what is there is read") {
  const Image image = look("BOX\x20" "BOX\x01q").image;
  CHECK(outline(image) == "box@0+9 >box@4+5 ");
  CHECK(image.parts[0].problems == std::vector<std::string>{"inside is cut off: 5 of 32 bytes are there"});
}

TEST_CASE("what no format claims: padding, random and other bytes") {
  const std::string random = noise(8192), zeros(4096, '\0'), ones(2048, '\xFF'), code = std::string(3000, 'a') + std::string(1096, 'b');
  const Image image = look(random + zeros + "BOX\x01x" + ones + code).image;
  CHECK(image.coverage.high_entropy >= 8192);
  CHECK(image.coverage.padding >= 4096 + 1024);
  CHECK(image.coverage.bytes == image.coverage.parsed + image.coverage.padding + image.coverage.high_entropy + image.coverage.low_entropy);
  CHECK(image.parts[0].format == "unknown");
  CHECK(image.parts[0].entropy > 7.9);
}

TEST_CASE("bare code that says who it is counts as understood; what looks encrypted does not") {
  const auto code = [](std::string_view banner) {
    std::string bytes;
    for (int i = 0; i < 3000; ++i) bytes += static_cast<char>('a' + i % 17);
    bytes.replace(1500, banner.size(), banner);
    return bytes;
  };
  const Seen loader = look(code("U-Boot 2013.07 (Jan 1 2015)\n"));
  REQUIRE(loader.image.parts.size() == 1);
  CHECK(loader.image.parts[0].format == "u-boot");
  CHECK(loader.image.parts[0].header == Json{{"version", "2013.07"}});
  CHECK(loader.image.coverage.parsed == 3000);
  std::string uname(195, '\0');
  uname.replace(0, 5, "Linux");
  uname.replace(65, 6, "(none)");
  uname.replace(130, 7, "3.18.23");
  CHECK(look(code(uname)).image.parts[0].header == Json{{"version", "3.18.23"}});
  uname.replace(130, 7, "unknown");
  CHECK(look(code(uname)).image.parts[0].format == "unknown");
  for (const char* no : {"U-Boot prompt", "Linux version unknown ", "Linux version %s (", "Linux version 4"}) {
    const Seen other = look(code(no));
    CHECK(other.image.parts[0].format == "unknown");
    CHECK(other.image.coverage.parsed == 0);
  }
}

TEST_CASE("files are visited once; one that is a container is opened in its place") {
  const Seen seen = look("FILEBOX\x03pay");
  CHECK(seen.contents == std::vector<std::string>{"BOX\x03pay"});
  CHECK(outline(seen.image) == "file@0+11 >box@0+7 ");
  CHECK(seen.image.parts[1].name == "only");
  CHECK(look("FILEBOX\x03pay", {.file_bytes = 2}).contents == std::vector<std::string>{"BO"});
  const Seen damaged = look("FILE");
  CHECK(damaged.contents.empty());
  CHECK(damaged.image.parts[0].problems == std::vector<std::string>{"only: nothing there"});
}

TEST_CASE("a large file of random bytes in an archive is not understood") {
  CHECK(look("FILE" + noise(100'000)).image.coverage.high_entropy == 100'004);
  CHECK(look("FILE\x89PNG" + noise(100'000)).image.coverage.high_entropy == 0);
}

TEST_CASE("a bomb ends at the caps and what was read stays") {
  Seen seen = look("GROWxxxx", {.unpacked_bytes = 1000, .depth = 100});
  CHECK(seen.hit == std::set<std::string>{"unpacked bytes"});
  CHECK(seen.image.parts.size() > 3);
  CHECK(seen.image.coverage.parsed == 0);  // nothing of it is understood
  seen = look("GROWxxxx", {.depth = 4});
  CHECK(seen.hit == std::set<std::string>{"depth"});
  std::string boxes;
  for (int i = 0; i < 50; ++i) boxes += "BOX\x01x";
  seen = look(boxes, {.parts = 10});
  CHECK(seen.hit == std::set<std::string>{"parts"});
  CHECK(seen.image.parts.size() == 10);
  CHECK(seen.image.coverage.low_entropy == 40 * 5);
}

TEST_CASE("a stop is heeded") {
  static const Format* const kAll[] = {&kBox};
  Cancel cancel;
  cancel.request();
  Budget budget({}, 5, Deadline::never(), cancel);
  const Image image = open_image(as_bytes("BOX\x01x"), kAll, budget, [](const Image&, const File&, ByteView) {});
  CHECK(image.parts.empty());
  CHECK(image.coverage.parsed == 0);
  Cancel other;
  Budget late({}, 5, Deadline::after(std::chrono::seconds(-1)), other);
  open_image(as_bytes("BOX\x01x"), kAll, late, [](const Image&, const File&, ByteView) {});
  CHECK(late.hit() == std::set<std::string>{"time"});
}

TEST_CASE("every magic is found, at every place") {
  static constexpr Magic kLateMagic[] = {{"ustar"sv, 257}};
  static const Format kLate{"late", kLateMagic, [](ByteView) { return std::optional<Found>(); }, nullptr};
  static const Format* const kAll[] = {&kBox, &kLate};
  std::string text(600, '.');
  text.replace(0, 3, "BOX");
  text.replace(300, 5, "ustar");
  text.replace(200, 5, "ustar");  // would begin before the image
  text.replace(597, 3, "BOX");
  const auto hits = find_magics(as_bytes(text), kAll);
  REQUIRE(hits.size() == 3);
  CHECK(hits[0].at == 0);
  CHECK(hits[1].at == 43);
  CHECK(hits[1].format == &kLate);
  CHECK(hits[2].at == 597);
}

TEST_CASE("a container of itself costs its depth, its parts and its search") {
  const Seen deep = look("SELF and more", {.parts = 1000});
  CHECK(deep.hit.count("parts") + deep.hit.count("depth") >= 1);
  CHECK(deep.image.parts.size() <= 1000);
  const Seen wide = look("SELF" + std::string(100'000, 'x'), {.searched_bytes = 1'000'000});
  CHECK(wide.hit.count("searched bytes") == 1);
  CHECK(wide.image.parts.size() < 40);
}
