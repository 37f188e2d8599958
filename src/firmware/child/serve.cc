#include "firmware/child/serve.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/found_key.h"
#include "firmware/child/confine.h"
#include "firmware/child/question.h"
#include "firmware/image/image_json.h"
#include "firmware/image/locate.h"
#include "firmware/image/open.h"

namespace lintel::firmware {
namespace {

constexpr std::uint64_t kOwnMemory = 768ULL << 20;  // program, libraries, lists of parts and files, one file with its copies
constexpr std::uint32_t kToConclude = 6;                // seconds of computing: what surveyors do after the reading
constexpr std::chrono::milliseconds kBetweenNews{100};

// Standard output, in large pieces. stdio would ask the descriptor what it is.
class Output {
 public:
  void line(const Json& json) {
    put(dump_json(json));
    put("\n");
  }
  void put(std::string_view text) {
    waiting_ += text;
    if (waiting_.size() >= 1 << 16) flush();
  }
  void flush() {
    write_all(STDOUT_FILENO, waiting_);
    waiting_.clear();
  }
  static void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(fd, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) _exit(1);  // nobody listens
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  std::string waiting_;
};

Result<ByteView> map_image(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat status{};
  if (fd < 0 || fstat(fd, &status) != 0) return fail(errno == ENOENT ? ErrorCode::not_found : errno == EACCES ? ErrorCode::permission : ErrorCode::io, "can't read {}: {}", printable(path), std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::invalid_input, "{} is not a regular file", printable(path));
  if (status.st_size == 0) return ByteView();
  void* bytes = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return fail(ErrorCode::io, "can't read {}: {}", printable(path), std::strerror(errno));
  close(fd);
  return ByteView(static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(status.st_size));
}

// OpenSSL reads its configuration, and fetches each algorithm, at first use: too late behind the filter.
void start_libraries() {
  using crypto::DigestAlgorithm;
  for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512, DigestAlgorithm::sm3, DigestAlgorithm::sha1, DigestAlgorithm::md5}) (void)crypto::digest(algorithm, {});
  crypto::start_key_readers();
}

// How far the reading is, on standard error, ten times a second at most.
class News {
 public:
  explicit News(const Budget& budget) : budget_(budget) {}
  void tell(const Image& image) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kBetweenNews;
    Output::write_all(STDERR_FILENO, fmt::format("{} {} {}\n", image.parts.size(), image.files.size(), budget_.unpacked()));
  }

 private:
  const Budget& budget_;
  std::chrono::steady_clock::time_point next_{};
};

Result<void> put_content(const Image& image, const Question& question, Budget& budget, Output& output, Json end) {
  const auto found = locate(image, question.name);
  if (!found && found.error().code == ErrorCode::not_found && !budget.hit().empty()) return fail(ErrorCode::limit, "no file {} in what was read of the image; reading ended early", printable(question.name));
  const Located located = TRY(found);
  Bytes content;
  if (located.file == nullptr) {
    const ByteView bytes = image.parts[located.part].bytes;
    content.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(bytes.size(), budget.file_bytes())));
    end["whole"] = content.size() == bytes.size();
  } else {
    const auto& volume = image.parts[located.part].volume;
    if (!volume) return fail(ErrorCode::unsupported, "the files of part {} can't be read", located.part + 1);
    const std::uint64_t most = std::min(located.file->size, budget.file_bytes());
    TRY(budget.unpack(most));
    content = TRY(volume->read(*located.file, most));
    end["whole"] = content.size() == located.file->size;
  }
  end["part"] = located.part + 1;
  output.line({{"end", std::move(end)}});
  output.put(as_text(content));
  return {};
}

Result<void> answer(ByteView bytes, const Question& question, std::span<const Format* const> formats, const MakeSurveyors& surveyors, Budget& budget, Output& output) {
  News news(budget);
  const auto looking = question.what == What::survey ? surveyors() : std::vector<std::unique_ptr<Surveyor>>();
  const Image image = open_image(bytes, formats, budget, [&](const Image& so_far, const File& file, ByteView content) {
    news.tell(so_far);
    for (const auto& surveyor : looking) surveyor->see(so_far, file, content);
  });
  for (const Part& part : image.parts) output.line({{"part", to_json(part)}});
  if (question.what == What::files)
    for (const File& file : image.files) {
      Json json = to_json(file);
      json["part"] = file.part + 1;
      output.line({{"file", std::move(json)}});
    }
  if (question.what == What::survey) {
    Json facts = Json::object();
    for (const auto& surveyor : looking) surveyor->conclude(image, facts);
    output.line({{"survey", std::move(facts)}});
  }
  Json end{{"coverage", to_json(image.coverage)}, {"hit", budget.hit()}};
  if (question.what == What::content) return put_content(image, question, budget, output, std::move(end));
  output.line({{"end", std::move(end)}});
  return {};
}

Result<void> serve_question(int argc, char** argv, std::span<const Format* const> formats, const MakeSurveyors& surveyors, Output& output) {
  if (argc != 4) return fail(ErrorCode::invalid_input, "no question about an image");
  const Json json = TRY(parse_json(argv[2]));
  const Question question = TRY(question_from_json(json));
  const ByteView bytes = TRY(map_image(argv[3]));
  const Cancel cancel;  // the parent kills
  const Caps caps;
  start_libraries();
  TRY(confine({.memory_bytes = bytes.size() + caps.unpacked_bytes + kOwnMemory, .cpu_seconds = question.seconds + (question.what == What::survey ? kToConclude : 2)}));
  Budget budget(caps, bytes.size(), Deadline::after(std::chrono::seconds(question.seconds)), cancel);
  return answer(bytes, question, formats, surveyors, budget, output);
}

}  // namespace

void serve(int argc, char** argv, std::span<const Format* const> formats, const MakeSurveyors& surveyors) {
  Output output;
  Result<void> served;
  try {
    served = serve_question(argc, argv, formats, surveyors, output);
  } catch (const std::bad_alloc&) {
    served = fail(ErrorCode::limit, "reading the image takes more memory than it may have");
  }
  if (!served) output.line({{"error", {{"code", to_string(served.error().code)}, {"message", served.error().message}}}});
  output.flush();
  _exit(0);  // no destructors: nothing is open, and some would call what is not allowed
}

}  // namespace lintel::firmware
