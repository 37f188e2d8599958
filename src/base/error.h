// How a function says that it failed: Result<T>, made with fail(), passed on with TRY.
// An Error has a closed code, which a probe turns into its status word, and one sentence that names the thing, the
// place and the next step. Result is [[nodiscard]], which bare tl::expected is not.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace lintel {

enum class ErrorCode {
  invalid_input,  // a document or argument is wrong
  not_found,
  permission,
  io,           // disk, pipe
  timeout,      // deadline passed
  refused,      // connection refused
  unreachable,  // no route, no such host
  closed,       // the peer ended the connection in order
  reset,        // the peer broke the connection
  protocol,     // the peer sent something malformed
  limit,        // a cap on size, depth or count was hit
  cancelled,
  unsupported,
  internal,  // our bug
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

template <class... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

// Puts what was being done in front of an error's message: "profile x.yaml: <message>".
inline tl::unexpected<Error> add_context(const Error& error, std::string_view context) {
  return tl::unexpected<Error>(Error{error.code, fmt::format("{}: {}", context, error.message)});
}

template <class T>
T take_value(Result<T>&& result) {
  return *std::move(result);
}
inline void take_value(Result<void>&&) {}

}  // namespace lintel

// TRY(expression) is the value of a Result, or returns its error from the enclosing function. Not after other members between braces:
// GCC 12 never destroys those already built when the error returns.
#define TRY(...)                                                               \
  __extension__({                                                              \
    auto try_result_ = (__VA_ARGS__);                                          \
    if (!try_result_) return tl::unexpected<::lintel::Error>(std::move(try_result_).error()); \
    ::lintel::take_value(std::move(try_result_));                              \
  })
