#include "random/attacks/attack.h"

#include "random/attacks/counter.h"
#include "random/attacks/duplicates.h"
#include "random/attacks/hash_of_clock.h"
#include "random/attacks/hash_of_number.h"
#include "random/attacks/jwt.h"
#include "random/attacks/lagged.h"
#include "random/attacks/linear.h"
#include "random/attacks/mersenne_bits.h"
#include "random/attacks/mersenne_rejection.h"
#include "random/attacks/mersenne_twister.h"
#include "random/attacks/mixed_counter.h"
#include "random/attacks/overlap.h"
#include "random/attacks/pcg32.h"
#include "random/attacks/seeds.h"
#include "random/attacks/truncated_lcg.h"
#include "random/attacks/unknown_lcg.h"
#include "random/attacks/v8_random.h"

namespace lintel::random {

std::span<const Attack> attacks() {
  static constexpr Attack list[] = {
      {"counter", Cost::quick, attack_counter, nullptr},
      {"mixed_counter", Cost::quick, attack_mixed_counter, nullptr},
      {"unknown_lcg", Cost::quick, attack_unknown_lcg, nullptr},
      {"truncated_lcg", Cost::quick, attack_truncated_lcg, nullptr},
      {"lagged", Cost::quick, attack_lagged, nullptr},
      {"v8_random", Cost::quick, attack_v8_random, nullptr},
      {"mersenne_twister", Cost::quick, attack_mersenne_twister, nullptr},
      {"mersenne_bits", Cost::quick, attack_mersenne_bits, nullptr},
      {"mersenne_rejection", Cost::quick, attack_mersenne_rejection, nullptr},
      {"linear", Cost::quick, attack_linear, nullptr},
      {"pcg32", Cost::quick, attack_pcg32, nullptr},
      {"jwt", Cost::quick, nullptr, search_jwt},
      {"overlap", Cost::quick, nullptr, search_overlap},
      {"hash_of_clock", Cost::quick, nullptr, search_hash_of_clock},
      {"hash_of_number", Cost::quick, nullptr, search_hash_of_number},
      {"time_seeds", Cost::quick, nullptr, search_time_seeds},
      {"duplicates", Cost::quick, nullptr, search_duplicates},
      {"hash_of_any_number", Cost::deep, nullptr, search_hash_of_any_number},
      {"any_seeds", Cost::deep, nullptr, search_any_seeds},
  };
  return list;
}

}  // namespace lintel::random
