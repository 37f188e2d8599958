// The child process that reads images, with formats that crash, never end, eat memory, or reach for the system. This program is its own child.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <csignal>

#include "base/files.h"
#include "firmware/child/ask.h"
#include "firmware/child/serve.h"
#include "firmware/formats/formats.h"

using namespace lintel;
using namespace lintel::firmware;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// "HOSTILE!" and a letter that says what the format does when it is opened.
std::optional<Found> recognise(ByteView from_here) {
  if (from_here.size() < 9) return std::nullopt;
  return Found{.length = from_here.size()};
}

volatile std::uint64_t spins = 0;

Result<void> misbehave(Opening& opening) {
  switch (opening.bytes()[8]) {
    case 'S': raise(SIGSEGV); break;
    case 'A': std::abort();
    case 'L':
      for (;;) spins = spins + 1;  // never asks the budget
    case 'P':
      for (;;) TRY(opening.budget().alive());  // asks, as formats do
    case 'O': (void)open("/etc/hostname", O_RDONLY); break;
    case 'C': (void)open("/tmp/lintel-was-here", O_WRONLY | O_CREAT, 0600); break;
    case 'N': (void)socket(AF_INET, SOCK_STREAM, 0); break;
    case 'F': (void)fork(); break;
    case 'X': execl("/bin/sh", "sh", "-c", "true", nullptr); break;
    case 'K': (void)kill(getppid(), SIGKILL); break;
    case 'T': throw std::bad_alloc();
    case 'M':
      for (std::uint64_t i = 0;; ++i) {
        auto* block = new Bytes(16 << 20, static_cast<std::uint8_t>(i));
        if (block->empty()) break;
      }
      break;
    case 'W': write(STDOUT_FILENO, "{\"end\":{}}\n", 11); break;  // as a child that was taken over may
    default: opening.problem("well-behaved");
  }
  return {};
}

constexpr Magic kMagic[] = {{"HOSTILE!"sv}};
const Format kHostile{"hostile", kMagic, recognise, misbehave};
constexpr const Format* kFormats[] = {&kHostile, &kCpio};

Result<Answer> ask_about(std::string_view image, std::uint32_t seconds = 20, What what = What::parts, const std::string& name = "") {
  const auto folder = TemporaryFolder::create();
  REQUIRE(folder);
  const auto path = folder->path() / "image";
  REQUIRE(write_file(path, image));
  const Cancel cancel;
  return ask(path.string(), {what, name, seconds}, cancel, [](const ReadSoFar&) {});
}

std::string failure(char letter, std::uint32_t seconds = 20) {
  const auto answer = ask_about(std::string("HOSTILE!") + letter, seconds);
  if (answer) return "answered";
  const std::string& message = answer.error().message;
  return fmt::format("{}: {}", to_string(answer.error().code), message.substr(message.find("image: ") == std::string::npos ? 0 : message.find("image: ") + 7));
}

bool begins(const std::string& text, std::string_view with) { return text.compare(0, with.size(), with) == 0; }

double seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == kChildCommand) serve(argc, argv, kFormats, [] { return std::vector<std::unique_ptr<Surveyor>>(); });
  return doctest::Context(argc, argv).run();
}

TEST_CASE("an image that behaves is read") {
  const auto answer = ask_about("HOSTILE!.");
  REQUIRE_MESSAGE(answer, answer.error().message);
  REQUIRE(answer->image.parts.size() == 1);
  CHECK(answer->image.parts[0].problems == std::vector<std::string>{"well-behaved"});
  CHECK(answer->image.coverage.parsed == 9);
  CHECK(answer->hit.empty());
  const auto empty = ask_about("");
  REQUIRE(empty);
  CHECK(empty->image.parts.empty());
}

TEST_CASE("a crash costs the answer, and says so") {
  if (!kSanitized) CHECK(begins(failure('S'), "protocol: the reader crashed (Segmentation fault)"));
  CHECK(begins(failure('A'), "protocol: the reader crashed (Aborted)"));
  CHECK(failure('T') == "limit: reading the image takes more memory than it may have");
}

TEST_CASE("after the filter there is no file, no network, no process, no signal to others") {
  for (const char letter : {'O', 'C', 'N', 'F', 'X', 'K'}) CHECK_MESSAGE(begins(failure(letter), "protocol: the reader asked the system for what it may not, and was stopped"), letter);
  CHECK_FALSE(std::filesystem::exists("/tmp/lintel-was-here"));
}

TEST_CASE("what never ends is ended, in time") {
  const double before = seconds_of_children();
  CHECK(failure('L', 1) == "timeout: reading did not end within 1 seconds of computing");
  CHECK(seconds_of_children() - before <= 5);
  const auto polite = ask_about("HOSTILE!P", 1);  // what was read stays
  REQUIRE_MESSAGE(polite, polite.error().message);
  CHECK(polite->hit.count("time") == 1);
  CHECK(polite->image.parts[0].problems == std::vector<std::string>{"out of time"});
}

TEST_CASE("memory is bounded") {
  if (kSanitized) return;  // it reserves terabytes of address space itself
  CHECK(failure('M') == "limit: reading the image takes more memory than it may have");
}

TEST_CASE("lines of a child that was taken over are no more than an answer") {
  const auto answer = ask_about("HOSTILE!W");
  CHECK((!answer || answer->image.parts.empty()));
  if (!answer) CHECK(answer.error().code == ErrorCode::invalid_input);
}

TEST_CASE("a file of the image, and names that are wrong") {
  const std::string entry = fmt::format("070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}etc/a", 1, 0100644, 0, 0, 1, 0, 5, 0, 0, 0, 0, 6, 0);
  const std::string archive = entry + std::string(1 + (4 - (entry.size() + 1) % 4) % 4, '\0') + "he\0lo"s;
  const auto answer = ask_about(archive, 20, What::content, "/etc/a");
  REQUIRE_MESSAGE(answer, answer.error().message);
  CHECK(answer->content == "he\0lo"s);
  CHECK(answer->part == 0);
  CHECK(answer->whole_content);
  const auto none = ask_about(archive, 20, What::content, "etc/b");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::not_found);
  const auto files = ask_about(archive, 20, What::files);
  REQUIRE(files);
  REQUIRE(files->image.files.size() == 1);
  CHECK(files->image.files[0].path == "etc/a");
}

TEST_CASE("no image, no program, cancelled") {
  const Cancel cancel;
  CHECK(ask("/nonexistent", {}, cancel, [](const ReadSoFar&) {}).error().code == ErrorCode::not_found);
  CHECK(ask("/", {}, cancel, [](const ReadSoFar&) {}).error().code == ErrorCode::invalid_input);
  CHECK(ask("/dev/zero", {}, cancel, [](const ReadSoFar&) {}).error().code == ErrorCode::invalid_input);
  CHECK(ask("/etc/hostname", {}, cancel, [](const ReadSoFar&) {}, "/nonexistent").error().code == ErrorCode::not_found);
  CHECK(ask("/etc/hostname", {}, cancel, [](const ReadSoFar&) {}, "/bin/true").error().code == ErrorCode::protocol);
  CHECK(ask("/etc/hostname", {}, cancel, [](const ReadSoFar&) {}, "/bin/false").error().code == ErrorCode::protocol);
  Cancel cancelled;
  cancelled.request();
  CHECK(ask("/etc/hostname", {}, cancelled, [](const ReadSoFar&) {}).error().code == ErrorCode::cancelled);
}
