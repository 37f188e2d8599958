// Sending and the transcript: what was asked and answered, in the order of time, as text that a person reads.
#include <fmt/format.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "flow/client.h"

namespace lintel::flow {
namespace {

constexpr std::size_t kBodyShownBytes = 4096;
constexpr std::size_t kTranscriptCapBytes = 4 << 20;

std::string shown_body(const std::string& body) {
  if (body.empty()) return "";
  const bool text = is_utf8(body) && body.find('\0') == std::string::npos;
  if (text && body.size() <= kBodyShownBytes) return body + "\n";
  const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(body));
  return fmt::format("{}[{} bytes, sha256:{}]\n", text ? body.substr(0, kBodyShownBytes) + "\n" : "", body.size(), digest ? to_hex(*digest) : "?");
}

bool same_route(const net::HttpOptions& a, const net::HttpOptions& b) {
  return a.certificate_file == b.certificate_file && a.key_file == b.key_file && a.source == b.source && a.body_cap_bytes == b.body_cap_bytes;
}

}  // namespace

Result<net::HttpResponse> Wire::send(const net::HttpRequest& request, const net::HttpOptions& options, std::string_view who) {
  if (!session_ || !same_route(options, options_)) {
    session_.reset();  // before the next is opened: one connection is all this job needs
    options_ = options;
    options_.body_cap_bytes = body_cap_bytes;
    session_ = TRY(context_.open_http(options_));
  }
  ++requests_;
  const auto response = session_->send(request);
  if (response && watch) watch(request, *response);

  std::string entry = fmt::format("=== {} {}{}{}\n{} {}\n", requests_, who.empty() ? "nobody" : who, options.source.empty() ? "" : " from " + options.source,
                                  options.certificate_file.empty() ? "" : " with " + options.certificate_file, request.method, request.url);
  for (const auto& [name, value] : request.headers) entry += name + ": " + value + "\n";
  entry += "\n" + shown_body(request.body);
  if (response) {
    entry += fmt::format("--- {} HTTP {}\n", format_time(response->received), response->status);
    for (const auto& [name, value] : response->headers) entry += name + ": " + value + "\n";
    entry += "\n" + shown_body(response->body);
  } else {
    entry += fmt::format("--- no answer: {}\n", response.error().message);
  }
  if (transcript_.size() + entry.size() <= kTranscriptCapBytes) transcript_ += entry;
  else ++unwritten_;
  return response;
}

void Wire::keep(std::vector<std::string> about) {
  session_.reset();
  if (unwritten_ > 0) transcript_ += fmt::format("=== {} more exchanges are not written here\n", unwritten_);
  if (!transcript_.empty()) context_.keep_evidence("transcript.txt", "text/plain", as_bytes(printable(transcript_)), std::move(about));
}

}  // namespace lintel::flow
