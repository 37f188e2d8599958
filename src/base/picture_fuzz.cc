// identify_picture() on any bytes: it may refuse, and never reads outside.
#include "base/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)lintel::identify_picture({data, size});
  return 0;
}
