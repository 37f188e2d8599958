#include "probe/probe.h"

namespace lintel::probe {

model::Status status_of(const Error& error) {
  using model::Status;
  switch (error.code) {
    case ErrorCode::timeout: return Status::timeout;
    case ErrorCode::unreachable: return Status::unreachable;
    case ErrorCode::refused: return Status::refused;
    case ErrorCode::closed:
    case ErrorCode::reset: return Status::closed;
    case ErrorCode::protocol:
    case ErrorCode::limit: return Status::protocol_error;
    case ErrorCode::cancelled: return Status::interrupted;
    case ErrorCode::not_found:
    case ErrorCode::permission:
    case ErrorCode::invalid_input:
    case ErrorCode::io: return Status::not_declared;
    case ErrorCode::unsupported: return Status::not_applicable;
    case ErrorCode::internal: return Status::probe_error;
  }
  return Status::probe_error;
}

}  // namespace lintel::probe
