// A Context from memory, for unit tests of probes. `world` is what the test sets up, `seen` is what the probe did with it.
// Nothing here waits: a peer that stalls gives `timeout` at once. One thread.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "model/observation.h"
#include "probe/context.h"
#include "probe/probe.h"

namespace lintel::probe {

// What a scripted peer does next: sends these bytes, then keeps the connection (a read past them times out), ends it or breaks it.
struct Answer {
  enum class Then { stay, close, reset };
  Bytes bytes;
  Then then = Then::stay;
};
// Called once when connected, with no bytes (for peers that speak first), then for each write with what was written.
using Script = std::function<Answer(ByteView written)>;

inline Answer answer(std::string_view text, Answer::Then then = Answer::Then::stay) {
  return {Bytes(text.begin(), text.end()), then};
}
inline Answer stall() { return {}; }
inline Answer hang_up() { return {{}, Answer::Then::close}; }
inline Answer break_off() { return {{}, Answer::Then::reset}; }
// The same bytes for the same seed: text that is no protocol at all.
Answer garbage(std::size_t size, unsigned seed = 1);

struct FakeWorld {
  model::Asset asset;
  model::Item item;
  bool intrusive = true;                                          // whether the target permits it
  Json params = Json::object();                                   // complete: the schema's defaults are not applied here
  Deadline deadline = Deadline::after(std::chrono::minutes(1));
  FixedClock clock{*parse_time("2026-11-21T10:00:00Z")};
  std::map<std::uint16_t, std::function<Script()>> peers;         // by port; called for each connection. Other ports: refused
  std::size_t piece_bytes = 1 << 20;                              // most that one read gives; 1 shows a dribbling peer
  std::optional<Error> network_error;                             // every dial, sweep and open_http fails with it
  std::function<Result<net::SweepResult>(const std::string& host, const SweepOptions&)> sweep;  // default: the peers' ports are open
  std::function<Result<net::HttpResponse>(const net::HttpRequest&)> http;                      // default: refused
  std::map<std::string, std::string> files;                       // by path as written in the item
  std::filesystem::path folder;                                   // where paths not in `files` are looked up; empty: nowhere
  std::map<std::string, std::string> secrets;                     // by reference: {"env:KEY", "value"}
};

struct KeptEvidence {
  std::string name, media_type, bytes;
  std::vector<std::string> about;
};

struct FakeRecord {
  std::vector<net::Endpoint> dialed;
  std::vector<Bytes> written;                                     // per connection, in the order of `dialed`
  std::vector<net::HttpOptions> http_options;
  std::vector<net::HttpRequest> http_requests;
  std::vector<std::string> hidden;
  std::vector<KeptEvidence> evidence;
  std::vector<std::pair<std::size_t, std::size_t>> progress;      // done, total
  const KeptEvidence* find_evidence(std::string_view name) const;
};

class FakeContext : public Context {
 public:
  FakeWorld world;
  FakeRecord seen;
  Cancel cancel_button;

  const model::Asset& asset() const override { return world.asset; }
  const model::Item& item() const override { return world.item; }
  const Json& params() const override { return world.params; }
  bool intrusive() const override { return world.intrusive; }
  Deadline deadline() const override { return world.deadline; }
  const Cancel& cancel() const override { return cancel_button; }
  const Clock& clock() const override { return world.clock; }
  Result<void> wait(std::chrono::milliseconds time) override;  // puts the clock forward
  Result<std::unique_ptr<net::Stream>> dial(const net::Endpoint& endpoint, Deadline deadline) override;
  Result<net::SweepResult> sweep(const std::string& host, const SweepOptions& options) override;
  Result<std::unique_ptr<net::HttpSession>> open_http(const net::HttpOptions& options) override;
  Result<std::string> read_file(const std::string& path, std::size_t cap_bytes) override;
  Result<void> for_each_chunk(const std::string& path, const std::function<Result<void>(ByteView)>& visit) override;
  Result<std::filesystem::path> file_path(const std::string& path) override;
  Result<std::string> secret(const std::string& reference) override;
  void hide(std::string_view secret) override { seen.hidden.emplace_back(secret); }
  void keep_evidence(std::string_view name, std::string_view media_type, ByteView bytes, std::vector<std::string> about) override;
  void progress(std::size_t done, std::size_t total) override;

 private:
  std::optional<TemporaryFolder> temporary_;
};

// Runs a probe on the context and gives what it observed.
model::Observation look(const Probe& probe, Context& context);

}  // namespace lintel::probe
