#include "scan/live_context.h"

#include <netinet/in.h>

#include <algorithm>
#include <numeric>

#include "base/files.h"
#include "base/text.h"
#include "net/dialer.h"
#include "net/resolver.h"
#include "net/sweep.h"

namespace lintel::scan {
namespace {

constexpr int kSweepNear = 1000;
constexpr int kSweepFar = 128;

// The tester's own network.
bool is_near(const net::Address& address) { return net::is_loopback(address) || net::is_private(address); }

}  // namespace

class LiveContext::Hold {
 public:
  Hold(AssetGate& gate, int& held) : gate_(gate), held_(held) { ++held_; }
  ~Hold() {
    --held_;
    gate_.leave();
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  AssetGate& gate_;
  int& held_;
};

class LiveContext::GuardedStream : public net::Stream {
 public:
  GuardedStream(std::unique_ptr<net::Stream> stream, std::shared_ptr<Hold> hold) : hold_(std::move(hold)), stream_(std::move(stream)) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override { return stream_->read_some(buffer, deadline); }
  Result<void> write_all(ByteView bytes, Deadline deadline) override { return stream_->write_all(bytes, deadline); }

 private:
  std::shared_ptr<Hold> hold_;  // given back after the stream is closed
  std::unique_ptr<net::Stream> stream_;
};

class LiveContext::GuardedSession : public net::HttpSession {
 public:
  GuardedSession(std::unique_ptr<net::HttpSession> session, std::shared_ptr<Hold> hold, LiveContext& context)
      : hold_(std::move(hold)), session_(std::move(session)), context_(context) {}

  Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    TRY(context_.scope_.check_url(request.url));
    if (context_.world_.stop.requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context_.world_.deadline.passed()) return fail(ErrorCode::timeout, "no time left for this job");
    if (dials_) TRY(context_.world_.gate.wait_gap(context_.world_.deadline, context_.world_.stop));
    auto response = session_->send(request);
    // The next request dials when this one broke, or when the server keeps no connection.
    dials_ = !response || says_close(*response) || (asked_ && response->new_connections > 0);
    asked_ = true;
    return response;
  }

 private:
  static bool says_close(const net::HttpResponse& response) {
    return std::ranges::any_of(response.headers, [](const auto& header) {
      return to_lower(header.first) == "connection" && to_lower(header.second) == "close";
    });
  }

  std::shared_ptr<Hold> hold_;
  std::unique_ptr<net::HttpSession> session_;
  LiveContext& context_;
  bool dials_ = true;  // the next request opens a connection, as far as can be known
  bool asked_ = false;
};

LiveContext::LiveContext(LiveWorld world)
    : world_(std::move(world)), scope_(world_.asset, world_.item, world_.target.folder) {}

Result<std::shared_ptr<LiveContext::Hold>> LiveContext::hold() {
  // Waiting for a connection that only this job could give back would last until the deadline.
  if (held_ >= world_.gate.connections())
    return fail(ErrorCode::limit, "the job holds all {} connections that the target allows", world_.gate.connections());
  // Two jobs that hold some and want more would wait for each other: one has to give up.
  const auto entered = world_.gate.enter(held_ == 0 ? world_.deadline : Deadline::earlier(world_.deadline, Deadline::after(world_.patience)), world_.stop);
  if (!entered && held_ > 0 && entered.error().code == ErrorCode::timeout)
    return fail(ErrorCode::limit, "no further connection became free (the target allows {})", world_.gate.connections());
  if (!entered) return tl::unexpected<Error>(entered.error());
  return std::make_shared<Hold>(world_.gate, held_);
}

Result<void> LiveContext::wait(std::chrono::milliseconds time) {
  if (time > world_.deadline.left()) return fail(ErrorCode::timeout, "no time left for this job");
  return wait_for(time, world_.stop);
}

Result<std::unique_ptr<net::Stream>> LiveContext::dial(const net::Endpoint& endpoint, Deadline deadline) {
  TRY(scope_.check_host(endpoint.host));
  // Waiting for a turn is no slowness of the peer: it costs the job's time, never the caller's.
  const auto time = deadline.left();
  auto held = TRY(hold());
  TRY(world_.gate.wait_gap(world_.deadline, world_.stop));
  auto stream = TRY(net::dial(endpoint, Deadline::earlier(Deadline::after(time), world_.deadline), world_.stop));
  return std::make_unique<GuardedStream>(std::move(stream), std::move(held));
}

Result<net::SweepResult> LiveContext::sweep(const std::string& host, const probe::SweepOptions& options) {
  TRY(scope_.check_host(host));
  if (options.first == 0 || options.first > options.last)
    return fail(ErrorCode::invalid_input, "no port range: {}-{}", options.first, options.last);
  const auto addresses = TRY(net::resolve(host, options.first, world_.deadline, world_.stop));
  net::SweepPlan plan;
  plan.ports.resize(static_cast<std::size_t>(options.last - options.first) + 1);
  std::iota(plan.ports.begin(), plan.ports.end(), options.first);
  plan.timeout = options.timeout;
  plan.tries = std::max(1, options.tries);
  plan.in_flight = std::clamp(options.in_flight, 1, is_near(addresses.front()) ? kSweepNear : kSweepFar);
  return net::sweep(addresses.front(), plan, world_.deadline, world_.stop,
                    [this](std::size_t done, std::size_t total) { progress(done, total); });
}

Result<std::unique_ptr<net::HttpSession>> LiveContext::open_http(const net::HttpOptions& options) {
  if (!options.connect_to.empty()) TRY(scope_.check_host(options.connect_to));
  net::HttpOptions live = options;
  for (std::string* file : {&live.ca_file, &live.certificate_file, &live.key_file})
    if (!file->empty()) *file = TRY(scope_.check_file(*file)).string();
  live.timeout = std::min(live.timeout, world_.deadline.left());
  auto held = TRY(hold());
  auto session = TRY(net::open_http(live, world_.stop, world_.clock));
  return std::make_unique<GuardedSession>(std::move(session), std::move(held), *this);
}

Result<std::string> LiveContext::read_file(const std::string& path, std::size_t cap_bytes) {
  return lintel::read_file(TRY(scope_.check_file(path)), cap_bytes);
}

Result<void> LiveContext::for_each_chunk(const std::string& path, const std::function<Result<void>(ByteView)>& visit) {
  return lintel::for_each_chunk(TRY(scope_.check_file(path)), [&](ByteView chunk) -> Result<void> {
    if (world_.stop.requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (world_.deadline.passed()) return fail(ErrorCode::timeout, "{} could not be read in time", path);
    return visit(chunk);
  });
}

Result<std::filesystem::path> LiveContext::file_path(const std::string& path) { return scope_.check_file(path); }

Result<std::string> LiveContext::secret(const std::string& reference) {
  if (reference.starts_with("file:")) TRY(scope_.check_file(reference.substr(5)));
  return world_.secrets.resolve(reference, world_.target.folder);
}

void LiveContext::keep_evidence(std::string_view name, std::string_view media_type, ByteView bytes, std::vector<std::string> about) {
  if (evidence.size() >= kEvidenceCapCount || bytes.size() > kEvidenceCapBytes - evidence_bytes_) {
    ++evidence_dropped;
    return;
  }
  // Neither redacted nor hashed yet: a secret may become known later in the job. The runner does both at its end.
  evidence_bytes_ += bytes.size();
  blobs.push_back({"", Bytes(bytes.begin(), bytes.end())});
  evidence.push_back({std::string(name), std::string(media_type), "", bytes.size(), std::move(about)});
}

void LiveContext::progress(std::size_t done, std::size_t total) {
  if (!world_.progress || !next_progress_.passed()) return;
  next_progress_ = Deadline::after(std::chrono::milliseconds(100));
  world_.progress(done, total);
}

}  // namespace lintel::scan
