// What a probe saw: typed facts, evidence with hashes, and how the look ended. Facts learned are kept even when it ended badly.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json.h"
#include "model/enums.h"

namespace lintel::model {

constexpr std::size_t kEvidenceCapBytes = 64 << 20;  // one piece of evidence kept in a run file

struct Evidence {
  std::string name;        // "server-hello-ssl3.bin"
  std::string media_type;  // "application/octet-stream", "text/plain"
  std::string sha256;      // address of the bytes in the run file
  std::size_t size_bytes = 0;
  std::vector<std::string> about{};  // fact paths it backs ("versions.ssl3"); empty: all of them
  bool kept = true;        // false: the run file holds only name, size and hash; the assessor keeps the bytes
};

// One job = one probe on one item with one set of parameters; clauses share it.
struct Job {
  std::string key;  // sha256 over probe, asset, kind, item, parameters: stable across runs of one target
  std::string probe;
  std::string asset;
  ItemKind kind = ItemKind::host;
  std::string item;
  Json params = Json::object();
  std::vector<std::string> checks;  // ids of the checks that are judged on it; not part of the key
};

struct Observation {
  Job job;
  std::string probe_version;
  Status status = Status::ok;
  std::string message;  // why the status is not ok; for people
  Json facts = Json::object();
  std::vector<Evidence> evidence;
  std::vector<std::string> notes;  // strange behaviour of the peer, by name
  WallTime started{};
  WallTime finished{};
};

void to_json(Json& json, const Evidence& evidence);
void from_json(const Json& json, Evidence& evidence);
void to_json(Json& json, const Job& job);
void from_json(const Json& json, Job& job);
void to_json(Json& json, const Observation& observation);
void from_json(const Json& json, Observation& observation);

}  // namespace lintel::model
