// Connections of one asset: how many at once, and how long between two. All jobs of the asset share one gate. Thread-safe.
#pragma once
#include <chrono>
#include <mutex>

#include "base/cancel.h"
#include "base/error.h"

namespace lintel::scan {

class AssetGate {
 public:
  AssetGate(int connections, std::chrono::milliseconds gap);
  ~AssetGate();
  AssetGate(const AssetGate&) = delete;
  AssetGate& operator=(const AssetGate&) = delete;

  // Blocks until a connection is free. Each success needs one leave(). Errors: timeout, cancelled.
  Result<void> enter(Deadline deadline, const Cancel& cancel);
  void leave();
  // Blocks until the gap since the last connection is over, and takes this moment for the next one. Errors: timeout, cancelled.
  Result<void> wait_gap(Deadline deadline, const Cancel& cancel);
  int connections() const { return connections_; }

 private:
  const int connections_;
  const std::chrono::milliseconds gap_;
  int free_ = -1;  // an eventfd that counts free connections, so that waiting ends on a cancel too
  std::mutex mutex_;
  Deadline::Steady::time_point next_{};  // earliest moment of the next connection
};

}  // namespace lintel::scan
