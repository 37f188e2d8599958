// The run file: round trip, transactions, locks, foreign and damaged files, a full disk, a killed writer.
#include "store/run_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "data/json.h"
#include "store/format.h"
#include "store/zstd.h"

namespace lintel::store {
namespace {
namespace fs = std::filesystem;

WallTime time_of(const char* text) { return *parse_time(text); }

model::Job make_job(int number) {
  model::Job job;
  job.key = sha256_hex(as_bytes("job " + std::to_string(number)));
  job.probe = "tls";
  job.asset = "cloud";
  job.kind = model::ItemKind::service;
  job.item = "edge:" + std::to_string(number) + "/tcp";
  job.params = Json{{"timeout", 3}};
  job.checks = {"tls.no-ssl", "tls.modern"};
  return job;
}

model::Run make_run(int jobs) {
  model::Run run;
  run.id = "0123456789abcdef";
  run.tool_version = "0.1.0";
  run.host = "bench";
  run.started = time_of("2026-11-21T10:00:00Z");
  run.profile_sha256 = std::string(64, 'a');
  run.target.id = "home";
  run.target.assets.push_back({});
  run.target.assets.back().id = "cloud";
  run.profile.id = "smart-home";
  run.profile.clauses.push_back({});
  run.profile.clauses.back().id = "7.e";
  run.checks.push_back({});
  run.checks.back().id = "tls.no-ssl";
  run.facts_schemas["tls"] = {{"type", "object"}};
  run.waivers.push_back({});
  run.waivers.back().clause = "7.e";
  for (int number = 0; number < jobs; ++number) run.jobs.push_back(make_job(number));
  return run;
}

Blob make_blob(std::string_view content) {
  const ByteView bytes = as_bytes(content);
  return {sha256_hex(bytes), Bytes(bytes.begin(), bytes.end())};
}

model::Observation make_observation(int number, const std::vector<Blob>& evidence = {}) {
  model::Observation observation;
  observation.job = make_job(number);
  observation.probe_version = "1";
  observation.facts = Json{{"spoken", "yes"}, {"number", number}, {"text", "灯"}};
  observation.notes = {"early close"};
  observation.started = time_of("2026-11-21T10:00:01Z");
  observation.finished = time_of("2026-11-21T10:00:02.5Z");
  for (const Blob& blob : evidence)
    observation.evidence.push_back({"hello.bin", "application/octet-stream", blob.sha256, blob.bytes.size(), {"spoken"}});
  return observation;
}

struct Place {
  TemporaryFolder folder = *TemporaryFolder::create();
  fs::path file = folder.path() / "home.lintel";

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder.path())) found.push_back(entry.path().filename());
    return found;
  }
};

const std::vector<std::string> kOneFile = {"home.lintel"};

void overwrite(const fs::path& path, std::size_t offset, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Root passes over mode bits, so children of the tests that need them give up root first.
constexpr fs::perms kReadOnly = fs::perms(0555);
constexpr uid_t kNobody = 65534;

// Runs a function in a child process; gives its wait status.
template <class Function>
int in_child(Function function) {
  const pid_t child = fork();
  if (child == 0) {
    function();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// A private tmpfs of 512 KiB over a folder, gone with the process.
bool mount_small(const fs::path& folder) {
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=512k") == 0;
}

}  // namespace

TEST_CASE("a run comes back as it was written") {
  const Place place;
  const model::Run run = make_run(3);
  const Blob blob = make_blob(std::string(100'000, 'x') + "end");
  model::Verdicts verdicts;
  verdicts.judged_at = time_of("2026-11-21T11:00:00Z");
  verdicts.clauses.push_back({});
  verdicts.clauses.back().clause = "7.e";
  verdicts.clauses.back().verdict = model::Verdict::fail;
  {
    auto file = RunFile::create(place.file, run);
    REQUIRE(file.has_value());
    REQUIRE(file->append(make_observation(2), {}).has_value());  // out of order
    REQUIRE(file->append(make_observation(0, {blob}), {blob}).has_value());
    REQUIRE(file->set_verdicts(verdicts).has_value());
    REQUIRE(file->finish(time_of("2026-11-21T10:05:00Z"), true).has_value());
  }
  CHECK(place.names() == kOneFile);
  auto file = RunFile::open(place.file, Access::read);
  REQUIRE(file.has_value());
  const auto loaded = file->load();
  REQUIRE(loaded.has_value());
  CHECK(loaded->id == run.id);
  CHECK(loaded->host == "bench");
  CHECK(loaded->started == run.started);
  CHECK(loaded->finished == time_of("2026-11-21T10:05:00Z"));
  CHECK(loaded->complete);
  CHECK(loaded->profile_sha256 == run.profile_sha256);
  CHECK(Json(loaded->target) == Json(run.target));
  CHECK(Json(loaded->profile) == Json(run.profile));
  CHECK(Json(loaded->checks) == Json(run.checks));
  CHECK(loaded->facts_schemas == run.facts_schemas);
  CHECK(Json(loaded->jobs) == Json(run.jobs));
  CHECK(Json(loaded->waivers) == Json(run.waivers));
  REQUIRE(loaded->observations.size() == 2);
  CHECK(Json(loaded->observations[0]) == Json(make_observation(0, {blob})));  // the plan's order
  CHECK(Json(loaded->observations[1]) == Json(make_observation(2)));
  CHECK(Json(loaded->verdicts) == Json(verdicts));
  const auto bytes = file->read_evidence(blob.sha256);
  REQUIRE(bytes.has_value());
  CHECK(*bytes == blob.bytes);
  CHECK(place.names() == kOneFile);  // reading leaves nothing behind
}

TEST_CASE("evidence of attestations comes with the file") {
  const Place place;
  const Blob photo = make_blob("photo");
  const Blob later = make_blob("later");
  const Blob orphan = make_blob("nobody refers to it");
  model::Run run = make_run(1);
  run.attestations.push_back({});
  run.attestations.back().clause = "8.1.4.k";
  run.attestations.back().evidence.push_back({"k.jpg", "image/jpeg", photo.sha256, photo.bytes.size(), {}});
  auto file = RunFile::create(place.file, run, {photo.bytes});
  REQUIRE(file.has_value());
  CHECK(*file->keep(later.bytes) == later.sha256);
  CHECK(*file->keep(orphan.bytes) == orphan.sha256);
  run.attestations.back().evidence.push_back({"l.jpg", "image/jpeg", later.sha256, later.bytes.size(), {}});
  REQUIRE(file->set_assessments(run.attestations, {}).has_value());
  REQUIRE(file->finish(time_of("2026-11-21T10:05:00Z"), false).has_value());
  const auto loaded = file->load();
  REQUIRE(loaded.has_value());
  CHECK(Json(loaded->attestations) == Json(run.attestations));
  CHECK(loaded->waivers.empty());
  CHECK(*file->read_evidence(photo.sha256) == photo.bytes);
  CHECK(*file->read_evidence(later.sha256) == later.bytes);
  CHECK(!file->read_evidence(orphan.sha256).has_value());
}

TEST_CASE("a laboratory's document comes and is replaced, with its pictures; a file without one opens") {
  const Place place;
  const Blob logo = make_blob("logo"), later = make_blob("another logo"), source = make_blob("lab.yaml");
  const auto lab_with = [&](const Blob& picture) {
    model::Lab lab;
    lab.report.number = "L-1";
    lab.laboratory.logo = model::Photo{{"logo.png", "image/png", picture.sha256, picture.bytes.size(), {}}, {}};
    lab.source = {"lab.yaml", "application/yaml", source.sha256, source.bytes.size(), {}};
    return lab;
  };
  {
    auto file = RunFile::create(place.file, make_run(0));
    REQUIRE(file.has_value());
    CHECK(!file->load()->lab);
    for (const Blob* blob : {&logo, &source}) REQUIRE(file->keep(blob->bytes).has_value());
    REQUIRE(file->set_lab(lab_with(logo)).has_value());
    REQUIRE(file->finish(time_of("2026-11-21T12:00:00Z"), true).has_value());
    CHECK(file->read_evidence(logo.sha256).has_value());  // not an orphan
    REQUIRE(file->keep(later.bytes).has_value());
    REQUIRE(file->set_lab(lab_with(later)).has_value());
    REQUIRE(file->finish(time_of("2026-11-21T12:00:00Z"), true).has_value());
  }
  auto file = RunFile::open(place.file, Access::read);
  REQUIRE(file.has_value());
  const auto run = file->load();
  REQUIRE(run->lab.has_value());
  CHECK(dump_json(Json(*run->lab)) == dump_json(Json(lab_with(later))));
  CHECK(file->read_evidence(later.sha256).has_value());
  CHECK(file->read_evidence(source.sha256).has_value());
  CHECK(!file->read_evidence(logo.sha256).has_value());  // nothing refers to it now
}

TEST_CASE("an existing file is never overwritten") {
  const Place place;
  std::ofstream(place.file) << "mine";
  const auto file = RunFile::create(place.file, make_run(1));
  REQUIRE(!file.has_value());
  CHECK(file.error().message == place.file.string() + " exists already; continue it with --resume, or choose another name");
  CHECK(*read_file(place.file, 100) == "mine");
  CHECK(place.names() == kOneFile);
}

TEST_CASE("of two that make the same file one is told so, and what a killed one left is no hindrance") {
  const Place place;
  const std::string partial = place.file.string() + ".partial";
  std::ofstream(partial) << "half a file";
  const int other = open(partial.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(flock(other, LOCK_EX) == 0);
  const auto second = RunFile::create(place.file, make_run(1));
  REQUIRE(!second.has_value());
  CHECK(second.error().message == place.file.string() + ": another scan is making it");
  CHECK(*read_file(partial, 100) == "half a file");
  close(other);
  CHECK(RunFile::create(place.file, make_run(1)).has_value());
  CHECK(place.names() == kOneFile);
}

TEST_CASE("an observation is written once, unless it was interrupted") {
  const Place place;
  auto file = RunFile::create(place.file, make_run(2));
  REQUIRE(file.has_value());
  const Blob partial = make_blob("half an answer");
  model::Observation interrupted = make_observation(0, {partial});
  interrupted.status = model::Status::interrupted;
  REQUIRE(file->append(interrupted, {partial}).has_value());
  REQUIRE(file->append(make_observation(0), {}).has_value());
  const auto twice = file->append(make_observation(0), {});
  REQUIRE(!twice.has_value());
  CHECK(twice.error().message == place.file.string() + ": job " + make_job(0).key + " has an observation already");
  CHECK(!file->append(make_observation(7), {}).has_value());  // not planned
  CHECK(!file->append(make_observation(1, {partial, make_blob("elsewhere")}), {}).has_value());
  REQUIRE(file->finish(time_of("2026-11-21T10:05:00Z"), false).has_value());
  const auto loaded = file->load();
  REQUIRE(loaded.has_value());
  REQUIRE(loaded->observations.size() == 1);
  CHECK(loaded->observations[0].status == model::Status::ok);
  CHECK(!loaded->complete);
  const auto dropped = file->read_evidence(partial.sha256);
  REQUIRE(!dropped.has_value());
  CHECK(dropped.error().code == ErrorCode::not_found);
}

TEST_CASE("a second scan is told that the file is taken") {
  const Place place;
  auto file = RunFile::create(place.file, make_run(1));
  REQUIRE(file.has_value());
  for (const Access access : {Access::read, Access::write}) {
    const int status = in_child([&] {
      const auto other = RunFile::open(place.file, access);
      _exit(!other && other.error().code == ErrorCode::refused &&
                    other.error().message == place.file.string() + ": another process is writing it"
                ? 0 : 1);
    });
    CHECK(status == 0);
  }
  CHECK(file->append(make_observation(0), {}).has_value());
}

TEST_CASE("what was committed before a kill is there") {
  const Place place;
  const Blob blob = make_blob("evidence");
  const int status = in_child([&] {
    auto file = RunFile::create(place.file, make_run(5));
    for (int number = 0; number < 3; ++number)
      if (!file || !file->append(make_observation(number, {blob}), {blob})) _exit(1);
    kill(getpid(), SIGKILL);
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(fs::exists(place.file.string() + "-wal"));

  SUBCASE("read where the folder can be written: folded into one file") {
    auto file = RunFile::open(place.file, Access::read);
    REQUIRE(file.has_value());
    CHECK(file->load()->observations.size() == 3);
    CHECK(place.names() == kOneFile);
  }
  SUBCASE("read where it can't: from a copy") {
    fs::permissions(place.file, kReadOnly);
    fs::permissions(place.file.string() + "-wal", kReadOnly);
    fs::permissions(place.folder.path(), kReadOnly);
    const int read = in_child([&] {
      if (getuid() == 0 && setuid(kNobody) != 0) _exit(1);
      auto file = RunFile::open(place.file, Access::read);
      if (!file) _exit(2);
      const auto run = file->load();
      _exit(run && run->observations.size() == 3 ? 0 : 3);
    });
    fs::permissions(place.folder.path(), fs::perms::owner_all);
    CHECK(WEXITSTATUS(read) == 0);
    CHECK(fs::exists(place.file.string() + "-wal"));
  }
  SUBCASE("resumed") {
    auto file = RunFile::open(place.file, Access::write);
    REQUIRE(file.has_value());
    CHECK(file->load()->observations.size() == 3);
    CHECK(file->append(make_observation(3), {}).has_value());
    CHECK(file->finish(time_of("2026-11-21T10:05:00Z"), true).has_value());
    CHECK(file->load()->observations.size() == 4);
    CHECK(place.names() == kOneFile);
  }
}

TEST_CASE("a file in a place that can't be written is an error with its name") {
  const Place place;
  fs::permissions(place.folder.path(), kReadOnly);
  const int status = in_child([&] {
    if (getuid() == 0 && setuid(kNobody) != 0) _exit(1);
    const auto file = RunFile::create(place.file, make_run(1));
    _exit(!file && file.error().code == ErrorCode::permission && file.error().message.find("home.lintel") != std::string::npos ? 0 : 2);
  });
  fs::permissions(place.folder.path(), fs::perms::owner_all);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(place.names().empty());
}

TEST_CASE("a full disk is reported, and the file stays readable") {
  const Place place;
  bool real_disk = false;
  SUBCASE("a size limit") {}
  SUBCASE("a small file system") { real_disk = true; }
  const int status = in_child([&] {
    if (real_disk && !mount_small(place.folder.path())) _exit(99);
    signal(SIGXFSZ, SIG_IGN);
    auto file = RunFile::create(place.file, make_run(50));
    if (!file) _exit(1);
    const rlimit cap{300'000, 300'000};
    if (!real_disk) setrlimit(RLIMIT_FSIZE, &cap);
    std::mt19937 random(7);
    for (int number = 0; number < 50; ++number) {
      std::string noise(20'000, 0);
      for (char& byte : noise) byte = static_cast<char>(random());
      const Blob blob = make_blob(noise);
      const auto written = file->append(make_observation(number, {blob}), {blob});
      if (written) continue;
      if (written.error().code != ErrorCode::io || written.error().message.find("disk is full") == std::string::npos) _exit(2);
      // Still usable: what was committed can be read, and the next attempt fails just as cleanly.
      const auto run = file->load();
      if (!run || run->observations.size() != static_cast<std::size_t>(number)) _exit(3);
      if (file->append(make_observation(number, {blob}), {blob})) _exit(4);
      // Ending the run may or may not find room; the run can be read either way.
      if (const auto done = file->finish(time_of("2026-11-21T10:05:00Z"), false); !done && done.error().code != ErrorCode::io) _exit(5);
      if (!real_disk) _exit(100 + number);
      { const RunFile closed = std::move(*file); }
      auto reopened = RunFile::open(place.file, Access::read);
      if (!reopened) _exit(7);
      const auto again = reopened->load();
      _exit(again && again->observations.size() == static_cast<std::size_t>(number) ? 100 + number : 6);
    }
  });
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 99) {
    MESSAGE("skipped: mounting a small tmpfs is not permitted here");
    return;
  }
  REQUIRE(WEXITSTATUS(status) > 100);
  if (real_disk) return;  // the file system ended with the child
  auto file = RunFile::open(place.file, Access::read);
  REQUIRE(file.has_value());
  const auto run = file->load();
  REQUIRE(run.has_value());
  CHECK(run->observations.size() == static_cast<std::size_t>(WEXITSTATUS(status) - 100));
  for (const auto& observation : run->observations)
    for (const auto& evidence : observation.evidence) CHECK(file->read_evidence(evidence.sha256).has_value());
}

TEST_CASE("creating a file on a full disk leaves nothing") {
  const Place place;
  const int status = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit cap{8'000, 8'000};
    setrlimit(RLIMIT_FSIZE, &cap);
    const auto file = RunFile::create(place.file, make_run(500));
    _exit(!file && file.error().message.find("disk is full") != std::string::npos ? 0 : 1);
  });
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(place.names().empty());
}

TEST_CASE("what is no run file is refused untouched") {
  const Place place;
  const auto message = [&] {
    const auto file = RunFile::open(place.file, Access::read);
    REQUIRE(!file.has_value());
    return file.error().message;
  };
  const std::string none = place.file.string() + " is no Lintel run file";
  CHECK(message().find("No such file") != std::string::npos);
  std::ofstream(place.file) << "";
  CHECK(message() == none);
  std::ofstream(place.file) << std::string(5000, 'z');
  CHECK(message() == none);
  fs::remove(place.file);
  REQUIRE(RunFile::create(place.file, make_run(1)).has_value());
  overwrite(place.file, 68, "zzzz");
  CHECK(message() == none);
  overwrite(place.file, 68, "LNTL");
  overwrite(place.file, 60, std::string_view("\0\0\0\2", 4));
  CHECK(message() == place.file.string() + " has format 2, this version reads format 1; use the Lintel that wrote it, or a newer one");
}

TEST_CASE("hostile content is an error that names what is wrong") {
  const Place place;
  const Blob blob = make_blob(std::string(5000, 'e'));
  {
    auto file = RunFile::create(place.file, make_run(1));
    REQUIRE(file.has_value());
    REQUIRE(file->append(make_observation(0, {blob}), {blob}).has_value());
    REQUIRE(file->finish(time_of("2026-11-21T10:05:00Z"), true).has_value());
  }
  const auto change = [&](std::string_view sql) {
    Database database = *Database::create(place.file);
    REQUIRE(database.execute(sql).has_value());
  };
  const auto change_bytes = [&](std::string_view sql, ByteView bytes) {
    Database database = *Database::create(place.file);
    Statement statement = *database.prepare(sql);
    REQUIRE(statement.bind_bytes(1, bytes).run().has_value());
  };
  const auto error = [&]() -> std::string {
    auto file = RunFile::open(place.file, Access::read);
    if (!file) return file.error().message;
    const auto run = file->load();
    if (!run) return run.error().message;
    const auto bytes = file->read_evidence(blob.sha256);
    return bytes ? "" : bytes.error().message;
  };
  const std::string name = place.file.string() + ": ";
  CHECK(error() == "");
  SUBCASE("evidence of another content") {
    change_bytes("UPDATE blob SET data = ?", compress(make_blob(std::string(5000, 'f')).bytes));
    CHECK(error() == name + "evidence " + blob.sha256 + ": its content has another SHA-256; the file was changed or is damaged");
  }
  SUBCASE("evidence that says it is huge") {
    change("UPDATE blob SET size = 1099511627776");
    CHECK(error() == name + "evidence " + blob.sha256 + ": 1099511627776 bytes are more than the 67108864 allowed here");
  }
  SUBCASE("a bomb that says it is small") {
    change_bytes("UPDATE blob SET data = ?", compress(Bytes(50'000'000)));
    CHECK(error() == name + "evidence " + blob.sha256 + ": compressed data does not hold the 5000 bytes it should");
  }
  SUBCASE("a negative size") {
    change("UPDATE observation SET size = -1");
    CHECK(error() == name + "observation of job " + make_job(0).key + ": a size is negative");
  }
  SUBCASE("an observation that is no JSON") {
    change_bytes("UPDATE observation SET size = 3, data = ?", compress(as_bytes("{{{")));
    CHECK(error().find(name + "observation of job " + make_job(0).key + ": not JSON") == 0);
  }
  SUBCASE("an observation of another shape") {
    change_bytes("UPDATE observation SET size = 2, data = ?", compress(as_bytes("[]")));
    CHECK(error() != "");
  }
  SUBCASE("a table that is a view") {
    change("ALTER TABLE meta RENAME TO other");
    change("CREATE VIEW meta AS WITH RECURSIVE n(key, value) AS (SELECT 'a', 1 UNION ALL SELECT 'a', value + 1 FROM n) SELECT * FROM n");
    CHECK(error() == name + "the file is damaged: unknown table 'other'");
  }
  SUBCASE("a trigger") {
    change("CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM observation; END");
    CHECK(error() == name + "the file is damaged: unknown trigger 't'");
  }
  SUBCASE("a missing table") {
    change("DROP TABLE waiver");
    CHECK(error() == name + "the file is damaged: a table is missing");
  }
  SUBCASE("a missing document") {
    change("DELETE FROM document WHERE name = 'target'");
    CHECK(error() == name + "it has no target");
  }
  SUBCASE("a broken time") {
    change("UPDATE meta SET value = 'noon' WHERE key = 'started'");
    CHECK(error() == name + "its time 'started' is damaged");
  }
  SUBCASE("an unknown kind of item") {
    change("UPDATE job SET kind = 'toaster'");
    CHECK(error() == name + "job " + make_job(0).key + " in it has an unknown kind");
  }
}

TEST_CASE("no damage of the bytes is worse than an error") {
  const Place place;
  const Blob blob = make_blob(std::string(5000, 'e'));
  {
    auto file = RunFile::create(place.file, make_run(4));
    REQUIRE(file.has_value());
    for (int number = 0; number < 4; ++number) REQUIRE(file->append(make_observation(number, {blob}), {blob}).has_value());
    REQUIRE(file->finish(time_of("2026-11-21T10:05:00Z"), true).has_value());
  }
  const std::string good = *read_file(place.file, 1 << 20);
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bad = good;
    if (round % 3 == 0) bad.resize(random() % good.size());  // cut short
    for (int change = 0; change < 1 + round % 8 && !bad.empty(); ++change)
      bad[random() % bad.size()] = static_cast<char>(random());
    std::ofstream(place.file, std::ios::binary) << bad;
    auto file = RunFile::open(place.file, Access::read);
    if (!file) {
      ++refused;
      continue;
    }
    const auto run = file->load();
    const auto bytes = file->read_evidence(blob.sha256);
    if (!run || !bytes) ++refused;
    if (bytes) CHECK(*bytes == blob.bytes);  // never other bytes under this hash
  }
  CHECK(refused > 100);
}

}  // namespace lintel::store
