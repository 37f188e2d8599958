#include "store/run_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crypto/digest.h"
#include "data/json.h"
#include "store/format.h"
#include "store/manifest.h"
#include "store/pack.h"
#include "store/seal_block.h"
#include "store/zstd.h"

namespace lintel::store {
namespace fs = std::filesystem;
namespace {

Result<void> put_meta(Database& database, std::string_view key, std::string_view value) {
  return TRY(database.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)")).bind(1, key).bind(2, value).run();
}

Result<void> put_document(Database& database, std::string_view name, const Json& json) {
  const Packed packed = pack(json);
  if (static_cast<std::size_t>(packed.size_bytes) > kDocumentCapBytes)
    return fail(ErrorCode::limit, "the {} is larger than {} bytes", name, kDocumentCapBytes);
  return TRY(database.prepare("INSERT OR REPLACE INTO document VALUES (?, ?, ?)"))
      .bind(1, name).bind(2, packed.size_bytes).bind_bytes(3, packed.frame).run();
}

// Rows of (position, JSON).
template <class Item>
Result<void> put_list(Database& database, const std::string& table, const std::vector<Item>& items) {
  TRY(database.execute("DELETE FROM " + table));
  Statement row = TRY(database.prepare("INSERT INTO " + table + " VALUES (?, ?)"));
  std::int64_t position = 0;
  for (const Item& item : items) TRY(row.bind(1, position++).bind(2, dump_json(Json(item))).run());
  return {};
}

Result<void> put_jobs(Database& database, const std::vector<model::Job>& jobs) {
  Statement row = TRY(database.prepare("INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  std::int64_t position = 0;
  for (const model::Job& job : jobs)
    TRY(row.bind(1, position++).bind(2, job.key).bind(3, job.probe).bind(4, job.asset).bind(5, model::name_of(job.kind)).bind(6, job.item)
            .bind(7, dump_json(job.params)).bind(8, dump_json(Json(job.checks))).run());
  return {};
}

Result<void> keep_blob(Database& database, const Blob& blob) {
  if (blob.bytes.size() > kBlobCapBytes) return fail(ErrorCode::limit, "evidence of {} bytes; the cap is {}", blob.bytes.size(), kBlobCapBytes);
  const Bytes frame = compress(blob.bytes);
  Statement row = TRY(database.prepare("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)"));
  return row.bind(1, blob.sha256).bind(2, static_cast<std::int64_t>(blob.bytes.size())).bind_bytes(3, frame).run();
}

Result<void> fill(Database& database, const model::Run& run, const std::vector<Bytes>& evidence) {
  TRY(create_schema(database));
  TRY(put_meta(database, "id", run.id));
  TRY(put_meta(database, "tool_version", run.tool_version));
  TRY(put_meta(database, "host", run.host));
  TRY(put_meta(database, "started", format_time(run.started)));
  TRY(put_meta(database, "complete", "0"));
  TRY(put_meta(database, "profile_sha256", run.profile_sha256));
  TRY(put_document(database, "target", Json(run.target)));
  TRY(put_document(database, "profile", Json(run.profile)));
  TRY(put_document(database, "checks", Json(run.checks)));
  TRY(put_document(database, "facts_schemas", Json(run.facts_schemas)));
  if (run.ics) TRY(put_document(database, "ics", Json(*run.ics)));
  if (run.ixit) TRY(put_document(database, "ixit", Json(*run.ixit)));
  if (run.lab) TRY(put_document(database, "lab", Json(*run.lab)));
  TRY(put_jobs(database, run.jobs));
  TRY(put_list(database, "attestation", run.attestations));
  for (const Bytes& bytes : evidence) TRY(keep_blob(database, {sha256_hex(bytes), bytes}));
  return put_list(database, "waiver", run.waivers);
}

struct Descriptor {
  int fd = -1;
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// Makes the unfinished file, empty, and locks it: of two scans begun at once, neither may remove or name what the other still fills.
// Also, SQLite would say ENOENT where the folder may not be written.
Result<void> begin_new(Descriptor& file, const fs::path& path) {
  file.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
  if (file.fd < 0)
    return fail(errno == EACCES || errno == EPERM || errno == EROFS ? ErrorCode::permission : ErrorCode::io, "can't create it: {}", std::strerror(errno));
  const auto taken = [] { return fail(ErrorCode::refused, "another scan is making it"); };
  if (flock(file.fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return taken();
  struct stat mine {}, named {};
  if (fstat(file.fd, &mine) != 0 || lstat(path.c_str(), &named) != 0 || mine.st_ino != named.st_ino) return taken();  // finished meanwhile
  std::error_code ignored;
  fs::remove(path.string() + "-journal", ignored);  // this and the content: what a killed scan left
  if (ftruncate(file.fd, 0) != 0) return fail(ErrorCode::io, "can't create it: {}", std::strerror(errno));
  return {};
}

Result<void> write_new(const fs::path& path, const model::Run& run, const std::vector<Bytes>& evidence) {
  Database database = TRY(Database::create(path));
  Transaction transaction = TRY(Transaction::begin(database));
  TRY(fill(database, run, evidence));
  return transaction.commit();
}

bool has_neighbours(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path.string() + "-wal", ignored) || fs::exists(path.string() + "-journal", ignored);
}

// Brings a file that a killed scan left behind into one piece.
Result<void> fold(const fs::path& path) {
  Database database = TRY(Database::open(path, Access::write));
  return database.execute("PRAGMA journal_mode = DELETE");
}

Result<fs::path> copy_files(const fs::path& path, const fs::path& folder) {
  for (const char* suffix : {"", "-wal", "-journal"}) {
    std::error_code error;
    if (*suffix != 0 && !fs::exists(path.string() + suffix, error)) continue;
    fs::copy_file(path.string() + suffix, folder / (std::string("run.lintel") + suffix), error);
    if (error) return fail(ErrorCode::io, "can't copy it for reading: {}", error.message());
    fs::permissions(folder / (std::string("run.lintel") + suffix), fs::perms::owner_read | fs::perms::owner_write, error);
  }
  return folder / "run.lintel";
}

// WAL, synchronous: a committed observation survives a power cut.
Result<void> prepare_writing(Database& database) {
  TRY(database.execute("PRAGMA journal_mode = WAL"));
  return database.execute("PRAGMA synchronous = FULL");
}

}  // namespace

std::string sha256_hex(ByteView bytes) {
  const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, bytes);
  return digest ? to_hex(*digest) : std::string();  // SHA-256 is always there; an empty address would match nothing
}

tl::unexpected<Error> RunFile::named(const Error& error) const { return add_context(error, path_.string()); }

static Result<void> make(const fs::path& path, const model::Run& run, const std::vector<Bytes>& evidence) {
  std::error_code ignored;
  const auto exists = [&] { return fail(ErrorCode::invalid_input, "{} exists already; continue it with --resume, or choose another name", path.string()); };
  if (fs::exists(fs::symlink_status(path, ignored))) return exists();
  const fs::path partial = path.string() + ".partial";
  Descriptor lock;
  if (const auto begun = begin_new(lock, partial); !begun) return add_context(begun.error(), path.string());
  auto written = write_new(partial, run, evidence);
  if (written && renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) {
      fs::remove(partial, ignored);
      return exists();
    }
    if (errno != EINVAL || rename(partial.c_str(), path.c_str()) != 0)  // EINVAL: a file system without NOREPLACE
      written = fail(ErrorCode::io, "can't give the file its name (errno {})", errno);
  }
  if (!written) {
    fs::remove(partial, ignored);
    return add_context(written.error(), path.string());
  }
  return {};
}

Result<RunFile> RunFile::create(const fs::path& path, const model::Run& run, const std::vector<Bytes>& evidence) {
  TRY(make(path, run, evidence));  // its descriptor is closed by now: closing it later would drop SQLite's locks
  return open(path, Access::write);
}

Result<RunFile> RunFile::open(const fs::path& path, Access access) {
  TRY(check_header(path));
  if (TRY(find_seal(path))) {
    if (access == Access::write)
      return fail(ErrorCode::refused, "{} is sealed and stays as it is; --break-seal takes the seal off", path.string());
    if (has_neighbours(path))
      return fail(ErrorCode::invalid_input, "a journal lies beside the sealed {}; SQLite would read it into the run: take {}-wal or {}-journal away",
                  path.string(), path.string(), path.string());
  }
  const auto try_open = [&]() -> Result<RunFile> {
    std::optional<TemporaryFolder> copy;
    fs::path place = path;
    if (access == Access::read && has_neighbours(path)) {
      auto folded = fold(path);
      const bool no_room = !folded && (folded.error().code == ErrorCode::permission || folded.error().code == ErrorCode::io);
      if (!folded && !no_room) return tl::unexpected(folded.error());
      if (no_room) {  // the place can't be written, or its disk is full
        copy.emplace(TRY(TemporaryFolder::create()));
        place = TRY(copy_files(path, copy->path()));
        TRY(fold(place));
      }
    }
    Database database = TRY(Database::open(place, access));
    RunFile file(path, std::move(database));
    if (copy) file.copy_.emplace(std::move(*copy));
    TRY(check_schema(file.database_));
    if (access == Access::write) TRY(prepare_writing(file.database_));
    return file;
  };
  auto file = try_open();
  if (!file) return add_context(file.error(), path.string());
  return file;
}

Result<std::vector<std::string>> RunFile::row_lines() {
  auto lines = store::row_lines(database_);
  if (!lines) return named(lines.error());
  return lines;
}

Result<void> RunFile::append(const model::Observation& observation, const std::vector<Blob>& evidence) {
  const auto write = [&]() -> Result<void> {
    const Packed packed = pack(Json(observation));
    if (static_cast<std::size_t>(packed.size_bytes) > kObservationCapBytes)
      return fail(ErrorCode::limit, "observation of {} bytes; the cap is {}", packed.size_bytes, kObservationCapBytes);
    Transaction transaction = TRY(Transaction::begin(database_));
    for (const Blob& blob : evidence) TRY(keep_blob(database_, blob));
    Statement known = TRY(database_.prepare("SELECT 1 FROM blob WHERE sha256 = ?"));
    for (const model::Evidence& named : observation.evidence) {
      if (!TRY(known.bind(1, named.sha256).step())) return fail(ErrorCode::invalid_input, "evidence '{}' comes without its bytes", named.name);
      known.reset();
    }
    Statement planned = TRY(database_.prepare("SELECT 1 FROM job WHERE key = ?"));
    if (!TRY(planned.bind(1, observation.job.key).step())) return fail(ErrorCode::invalid_input, "no such job in the plan: {}", observation.job.key);
    planned.reset();
    Statement row = TRY(database_.prepare("INSERT INTO observation VALUES (?, ?, ?, ?) ON CONFLICT (job) DO UPDATE SET status = excluded.status, "
                                          "size = excluded.size, data = excluded.data WHERE observation.status = 'interrupted'"));
    row.bind(1, observation.job.key).bind(2, model::name_of(observation.status)).bind(3, packed.size_bytes).bind_bytes(4, packed.frame);
    TRY(row.run());
    if (database_.changes() != 1) return fail(ErrorCode::invalid_input, "job {} has an observation already", observation.job.key);
    return transaction.commit();
  };
  auto written = write();
  if (!written) return named(written.error());
  return {};
}

Result<std::string> RunFile::keep(ByteView bytes) {
  Blob blob{sha256_hex(bytes), Bytes(bytes.begin(), bytes.end())};
  auto kept = keep_blob(database_, blob);
  if (!kept) return named(kept.error());
  return blob.sha256;
}

Result<void> RunFile::set_assessments(const std::vector<model::Attestation>& attestations, const std::vector<model::Waiver>& waivers) {
  const auto write = [&]() -> Result<void> {
    Transaction transaction = TRY(Transaction::begin(database_));
    TRY(put_list(database_, "attestation", attestations));
    TRY(put_list(database_, "waiver", waivers));
    return transaction.commit();
  };
  auto written = write();
  if (!written) return named(written.error());
  return {};
}

Result<void> RunFile::set_lab(const model::Lab& lab) {
  auto written = put_document(database_, "lab", Json(lab));
  if (!written) return named(written.error());
  return {};
}

Result<void> RunFile::set_verdicts(const model::Verdicts& verdicts) {
  const auto write = [&]() -> Result<void> {
    Json judgement = verdicts;
    const Json clauses = std::move(judgement["clauses"]);
    judgement.erase("clauses");
    Transaction transaction = TRY(Transaction::begin(database_));
    TRY(put_document(database_, "judgement", judgement));
    TRY(database_.execute("DELETE FROM verdict"));
    Statement row = TRY(database_.prepare("INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?)"));
    std::int64_t position = 0;
    for (const Json& clause : clauses) {
      const Packed packed = pack(clause);
      TRY(row.bind(1, position++).bind(2, text_or(clause, "clause")).bind(3, text_or(clause, "verdict")).bind(4, text_or(clause, "reason"))
              .bind(5, packed.size_bytes).bind_bytes(6, packed.frame).run());
    }
    return transaction.commit();
  };
  auto written = write();
  if (!written) return named(written.error());
  return {};
}

Result<void> RunFile::finish(WallTime finished, bool complete) {
  const auto write = [&]() -> Result<void> {
    Transaction transaction = TRY(Transaction::begin(database_));
    TRY(put_meta(database_, "finished", format_time(finished)));
    TRY(put_meta(database_, "complete", complete ? "1" : "0"));
    TRY(drop_orphans());
    TRY(transaction.commit());
    TRY(database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    TRY(database_.execute("PRAGMA journal_mode = DELETE"));
    // Under an exclusive lock SQLite keeps the (empty) journal file; giving the lock up removes it.
    TRY(database_.execute("PRAGMA locking_mode = NORMAL"));
    return database_.execute("SELECT count(*) FROM meta");
  };
  auto written = write();
  if (!written) return named(written.error());
  return {};
}

}  // namespace lintel::store
