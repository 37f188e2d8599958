#include "probe/fake.h"

#include <algorithm>
#include <random>

namespace lintel::probe {
namespace {

class FakeStream : public net::Stream {
 public:
  FakeStream(FakeContext& context, Script script, std::size_t index)
      : context_(context), script_(std::move(script)), index_(index) {
    take(script_({}));
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    if (context_.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (deadline.passed()) return fail(ErrorCode::timeout, "no answer in time");
    if (pending_.empty()) {
      switch (then_) {
        case Answer::Then::stay: return fail(ErrorCode::timeout, "no answer in time");
        case Answer::Then::close: return std::size_t{0};
        case Answer::Then::reset: return fail(ErrorCode::reset, "connection reset by peer");
      }
    }
    const std::size_t count = std::min({buffer.size(), pending_.size(), context_.world.piece_bytes});
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
    std::copy(pending_.begin(), end, buffer.begin());
    pending_.erase(pending_.begin(), end);
    return count;
  }

  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    if (context_.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (deadline.passed()) return fail(ErrorCode::timeout, "could not send in time");
    if (then_ != Answer::Then::stay) return fail(ErrorCode::closed, "the peer has ended the connection");
    Bytes& written = context_.seen.written[index_];
    written.insert(written.end(), bytes.begin(), bytes.end());
    take(script_(bytes));
    return {};
  }

 private:
  void take(const Answer& next) {
    pending_.insert(pending_.end(), next.bytes.begin(), next.bytes.end());
    then_ = next.then;
  }

  FakeContext& context_;
  Script script_;
  std::size_t index_;
  Bytes pending_;
  Answer::Then then_ = Answer::Then::stay;
};

class FakeHttpSession : public net::HttpSession {
 public:
  explicit FakeHttpSession(FakeContext& context) : context_(context) {}

  Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    if (context_.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context_.deadline().passed()) return fail(ErrorCode::timeout, "no answer in time");
    context_.seen.http_requests.push_back(request);
    if (!context_.world.http) return fail(ErrorCode::refused, "connection refused");
    return context_.world.http(request);
  }

 private:
  FakeContext& context_;
};

}  // namespace

Answer garbage(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Answer made;
  for (std::size_t i = 0; i < size; ++i) made.bytes.push_back(static_cast<std::uint8_t>(random()));
  return made;
}

const KeptEvidence* FakeRecord::find_evidence(std::string_view name) const {
  const auto found = std::find_if(evidence.begin(), evidence.end(), [&](const KeptEvidence& kept) { return kept.name == name; });
  return found == evidence.end() ? nullptr : &*found;
}

Result<void> FakeContext::wait(std::chrono::milliseconds time) {
  if (cancel_button.requested()) return fail(ErrorCode::cancelled, "cancelled");
  if (time > world.deadline.left()) return fail(ErrorCode::timeout, "no time left for this job");
  world.clock = FixedClock(world.clock.now() + time);
  return {};
}

Result<std::unique_ptr<net::Stream>> FakeContext::dial(const net::Endpoint& endpoint, Deadline) {
  if (cancel_button.requested()) return fail(ErrorCode::cancelled, "cancelled");
  if (world.network_error) return tl::unexpected<Error>(*world.network_error);
  const auto peer = world.peers.find(endpoint.port);
  if (peer == world.peers.end()) return fail(ErrorCode::refused, "port {}: connection refused", endpoint.port);
  seen.dialed.push_back(endpoint);
  seen.written.emplace_back();
  return std::make_unique<FakeStream>(*this, peer->second(), seen.dialed.size() - 1);
}

Result<net::SweepResult> FakeContext::sweep(const std::string& host, const SweepOptions& options) {
  if (cancel_button.requested()) return fail(ErrorCode::cancelled, "cancelled");
  if (world.network_error) return tl::unexpected<Error>(*world.network_error);
  if (world.sweep) return world.sweep(host, options);
  net::SweepResult result;
  result.alive = true;
  for (const auto& [port, script] : world.peers)
    if (port >= options.first && port <= options.last) result.open.push_back(port);
  result.refused = static_cast<std::uint32_t>(options.last - options.first + 1) - static_cast<std::uint32_t>(result.open.size());
  return result;
}

Result<std::unique_ptr<net::HttpSession>> FakeContext::open_http(const net::HttpOptions& options) {
  if (world.network_error) return tl::unexpected<Error>(*world.network_error);
  seen.http_options.push_back(options);
  return std::make_unique<FakeHttpSession>(*this);
}

Result<std::string> FakeContext::read_file(const std::string& path, std::size_t cap_bytes) {
  std::string content;
  TRY(for_each_chunk(path, [&](ByteView chunk) -> Result<void> {
    if (content.size() + chunk.size() > cap_bytes)
      return fail(ErrorCode::limit, "{} is larger than the {} bytes allowed here", path, cap_bytes);
    content += as_text(chunk);
    return {};
  }));
  return content;
}

Result<void> FakeContext::for_each_chunk(const std::string& path, const std::function<Result<void>(ByteView)>& visit) {
  const auto file = world.files.find(path);
  if (file == world.files.end() && !world.folder.empty()) return lintel::for_each_chunk(world.folder / path, visit);
  if (file == world.files.end()) return fail(ErrorCode::not_found, "can't open {}: No such file or directory", path);
  constexpr std::size_t kPiece = 1 << 20;
  const ByteView all = as_bytes(file->second);
  for (std::size_t at = 0; at < all.size(); at += kPiece) TRY(visit(all.subspan(at, std::min(kPiece, all.size() - at))));
  return {};
}

Result<std::filesystem::path> FakeContext::file_path(const std::string& path) {
  const auto file = world.files.find(path);
  if (file == world.files.end() && !world.folder.empty()) return world.folder / path;
  if (file == world.files.end()) return fail(ErrorCode::not_found, "can't open {}: No such file or directory", path);
  if (!temporary_) temporary_.emplace(TRY(TemporaryFolder::create()));
  const auto place = temporary_->path() / std::filesystem::path(path).filename();
  TRY(write_file(place, file->second));
  return place;
}

Result<std::string> FakeContext::secret(const std::string& reference) {
  const auto found = world.secrets.find(reference);
  if (found != world.secrets.end()) return found->second;
  if (reference.starts_with("env:") || reference.starts_with("file:"))
    return fail(ErrorCode::not_found, "secret {} is not set", reference);
  return reference;
}

void FakeContext::keep_evidence(std::string_view name, std::string_view media_type, ByteView bytes, std::vector<std::string> about) {
  seen.evidence.push_back({std::string(name), std::string(media_type), std::string(as_text(bytes)), std::move(about)});
}

void FakeContext::progress(std::size_t done, std::size_t total) { seen.progress.emplace_back(done, total); }

model::Observation look(const Probe& probe, Context& context) {
  model::Observation observation;
  probe.run(context, observation);
  return observation;
}

}  // namespace lintel::probe
