// All that a probe may touch. The live one (scan/) keeps to the target's addresses, limits and secrets; FakeContext (probe/fake.h) serves
// tests from memory. One context per job; not thread-safe.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/target.h"
#include "net/http.h"
#include "net/stream.h"

namespace lintel::probe {

struct SweepOptions {
  std::uint16_t first = 1;
  std::uint16_t last = 65535;
  std::chrono::milliseconds timeout{1000};  // for one try of one port
  int tries = 2;                            // silent ports are asked again
  int in_flight = 1000;                     // the live context lowers it to what the target allows
};

class Context {
 public:
  virtual ~Context() = default;

  // What to look at.
  virtual const model::Asset& asset() const = 0;
  virtual const model::Item& item() const = 0;
  virtual const Json& params() const = 0;  // of the check, completed with the defaults of params.schema.json
  virtual bool intrusive() const = 0;      // whether the target permits what is (Intrusive::partly asks)

  // Time.
  virtual Deadline deadline() const = 0;
  virtual const Cancel& cancel() const = 0;
  virtual const Clock& clock() const = 0;
  // Lets time pass, for what happens by itself: a session that idles, a code that ends. Errors: timeout at once when the deadline comes sooner, cancelled.
  virtual Result<void> wait(std::chrono::milliseconds time) = 0;

  // The network. Only addresses of this asset in the target file; anything else: permission. Blocks for the target's gap and for a free connection,
  // which counts against deadline() only; dial's own deadline is put off by that wait. A job that holds one waits for another for a
  // while only: limit.
  virtual Result<std::unique_ptr<net::Stream>> dial(const net::Endpoint& endpoint, Deadline deadline) = 0;
  virtual Result<net::SweepResult> sweep(const std::string& host, const SweepOptions& options) = 0;
  virtual Result<std::unique_ptr<net::HttpSession>> open_http(const net::HttpOptions& options) = 0;

  // Files that the target names; paths as written there.
  virtual Result<std::string> read_file(const std::string& path, std::size_t cap_bytes) = 0;
  virtual Result<void> for_each_chunk(const std::string& path, const std::function<Result<void>(ByteView)>& visit) = 0;
  virtual Result<std::filesystem::path> file_path(const std::string& path) = 0;  // absolute, for libraries that open it themselves

  // A declared value: `env:NAME` and `file:PATH` are resolved and kept out of every output from then on; other text is returned as it is.
  virtual Result<std::string> secret(const std::string& reference) = 0;
  // A secret learned while looking (a session id, a token): kept out of every output of the scan from now on.
  virtual void hide(std::string_view secret) = 0;

  // Bytes that back facts; kept in the run file under their SHA-256. Known secrets are cut out of text first.
  virtual void keep_evidence(std::string_view name, std::string_view media_type, ByteView bytes, std::vector<std::string> about) = 0;
  // Progress of long work for the terminal, 0..total. May be called often.
  virtual void progress(std::size_t done, std::size_t total) = 0;
};

}  // namespace lintel::probe
