// The probe context that really sends. Everything goes through the scope guard, the asset's gate, the deadline and the stop button; secrets are cut
// out before anything leaves it. One object a job, used by one thread; what it refers to must outlive it.
//
// A sweep of ports is one connection to the gate's eye (the job holds none meanwhile) but has a window of its own: SweepOptions::in_flight, at
// most 1000 on loopback, link-local and private addresses, else 128; the sweep itself shrinks it when the host loses attempts.
#pragma once
#include <functional>
#include <vector>

#include "model/observation.h"
#include "probe/context.h"
#include "scan/asset_gate.h"
#include "scan/scope.h"
#include "scan/secrets.h"
#include "store/run_file.h"

namespace lintel::scan {

constexpr std::size_t kEvidenceCapBytes = 16 << 20;  // of one job
constexpr std::size_t kEvidenceCapCount = 1000;

struct LiveWorld {
  const model::Target& target;
  const model::Asset& asset;
  const model::Item& item;
  const model::Job& job;
  AssetGate& gate;
  Secrets& secrets;
  const Cancel& stop;
  const Clock& clock;
  Deadline deadline;
  std::function<void(std::size_t done, std::size_t total)> progress = {};  // called at most ten times a second
  std::chrono::milliseconds patience{10'000};  // a job that holds a connection waits so long for another one
};

class LiveContext : public probe::Context {
 public:
  explicit LiveContext(LiveWorld world);

  const model::Asset& asset() const override { return world_.asset; }
  const model::Item& item() const override { return world_.item; }
  const Json& params() const override { return world_.job.params; }
  bool intrusive() const override { return world_.target.intrusive; }
  Deadline deadline() const override { return world_.deadline; }
  const Cancel& cancel() const override { return world_.stop; }
  const Clock& clock() const override { return world_.clock; }
  Result<void> wait(std::chrono::milliseconds time) override;
  Result<std::unique_ptr<net::Stream>> dial(const net::Endpoint& endpoint, Deadline deadline) override;
  Result<net::SweepResult> sweep(const std::string& host, const probe::SweepOptions& options) override;
  Result<std::unique_ptr<net::HttpSession>> open_http(const net::HttpOptions& options) override;
  Result<std::string> read_file(const std::string& path, std::size_t cap_bytes) override;
  Result<void> for_each_chunk(const std::string& path, const std::function<Result<void>(ByteView)>& visit) override;
  Result<std::filesystem::path> file_path(const std::string& path) override;
  Result<std::string> secret(const std::string& reference) override;
  void hide(std::string_view secret) override { world_.secrets.add(secret); }
  void keep_evidence(std::string_view name, std::string_view media_type, ByteView bytes, std::vector<std::string> about) override;
  void progress(std::size_t done, std::size_t total) override;

  // For the runner, after the probe has ended.
  std::vector<model::Evidence> evidence;
  std::vector<store::Blob> blobs;
  std::size_t evidence_dropped = 0;  // pieces beyond the caps

 private:
  class Hold;  // one of the gate's connections
  class GuardedStream;
  class GuardedSession;
  Result<std::shared_ptr<Hold>> hold();

  LiveWorld world_;
  Scope scope_;
  int held_ = 0;
  std::size_t evidence_bytes_ = 0;
  Deadline next_progress_ = Deadline::after(std::chrono::seconds(0));
};

}  // namespace lintel::scan
