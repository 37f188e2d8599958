#include "firmware/image/open.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "firmware/image/program.h"
#include "firmware/image/share.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kMostProblems = 200;            // of one part: nobody reads more
constexpr std::size_t kWidestPadding = 16 * 1024;  // inside one unknown part
constexpr std::size_t kBlock = 1024;  // of the search for padding, and the least unknown run that becomes a part

// Where bytes lie that are looked at.
struct Place {
  std::size_t parent = kNone;
  std::uint64_t base = 0;  // their offset in the parent
  int depth = 0;
  std::string name{};
  std::optional<Program> program{};  // whose code the bytes are that no format claims
};

class Reader {
 public:
  Reader(std::span<const Format* const> formats, Budget& budget, const Visit& visit) : formats_(formats), budget_(budget), visit_(visit) {}

  // What lies in these bytes, one part after the other, and what lies between them.
  Share look(ByteView bytes, const Place& where);

  Image image;

 private:
  class PartOpening;
  struct Entered {
    Share share;
    std::uint64_t length = 0;
  };

  void problem(std::size_t part, std::string text) {
    auto& problems = image.parts[part].problems;
    if (problems.size() < kMostProblems) problems.push_back(problems.size() + 1 == kMostProblems ? "more of the kind" : std::move(text));
  }
  // Bytes that no format claims: padding and unknown runs.
  Share gap(ByteView bytes, std::uint64_t offset, const Place& place);
  // A run that no format claims: bare code of a program, or unknown.
  Share run_share(ByteView run, const Place& place);
  void add_run(ByteView run, std::uint64_t offset, const Place& place);
  // One recognised part with everything inside it.
  Entered enter(const Format& format, Found found, ByteView from_here, std::uint64_t offset, const Place& place);
  Share read_files(std::size_t part, std::size_t first_file);
  Share read_file(const File& file, int depth);

  std::span<const Format* const> formats_;
  Budget& budget_;
  const Visit& visit_;
};

class Reader::PartOpening : public Opening {
 public:
  PartOpening(Reader& reader, std::size_t part) : reader_(reader), part_(part) {}
  ByteView bytes() const override { return reader_.image.parts[part_].bytes; }
  Budget& budget() override { return reader_.budget_; }
  Json& header() override { return reader_.image.parts[part_].header; }
  void problem(std::string text) override { reader_.problem(part_, std::move(text)); }
  void ends_at(std::uint64_t length) override {
    Part& part = reader_.image.parts[part_];
    part.length = std::min(length, part.length);
    part.bytes = part.bytes.first(part.length);
  }
  void piece(std::string name, std::uint64_t offset, std::uint64_t length) override {
    const ByteView all = bytes();
    if (offset > all.size()) return problem(fmt::format("{} lies behind the end", name));
    const std::uint64_t there = std::min<std::uint64_t>(length, all.size() - offset);
    if (there < length) problem(fmt::format("{} is cut off: {} of {} bytes are there", name, there, length));
    pieces.add(reader_.look(all.subspan(offset, there), inside(offset, std::move(name))));
  }
  void unpacked(std::string name, Bytes bytes) override {
    const auto kept = std::make_shared<const Bytes>(std::move(bytes));
    reader_.image.unpacked.push_back(kept);
    inner.add(reader_.look(*kept, inside(0, std::move(name))));
  }
  void volume(std::shared_ptr<Volume> volume) override { reader_.image.parts[part_].volume = std::move(volume); }
  bool file(File file) override {
    if (!reader_.budget_.add_file()) return false;
    file.part = part_;
    ++reader_.image.parts[part_].file_count;
    reader_.image.files.push_back(std::move(file));
    return true;
  }

  Share pieces, inner;  // of the part's own bytes; of what was unpacked from the rest

 private:
  Place inside(std::uint64_t base, std::string name) const { return {part_, base, reader_.image.parts[part_].depth + 1, std::move(name)}; }
  Reader& reader_;
  std::size_t part_;
};

Share Reader::look(ByteView bytes, const Place& where) {
  if (!budget_.enter(where.depth) || !budget_.search(bytes.size())) {
    add_run(bytes, 0, where);
    return run_share(bytes, where);
  }
  Place place = where;
  // What a container or a stream holds is one program; an image as a whole may be all of a flash.
  if (place.parent != kNone) place.program = program_in(bytes);
  Share share;
  std::uint64_t done = 0;
  for (const Hit& hit : find_magics(bytes, formats_)) {
    if (!budget_.alive()) break;
    if (hit.at < done) continue;
    auto found = hit.format->recognise(bytes.subspan(hit.at));
    if (!found || found->length == 0) continue;
    share.add(gap(bytes.subspan(done, hit.at - done), done, place));
    const Entered entered = enter(*hit.format, *std::move(found), bytes.subspan(hit.at), hit.at, place);
    share.add(entered.share);
    done = hit.at + entered.length;
  }
  share.add(gap(bytes.subspan(done), done, place));
  return share;
}

Share Reader::run_share(ByteView run, const Place& place) {
  Share share = unknown_share(run);
  if (share.high == 0 && (place.program || program_in(run))) std::swap(share.low, share.parsed);
  return share;
}

void Reader::add_run(ByteView run, std::uint64_t offset, const Place& place) {
  if (run.size() < kBlock || !budget_.add_part()) return;
  Part part{.format = "unknown", .name = place.name, .parent = place.parent, .offset = place.base + offset, .length = run.size(), .depth = place.depth, .bytes = run};
  part.entropy = entropy_of(run);
  const auto own = program_in(run);
  if (const auto& program = own ? own : place.program; program && !is_high(part.entropy, run.size())) {
    part.format = program->name;
    part.header = {{"version", program->version}};
    part.understood = 1;
  }
  image.parts.push_back(std::move(part));
}

// Runs of one kind with little padding between them are one part: the data of a program is full of zeros.
Share Reader::gap(ByteView bytes, std::uint64_t offset, const Place& place) {
  Share share;
  struct Run {
    std::size_t begin = 0, end = 0;
    bool high = false;
  } part;
  const auto end_run = [&](std::size_t begin, std::size_t end) {
    if (begin == end) return;
    const Share run = run_share(bytes.subspan(begin, end - begin), place);
    share.add(run);
    if (part.end == 0 || part.high != (run.high > 0) || begin - part.end > kWidestPadding) {
      add_run(bytes.subspan(part.begin, part.end - part.begin), offset + part.begin, place);
      part = {begin, end, run.high > 0};
    }
    part.end = end;
  };
  std::size_t begin = 0;
  for (std::size_t at = 0, size = 0; at < bytes.size(); at += size) {
    size = std::min<std::size_t>(kBlock - (place.base + offset + at) % kBlock, bytes.size() - at);  // flash is erased, and written, from round places
    const ByteView block = bytes.subspan(at, size);
    if (!is_uniform(block)) continue;
    end_run(begin, at);
    share.padding += static_cast<double>(block.size());
    begin = at + block.size();
  }
  end_run(begin, bytes.size());
  add_run(bytes.subspan(part.begin, part.end - part.begin), offset + part.begin, place);
  return share;
}

Reader::Entered Reader::enter(const Format& format, Found found, ByteView from_here, std::uint64_t offset, const Place& place) {
  const std::uint64_t length = std::min<std::uint64_t>(found.length, from_here.size());
  if (!budget_.add_part()) return {unknown_share(from_here.first(length)), length};
  const std::size_t at = image.parts.size(), first_file = image.files.size();
  image.parts.push_back({.format = std::string(format.name), .name = place.name, .parent = place.parent, .offset = place.base + offset, .length = length,
                         .depth = place.depth, .bytes = from_here.first(length), .header = std::move(found.header), .problems = std::move(found.problems)});
  PartOpening opening(*this, at);
  bool whole = true;
  if (format.open != nullptr) {
    const auto opened = format.open(opening);
    if (!opened) opening.problem(opened.error().message);
    whole = opened.has_value();
  }
  // A file system without a file, and with something wrong, is one that was not read.
  if (const Part& part = image.parts[at]; part.volume && part.file_count == 0 && !part.problems.empty()) whole = false;
  opening.inner.add(read_files(at, first_file));

  // What the part's bytes count: pieces as they are; the rest by what came out of it. A part that could not be opened to its end is not understood.
  const ByteView bytes = image.parts[at].bytes;
  const double rest = std::max(0.0, static_cast<double>(bytes.size()) - opening.pieces.sum());
  Share share = opening.pieces;
  if (!whole)
    share.add(unknown_share(bytes), bytes.empty() ? 0 : rest / static_cast<double>(bytes.size()));
  else if (opening.inner.sum() > 0)
    share.add(opening.inner, rest / opening.inner.sum());
  else
    share.parsed += rest;
  if (share.sum() > 0) image.parts[at].understood = std::min(1.0, (share.parsed + share.padding) / share.sum());
  return {share, bytes.size()};
}

Share Reader::read_files(std::size_t part, std::size_t first_file) {
  Share share;
  const auto volume = image.parts[part].volume;
  const std::size_t end = image.files.size();  // files of containers inside come behind
  for (std::size_t i = first_file; i < end && volume; ++i) {
    if (!budget_.alive()) break;
    const File file = image.files[i];  // a copy: the list grows
    if (file.part == part && file.kind == FileKind::file) share.add(read_file(file, image.parts[part].depth + 1));
  }
  return share;
}

Share Reader::read_file(const File& file, int depth) {
  const std::shared_ptr<Volume> volume = image.parts[file.part].volume;
  const std::uint64_t most = std::min(file.size, budget_.file_bytes());
  auto content = [&]() -> Result<Bytes> {  // sizes are what the image says: holes cost it nothing
    TRY(budget_.unpack(most));
    return volume->read(file, most);
  }();
  if (!content) {
    problem(file.part, fmt::format("{}: {}", printable(file.path), content.error().message));
    return {.low = static_cast<double>(file.size)};
  }
  visit_(image, file, *content);
  for (const Hit& hit : find_magics(ByteView(*content).first(std::min<std::size_t>(content->size(), 4096)), formats_)) {
    if (hit.at > 0) break;
    auto found = hit.format->recognise(*content);
    if (!found || found->length == 0 || !budget_.enter(depth)) continue;
    const auto kept = std::make_shared<const Bytes>(*std::move(content));
    image.unpacked.push_back(kept);
    return enter(*hit.format, *std::move(found), *kept, 0, {file.part, 0, depth, file.path}).share;
  }
  return file_share(*content);
}

}  // namespace

Image open_image(ByteView bytes, std::span<const Format* const> formats, Budget& budget, const Visit& visit) {
  Reader reader(formats, budget, visit);
  const Share share = reader.look(bytes, {});
  Coverage& coverage = reader.image.coverage;
  const auto rounded = [](double value) { return static_cast<std::uint64_t>(std::llround(value)); };
  coverage = {.bytes = bytes.size(), .parsed = 0, .padding = rounded(share.padding), .high_entropy = rounded(share.high), .low_entropy = rounded(share.low)};
  coverage.parsed = coverage.bytes - std::min(coverage.bytes, coverage.padding + coverage.high_entropy + coverage.low_entropy);
  return std::move(reader.image);
}

}  // namespace lintel::firmware
