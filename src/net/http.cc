#include "net/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "base/text.h"
#include "net/address.h"
#include "net/resolver.h"

namespace lintel::net {

namespace {

constexpr std::size_t kHeaderCapBytes = 256 << 10;

// CURL and CURLM are both void, so each handle has its own way to end.
template <auto End>
struct Ended {
  template <class T>
  void operator()(T* handle) const {
    End(handle);
  }
};
using Easy = std::unique_ptr<CURL, Ended<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Ended<curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, Ended<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Ended<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Ended<curl_free>>;

// What the callbacks of one request fill.
struct Receiving {
  HttpResponse response;
  std::size_t header_bytes = 0;
  std::size_t body_cap_bytes = 0;
  std::size_t over_cap_bytes = 0;  // the cap that was hit
};

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& receiving = *static_cast<Receiving*>(user);
  const std::size_t bytes = size * count;
  receiving.header_bytes += bytes;
  if (receiving.header_bytes > kHeaderCapBytes) {
    receiving.over_cap_bytes = kHeaderCapBytes;
    return 0;
  }
  const std::string_view line = trim({data, bytes});
  if (line.starts_with("HTTP/"))
    receiving.response.headers.clear();  // after an interim answer (100, 103)
  else if (const auto colon = line.find(':'); colon != std::string_view::npos)
    receiving.response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  return bytes;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& receiving = *static_cast<Receiving*>(user);
  const std::size_t bytes = size * count;
  if (receiving.response.body.size() + bytes > receiving.body_cap_bytes) {
    receiving.over_cap_bytes = receiving.body_cap_bytes;
    return 0;
  }
  receiving.response.body.append(data, bytes);
  return bytes;
}

bool clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

struct Place {
  std::string host;
  std::uint16_t port = 0;
};

Result<Place> place_of(const std::string& url) {
  const Url parsed(curl_url());
  const auto part = [&](CURLUPart which, unsigned flags) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return std::string();
    return std::string(Text(text).get());
  };
  if (!clean(url) || !parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return fail(ErrorCode::invalid_input, "not a URL: {}", printable(url));
  const std::string scheme = part(CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https")
    return fail(ErrorCode::invalid_input, "{}: only http and https are spoken", printable(url));
  const auto port = parse_unsigned<std::uint16_t>(part(CURLUPART_PORT, CURLU_DEFAULT_PORT));
  Place place{part(CURLUPART_HOST, 0), port.value_or(0)};
  if (place.host.empty() || place.port == 0)
    return fail(ErrorCode::invalid_input, "not a URL: {}", printable(url));
  return place;
}

ErrorCode code_of(CURLcode code, long os_error, bool over_cap) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ErrorCode::unreachable;
    case CURLE_COULDNT_CONNECT:
      return os_error == 0 ? ErrorCode::unreachable : code_of_errno(static_cast<int>(os_error));
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::timeout;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return ErrorCode::closed;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return ErrorCode::reset;
    case CURLE_WRITE_ERROR:
      return over_cap ? ErrorCode::limit : ErrorCode::protocol;
    case CURLE_URL_MALFORMAT:
      return ErrorCode::invalid_input;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_INTERFACE_FAILED:
      return ErrorCode::not_found;
    case CURLE_OUT_OF_MEMORY:
      return ErrorCode::limit;
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
      return ErrorCode::internal;
    default:
      return ErrorCode::protocol;
  }
}

class CurlSession : public HttpSession {
 public:
  CurlSession(HttpOptions options, const Cancel& cancel, const Clock& clock)
      : options_(std::move(options)),
        cancel_(cancel),
        clock_(clock),
        multi_(curl_multi_init()),
        easy_(curl_easy_init()) {}
  ~CurlSession() override { detach(); }

  bool usable() const { return multi_ && easy_; }

  Result<HttpResponse> send(const HttpRequest& request) override {
    const Deadline deadline = Deadline::after(options_.timeout);
    const Place place = TRY(place_of(request.url));
    if (!clean(request.method) || request.method.empty() || request.method.find(' ') != std::string::npos)
      return fail(ErrorCode::invalid_input, "not an HTTP method: {}", printable(request.method));
    const auto headers = TRY(header_list(request));
    Receiving receiving;
    receiving.body_cap_bytes = options_.body_cap_bytes;
    curl_easy_reset(easy_.get());  // keeps the connections
    TRY(set_route(place, deadline));
    set_options(request, headers.get(), receiving);
    const CURLcode code = TRY(transfer(deadline));
    if (code != CURLE_OK) return failure(code, request, receiving);
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &receiving.response.status);
    curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &receiving.response.new_connections);
    receiving.response.received = clock_.now();
    return std::move(receiving.response);
  }

 private:
  // The request's headers; what libcurl would add by itself and nobody asked for is taken out.
  static Result<List> header_list(const HttpRequest& request) {
    List list;
    const auto add = [&](const std::string& line) {
      if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
        [[maybe_unused]] auto* same_list = list.release();
        list.reset(longer);
      }
    };
    bool has_type = false;
    for (const auto& [name, value] : request.headers) {
      if (name.empty() || !clean(name) || !clean(value) || name.find(':') != std::string::npos)
        return fail(ErrorCode::invalid_input, "not an HTTP header: {}", printable(name));
      has_type = has_type || to_lower(name) == "content-type";
      add(value.empty() ? name + ";" : name + ": " + value);  // libcurl's form of an empty header
    }
    if (!has_type) add("Content-Type:");
    add("Expect:");
    return list;
  }

  // Where the URL's host lives. Names go through our resolver, whose wait ends at a cancel; libcurl never
  // asks DNS.
  Result<void> set_route(const Place& place, Deadline deadline) {
    route_.reset();
    resolve_.reset();
    if (!options_.connect_to.empty()) {
      const auto address = TRY(resolve(options_.connect_to, place.port, deadline, cancel_)).front();
      const std::string host = host_of(address);
      route_.reset(curl_slist_append(
          nullptr, (address.family() == AF_INET6 ? "::[" + host + "]:" : "::" + host + ":").c_str()));
      curl_easy_setopt(easy_.get(), CURLOPT_CONNECT_TO, route_.get());
    } else if (!parse_address(place.host, place.port)) {
      const auto addresses = TRY(resolve(place.host, place.port, deadline, cancel_));
      std::string line = fmt::format("{}:{}:", place.host, place.port);
      for (const Address& address : addresses)
        line += (line.back() == ':' ? "" : ",") +
                (address.family() == AF_INET6 ? "[" + host_of(address) + "]" : host_of(address));
      resolve_.reset(curl_slist_append(nullptr, line.c_str()));
      curl_easy_setopt(easy_.get(), CURLOPT_RESOLVE, resolve_.get());
    }
    return {};
  }

  void set_options(const HttpRequest& request, curl_slist* headers, Receiving& receiving) {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &receiving);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &receiving);
    const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
                          request.method == "PATCH";
    if (has_body) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    } else if (request.method == "HEAD") {
      curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // Reaching an old device is wanted here; how it speaks TLS is the tls probe's to judge.
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_0));
    curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
    const bool verify = !options_.ca_file.empty();
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    if (verify) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
      curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    if (!options_.certificate_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_SSLCERT, options_.certificate_file.c_str());
      curl_easy_setopt(easy, CURLOPT_SSLKEY, (options_.key_file.empty() ? options_.certificate_file : options_.key_file).c_str());
    }
    if (!options_.source.empty()) curl_easy_setopt(easy, CURLOPT_INTERFACE, ("host!" + options_.source).c_str());
  }

  // Runs the transfer; the value is libcurl's verdict on it.
  Result<CURLcode> transfer(Deadline deadline) {
    curl_multi_add_handle(multi_.get(), easy_.get());
    attached_ = true;
    Result<CURLcode> outcome = CURLE_OK;
    while (true) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
        outcome = fail(ErrorCode::internal, "HTTP transfer failed");
        break;
      }
      int left = 0;
      if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
          message != nullptr && message->msg == CURLMSG_DONE) {
        outcome = message->data.result;
        break;
      }
      curl_waitfd stop{cancel_.fd(), CURL_WAIT_POLLIN, 0};
      const int wait = static_cast<int>(std::clamp<std::int64_t>(deadline.left().count(), 0, 1000));
      curl_multi_poll(multi_.get(), &stop, 1, wait, nullptr);
      if (stop.revents != 0) {
        outcome = fail(ErrorCode::cancelled, "cancelled");
        break;
      }
      if (deadline.passed()) {
        outcome = CURLE_OPERATION_TIMEDOUT;
        break;
      }
    }
    detach();
    return outcome;
  }

  void detach() {
    if (attached_) curl_multi_remove_handle(multi_.get(), easy_.get());
    attached_ = false;
  }

  Result<HttpResponse> failure(CURLcode code, const HttpRequest& request, const Receiving& receiving) const {
    long os_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    const ErrorCode mapped = code_of(code, os_error, receiving.over_cap_bytes > 0);
    if (receiving.over_cap_bytes > 0)
      return fail(mapped, "{}: the answer's {} larger than {} bytes", printable(request.url),
                  receiving.over_cap_bytes == kHeaderCapBytes ? "headers are" : "body is", receiving.over_cap_bytes);
    if (code == CURLE_OUT_OF_MEMORY)  // its word for a header line beyond its own cap, 100 KiB
      return fail(mapped, "{}: a header line of the answer is too long", printable(request.url));
    return fail(mapped, "{}: {}", printable(request.url), curl_easy_strerror(code));
  }

  const HttpOptions options_;
  const Cancel& cancel_;
  const Clock& clock_;
  // Order matters: the easy handle goes before the multi handle that keeps its connections.
  Multi multi_;
  List route_;
  List resolve_;
  Easy easy_;
  bool attached_ = false;
};

}  // namespace

Result<std::unique_ptr<HttpSession>> open_http(const HttpOptions& options, const Cancel& cancel,
                                               const Clock& clock) {
  std::error_code error;
  if (!options.ca_file.empty() && !std::filesystem::is_regular_file(options.ca_file, error))
    return fail(ErrorCode::not_found, "CA file {}: no such file", options.ca_file);
  static std::once_flag once;  // libcurl's own rule: once in a process
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto session = std::make_unique<CurlSession>(options, cancel, clock);
  if (!session->usable()) return fail(ErrorCode::internal, "libcurl cannot be started");
  return session;
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds == -1) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds));
}

}  // namespace lintel::net
