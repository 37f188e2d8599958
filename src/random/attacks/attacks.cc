#include "random/attacks/attack.h"

namespace lintel::random {

std::span<const Attack> attacks() { return {}; }

}  // namespace lintel::random
