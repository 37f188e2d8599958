// HTTP as probes need it: every redirect, cookie and header is visible and nothing happens on its own.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/error.h"

namespace lintel::net {

using Headers = std::vector<std::pair<std::string, std::string>>;  // order and repeats kept

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;
};

struct HttpResponse {
  long status = 0;
  Headers headers;
  std::string body;  // capped, see HttpOptions
  WallTime received{};
  long new_connections = 0;  // opened for this request: 0 when an old one was reused
};

struct HttpOptions {
  std::string connect_to;  // address to use for the URL's host; empty: resolve
  std::string ca_file;  // trust anchor; empty: certificate not verified (the tls probe judges certificates)
  std::string certificate_file, key_file;  // of the client, PEM; empty: none
  std::string source;  // address of this machine to send from; empty: the system's choice
  std::size_t body_cap_bytes = 1 << 20;
  std::chrono::milliseconds timeout{10'000};  // one request, connect included
};

// One connection cache, no cookie jar, no redirects followed. Not thread-safe.
class HttpSession {
 public:
  virtual ~HttpSession() = default;
  // Blocks. Errors: timeout, refused, unreachable, closed, reset, protocol (TLS failed, no HTTP), limit (body
  // cap), cancelled.
  virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

// A session over libcurl: HTTP/1.1, keep-alive, no proxy from the environment, no redirect, no cookie, no
// retry with other credentials. cancel and clock must outlive it. Opens nothing yet. A request without a
// Content-Type header sends none. Header names and values with line breaks are refused (invalid_input), as
// are URLs other than http and https. Errors of opening: not_found (CA file), internal.
Result<std::unique_ptr<HttpSession>> open_http(const HttpOptions& options, const Cancel& cancel,
                                               const Clock& clock);

// A date of HTTP or of a cookie, in any form that browsers take (RFC 9110 5.6.7, RFC 6265 5.1.1).
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace lintel::net
