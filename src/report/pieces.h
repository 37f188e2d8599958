// Small pieces of a document gathered into big ones: a write call for each comma would cost more than the text.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "report/formats.h"

namespace lintel::report {

class Pieces {
 public:
  explicit Pieces(const Write& write) : write_(write) {}
  Result<void> add(std::string_view text) {
    waiting_ += text;
    return waiting_.size() < (1 << 16) ? Result<void>() : flush();
  }
  // Call once at the end.
  Result<void> flush() {
    auto written = write_(waiting_);
    waiting_.clear();
    return written;
  }

 private:
  const Write& write_;
  std::string waiting_;
};

}  // namespace lintel::report
