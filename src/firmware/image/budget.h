// What reading one image may cost. Every format takes from one Budget before it allocates, so that a bomb in any layer, or in all of them
// together, ends at the same caps. What was hit stays noted: an image that was not read to its end supports no "there is none".
#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "base/cancel.h"

namespace lintel::firmware {

struct Caps {
  std::uint64_t unpacked_bytes = 1ULL << 30;  // decompressed, over all layers
  std::uint64_t ratio = 300;                  // unpacked_bytes is at most this times the image's size, but never below 64 MiB
  std::uint64_t searched_bytes = 8ULL << 30;  // for magics: parts may overlap, and each is searched
  std::uint64_t files = 200'000;
  std::uint64_t parts = 20'000;
  int depth = 8;
  std::uint64_t file_bytes = 64ULL << 20;  // what is read of one file
};

class Budget {
 public:
  Budget(const Caps& caps, std::uint64_t image_bytes, Deadline deadline, const Cancel& cancel);

  // Errors: limit, and as alive(). Nothing is taken then.
  Result<void> unpack(std::uint64_t bytes);
  Result<void> search(std::uint64_t bytes);
  Result<void> add_file();
  Result<void> add_part();
  Result<void> enter(int depth);
  // Errors: timeout, cancelled. Cheap; formats ask in every loop over what an image says.
  Result<void> alive();
  std::uint64_t file_bytes() const { return caps_.file_bytes; }
  std::uint64_t unpacked() const { return unpacked_; }
  std::uint64_t unpack_left() const { return caps_.unpacked_bytes - unpacked_; }
  // The names of the caps that were hit: "unpacked bytes", "searched bytes", "files", "parts", "depth", "time".
  const std::set<std::string>& hit() const { return hit_; }

 private:
  Result<void> take(std::uint64_t& used, std::uint64_t count, std::uint64_t cap, const char* name);
  Caps caps_;
  Deadline deadline_;
  const Cancel& cancel_;
  std::uint64_t unpacked_ = 0, searched_ = 0, files_ = 0, parts_ = 0;
  unsigned asked_ = 0;
  std::set<std::string> hit_;
};

}  // namespace lintel::firmware
