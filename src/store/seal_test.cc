// The block at the end of a run file, and what it lists.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "data/json.h"
#include "store/manifest.h"
#include "store/run_file.h"
#include "store/draft.h"
#include "store/seal_block.h"

using namespace lintel;
using namespace lintel::store;
namespace fs = std::filesystem;

namespace {

const std::string kHash(64, 'a');

Manifest example() {
  Manifest manifest;
  manifest.sealed = *parse_time("2026-06-01T12:00:00Z");
  manifest.tool = "0.1.0";
  manifest.signer = kHash;
  manifest.certificates = {std::string(64, 'c')};
  manifest.time_stamp = true;
  manifest.content = {"database-bytes 8192", "database-sha256 " + kHash, "page 0000000001 " + kHash, "row meta id " + kHash};
  return manifest;
}

struct File {
  TemporaryFolder folder = *TemporaryFolder::create();
  fs::path path = folder.path() / "run.lintel";
  File() {
    model::Run run;
    run.id = "0123456789abcdef";
    run.started = *parse_time("2026-06-01T00:00:00Z");
    model::Attestation answer;
    answer.clause = "7.e";
    run.attestations = {answer};
    auto file = RunFile::create(path, run, {Bytes{1, 2, 3}});
    REQUIRE_MESSAGE(file, (file ? "" : file.error().message));
    REQUIRE(file->finish(run.started, true));
  }
  Seal seal() const { return {fs::file_size(path), write_manifest(example()), Bytes{1, 2, 3}}; }
  std::string read() const { return *read_file(path, 10 << 20); }
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size())); }
};

}  // namespace

TEST_CASE("a manifest comes back as it was written, sorted") {
  const std::string text = write_manifest(example());
  CHECK_EQ(text, "lintel-seal/1\ncertificate " + std::string(64, 'c') + "\ndatabase-bytes 8192\ndatabase-sha256 " + kHash + "\npage 0000000001 " + kHash +
                     "\nrow meta id " + kHash + "\nsealed 2026-06-01T12:00:00Z\nsigner " + kHash + "\ntime-stamp rfc3161\ntool 0.1.0\n");
  const auto manifest = parse_manifest(text);
  REQUIRE_MESSAGE(manifest, (manifest ? "" : manifest.error().message));
  CHECK_EQ(write_manifest(*manifest), text);
  const std::pair<std::string, std::string> wrong[] = {
      {"", "line 0: it ends too early"},
      {"lintel-seal/2\n", "line 1"},
      {text.substr(0, text.size() - 1), "line 10"},
      {"lintel-seal/1\ntool 1\nsigner " + kHash + "\n", "line 3"},
      {"lintel-seal/1\nsigner " + kHash + "\nsigner " + std::string(64, 'b') + "\n", "line 3"},
      {"lintel-seal/1\npage 1 AA\n", "line 2"},
      {"lintel-seal/1\nsealed 2026-06-01T12:00:00Z\nsigner " + kHash + "\ntool 1\n", "line 4: it ends too early"},
  };
  for (const auto& [given, message] : wrong) {
    CAPTURE(given);
    const auto parsed = parse_manifest(given);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.find(message) != std::string::npos);
  }
}

TEST_CASE("two lists of lines are compared by name") {
  const std::vector<std::string> sealed{"row a 1 x", "row b 1 x", "row c 1 x"}, found{"row a 1 x", "row b 1 y", "row b 2 z"};
  const auto differences = compare(sealed, found);
  REQUIRE_EQ(differences.size(), 3);
  CHECK_EQ(differences[0].name, "row b 1");
  CHECK_EQ(differences[0].expected + differences[0].found, "xy");
  CHECK_EQ(differences[1].name + differences[1].expected + differences[1].found, "row b 2z");
  CHECK_EQ(differences[2].name + differences[2].expected + differences[2].found, "row c 1x");
  CHECK(compare(sealed, sealed).empty());
  CHECK_EQ(compare({}, found).size(), 3);
  CHECK_EQ(escape_key("a b\n%\xff"), "a%20b%0A%25%FF");
}

TEST_CASE("a sealed file opens for reading only, and its seal comes off again") {
  const File file;
  const std::string before = file.read();
  CHECK_FALSE(*read_seal(file.path));
  const Seal made = file.seal();
  Seal stale = made;
  stale.database_bytes -= 1;
  CHECK_EQ(append_seal(file.path, stale).error().code, ErrorCode::refused);
  REQUIRE(append_seal(file.path, made));
  const auto seal = read_seal(file.path);
  REQUIRE_MESSAGE(seal, (seal ? "" : seal.error().message));
  REQUIRE(*seal);
  CHECK_EQ((*seal)->manifest, made.manifest);
  CHECK_EQ((*seal)->cms, made.cms);
  CHECK_EQ((*seal)->database_bytes, before.size());
  {
    auto open = RunFile::open(file.path, Access::read);
    REQUIRE_MESSAGE(open, (open ? "" : open.error().message));
    CHECK_EQ(open->load()->id, "0123456789abcdef");
  }
  const auto written = RunFile::open(file.path, Access::write);
  REQUIRE_FALSE(written);
  CHECK_EQ(written.error().code, ErrorCode::refused);
  CHECK(written.error().message.find("is sealed") != std::string::npos);
  std::ofstream(file.path.string() + "-wal") << "x";
  CHECK(RunFile::open(file.path, Access::read).error().message.find("a journal lies beside") != std::string::npos);
  fs::remove(file.path.string() + "-wal");
  CHECK_EQ(append_seal(file.path, made).error().code, ErrorCode::refused);
  REQUIRE(break_seal(file.path));
  CHECK_EQ(file.read(), before);
  CHECK(RunFile::open(file.path, Access::write));
}

TEST_CASE("a draft takes the file's name whole, or leaves it byte for byte") {
  const File file;
  REQUIRE(append_seal(file.path, file.seal()));
  const std::string sealed = file.read();
  const fs::path copy = file.path.string() + ".draft";
  const auto rest = [&] { return fs::exists(copy) || fs::exists(copy.string() + "-wal") || fs::exists(copy.string() + "-journal"); };
  const auto failing = change_sealed(file.path, [&](RunFile& draft) -> Result<void> {
    TRY(draft.set_assessments({}, {}));
    CHECK(fs::exists(copy));
    return fail(ErrorCode::io, "the disk is full");
  });
  CHECK_EQ(failing.error().message, "the disk is full");
  CHECK_EQ(file.read(), sealed);
  CHECK_FALSE(rest());
  {
    auto draft = Draft::begin(file.path);
    REQUIRE(draft);
    CHECK_EQ(Draft::begin(file.path).error().code, ErrorCode::refused);
    CHECK(fs::exists(copy));
    CHECK_FALSE(*find_seal(copy));
    file.write(sealed + " ");  // somebody else
    CHECK_EQ(draft->keep().error().code, ErrorCode::refused);
  }
  CHECK_FALSE(rest());
  CHECK_EQ(file.read(), sealed + " ");
  file.write(sealed);
  REQUIRE(change_sealed(file.path, [&](RunFile& draft) -> Result<void> {
    TRY(draft.set_assessments({}, {}));
    return draft.finish(*parse_time("2026-06-01T12:00:00Z"), true);
  }));
  CHECK_FALSE(rest());
  CHECK_FALSE(*find_seal(file.path));
  CHECK(RunFile::open(file.path, Access::read)->load()->attestations.empty());
}

TEST_CASE("any changed byte of the block is an error that names it, and never no seal") {
  const File file;
  const std::size_t begin = file.seal().database_bytes;
  REQUIRE(append_seal(file.path, file.seal()));
  const std::string sealed = file.read();
  for (std::size_t at = begin; at < sealed.size(); ++at) {
    for (const int bit : {0, 5, 7}) {
      CAPTURE(at - begin);
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      file.write(changed);
      const auto seal = read_seal(file.path);
      REQUIRE_FALSE(seal);
      CHECK_MESSAGE(seal.error().message.starts_with("the seal, bytes "), seal.error().message);
      CHECK_EQ(RunFile::open(file.path, Access::write).error().code, ErrorCode::refused);
    }
  }
  for (std::size_t keep = begin + 20; keep < sealed.size(); keep += 40) {
    file.write(sealed.substr(0, keep));
    CHECK_FALSE(read_seal(file.path));
  }
  std::string counted = sealed;  // the database's own page count
  counted[31] ^= 1;
  file.write(counted);
  CHECK(*find_seal(file.path) == begin);
}

TEST_CASE("lines of a database: each piece, each row") {
  const File file;
  const std::string bytes = file.read();
  auto pieces = database_lines(file.path, bytes.size());
  REQUIRE(pieces);
  REQUIRE_EQ(pieces->size(), bytes.size() / kPieceBytes + 2);
  CHECK_EQ((*pieces)[0], "database-bytes " + std::to_string(bytes.size()));
  CHECK_EQ((*pieces)[1], "database-sha256 " + sha256_hex(as_bytes(bytes)));
  CHECK_EQ((*pieces)[2], "page 0000000001 " + sha256_hex(as_bytes(bytes.substr(0, 4096))));
  CHECK_EQ(database_lines(file.path, 5000)->size(), 4);
  auto open = RunFile::open(file.path, Access::read);
  const auto rows = open->row_lines();
  REQUIRE(rows);
  const auto has = [&](const std::string& line) { return std::ranges::find(*rows, line) != rows->end(); };
  CHECK(has("row meta id " + sha256_hex(as_bytes("t2:id,t16:0123456789abcdef,"))));
  const std::string answer = dump_json(Json(open->load()->attestations[0]));
  CHECK(has("row attestation 0 " + sha256_hex(as_bytes("i0,t" + std::to_string(answer.size()) + ":" + answer + ","))));
}
