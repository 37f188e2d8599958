// The run file NAME.lintel: one SQLite database that holds a whole run. Scans write it, judge, report and export read it.
//
// Format 1. application_id 0x4C4E544C ("LNTL"), user_version 1 at offsets 68 and 60 of the file, big-endian. Times are RFC 3339 text;
// JSON is canonical (one line, keys sorted, UTF-8). "packed" means: data is one zstd frame, size the bytes it holds.
//
//   meta         key TEXT, value TEXT      id, tool_version, host, started, finished (absent while scanning), complete ("0" or "1"),
//                                          profile_sha256
//   document     name TEXT, size, data     packed JSON: target, profile, checks, facts_schemas (by probe), ics and ixit where the target names them (all as they were
//                                          when the scan began), judgement (Verdicts without its clauses) and lab
//   job          position, key TEXT, probe, asset, kind, item TEXT, params, checks TEXT (JSON)     the plan, in its order
//   observation  job TEXT, status TEXT, size, data      packed JSON of model::Observation
//   blob         sha256 TEXT, size, data   packed evidence, once for each content
//   attestation  position, data TEXT       JSON
//   waiver       position, data TEXT       JSON
//   verdict      position, clause, verdict, reason TEXT, size, data     packed JSON of model::ClauseVerdict
//
// While scanning it is in WAL mode under an exclusive lock, and each observation is one synchronous transaction together with its evidence:
// kill -9 or a power cut loses at most the jobs in flight. finish() folds everything into the one file. A file that was left behind
// unfinished has NAME.lintel-wal beside it; opening folds that in, or reads a private copy where the folder can't be written or has no room.
//
// A sealed run has a block of bytes behind the database (seal_block.h); it opens for reading only, and nothing may lie beside it.
//
// A run file is hostile like anything else: the schema must be ours word for word, sizes are capped before memory is taken, evidence is
// checked against its SHA-256 on every read.
// Errors of all functions: io (disk full, read failed), permission, refused (another process is scanning into it; it is sealed), invalid_input (no run file, damaged,
// newer format), limit, not_found. Messages name the file. Not thread-safe.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "model/run.h"
#include "store/sqlite.h"

namespace lintel::store {

// Evidence as a probe hands it over: what the observation says of it, and the bytes.
struct Blob {
  std::string sha256;
  Bytes bytes;
};

constexpr std::size_t kBlobCapBytes = model::kEvidenceCapBytes;
constexpr std::size_t kObservationCapBytes = 16 << 20;  // JSON of one observation
constexpr std::size_t kDocumentCapBytes = 64 << 20;     // JSON of target, profile, checks, judgement
constexpr std::size_t kRunCapBytes = 1 << 30;           // JSON of all of it

class RunFile {
 public:
  // Writes what `run` holds except observations and verdicts, and the evidence of its attestations, ICS and IXIT, and keeps the file open for appending. The file appears
  // under its name only when it is whole. Errors: invalid_input when the path exists.
  static Result<RunFile> create(const std::filesystem::path& path, const model::Run& run, const std::vector<Bytes>& evidence = {});
  static Result<RunFile> open(const std::filesystem::path& path, Access access);

  // The rest requires Access::write, except where something is only read.

  // One observation of a planned job with the bytes of its evidence, durable on return. Replaces an interrupted one; invalid_input when the job
  // has another observation already or is not in the plan, or when evidence is named whose bytes are neither here nor in the file.
  Result<void> append(const model::Observation& observation, const std::vector<Blob>& evidence);
  // Keeps bytes that an attestation refers to; gives their SHA-256.
  Result<std::string> keep(ByteView bytes);
  Result<void> set_assessments(const std::vector<model::Attestation>& attestations, const std::vector<model::Waiver>& waivers);
  // What its pictures and its source refer to has to be kept before.
  Result<void> set_lab(const model::Lab& lab);
  Result<void> set_verdicts(const model::Verdicts& verdicts);
  // Ends a scan, complete or not: drops blobs that nothing refers to, and leaves one file without neighbours. It stays open.
  Result<void> finish(WallTime finished, bool complete);

  // All but the evidence bytes.
  Result<model::Run> load();
  Result<Bytes> read_evidence(const std::string& sha256);
  // Every row by digest: manifest.h.
  Result<std::vector<std::string>> row_lines();
  // The plan alone, for a file whose observations can't be read any more.
  Result<std::vector<model::Job>> load_jobs();
  // The clauses of the verdicts by position, likewise.
  Result<std::map<std::int64_t, std::string>> verdict_clauses();

  const std::filesystem::path& path() const { return path_; }

 private:
  RunFile(std::filesystem::path path, Database database) : path_(std::move(path)), database_(std::move(database)) {}
  tl::unexpected<Error> named(const Error& error) const;
  Result<void> drop_orphans();

  std::filesystem::path path_;
  std::optional<TemporaryFolder> copy_;  // where an unfinished file in a read-only place is read
  Database database_;
};

// The lower-case SHA-256 by which evidence is addressed.
std::string sha256_hex(ByteView bytes);

}  // namespace lintel::store
