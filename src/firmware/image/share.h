// How much of some bytes is understood, while parts are opened one inside another. Used by open.cc only.
#pragma once
#include "base/bytes.h"

namespace lintel::firmware {

// Of bytes in memory, or, after scaling, of those they were unpacked from.
struct Share {
  double parsed = 0, padding = 0, high = 0, low = 0;  // bytes
  double sum() const { return parsed + padding + high + low; }
  void add(const Share& other, double factor = 1) {
    parsed += factor * other.parsed;
    padding += factor * other.padding;
    high += factor * other.high;
    low += factor * other.low;
  }
};

double entropy_of(ByteView bytes);      // Shannon, bits a byte
bool is_high(double entropy, std::size_t size);  // as random, encrypted or well compressed bytes are
Share unknown_share(ByteView bytes);    // all high or all low
bool is_uniform(ByteView bytes);        // one byte again and again
// Of a file that no format opens: pictures and sounds are compressed by nature, small files are no hiding place.
Share file_share(ByteView content);

}  // namespace lintel::firmware
