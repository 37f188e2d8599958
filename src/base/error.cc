#include "base/error.h"

namespace lintel {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input: return "invalid_input";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::permission: return "permission";
    case ErrorCode::io: return "io";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::refused: return "refused";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::closed: return "closed";
    case ErrorCode::reset: return "reset";
    case ErrorCode::protocol: return "protocol";
    case ErrorCode::limit: return "limit";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

}  // namespace lintel
