// Known answers. Reference: NIST STS 2.1.2, its doubles printed with 17 digits, on the binary digits of pi and e; the first of its sequences of
// 100,000, 20,000 or 4,096 bits. tests/suites has the whole suite on a million bits.
#include "random/sp800_22/sp800_22.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string_view>

#include "random/statistics/test_constants.h"

using namespace lintel::random;
using namespace lintel::random::sp800_22;
using statistics::bits_of_e, statistics::bits_of_pi, statistics::bits_of_text, statistics::plan_fourier;

namespace {

constexpr double kNear = 1e-9;

bool near(const Outcome& outcome, double p) { return outcome.p && std::fabs(*outcome.p - p) < kNear; }

struct Known {
  double entropy, block, forward, reverse, spectral, frequency, complexity, longest, templates[4], overlapping, rank, runs, serial[2];
};

void check(const Bits& bits, const Known& known) {
  const Outcomes both = serial_and_entropy(bits, 16, 10), sums = cumulative_sums(bits), templates = non_overlapping_templates(bits, 9);
  CHECK(near(both[0], known.serial[0]));
  CHECK(near(both[1], known.serial[1]));
  CHECK(near(both[2], known.entropy));
  CHECK(near(block_frequency(bits, 128), known.block));
  CHECK(near(sums[0], known.forward));
  CHECK(near(sums[1], known.reverse));
  CHECK(near(spectral(bits, plan_fourier(bits.size)), known.spectral));
  CHECK(near(frequency(bits), known.frequency));
  CHECK(near(linear_complexity(bits, 500), known.complexity));
  CHECK(near(longest_run_of_ones(bits), known.longest));
  for (std::size_t i = 0; i < 4; ++i) CHECK(near(templates[i], known.templates[i]));
  CHECK(near(overlapping_templates(bits, 9), known.overlapping));
  CHECK(near(rank(bits), known.rank));
  CHECK(near(runs(bits), known.runs));
}

}  // namespace

TEST_CASE("100,000 bits of pi and of e") {
  check(bits_of_pi(100000), {0.6078342321988582, 0.5575901783705164, 0.3959300910581325, 0.7626664191904533, 0.08165851558521563, 0.6173286786345022, 0.028114390236281213,
                             0.9482391608190577, {0.564585554619763, 0.5296539572702593, 0.9110620395674316, 0.4741237317538515}, 0.9964254604303303, 0.6256350567025583,
                             0.17414869423469986, {0.8651904848665427, 0.32698252927512655}});
  check(bits_of_e(100000), {0.9178514303872838, 0.1819609769138152, 0.14293396662625302, 0.21085507108222168, 0.976849397285314, 0.10957362933455947, 0.7557028187520197,
                            0.07065292969389514, {0.36258226279861905, 0.28463965717709555, 0.29356129030466616, 0.8761178831188131}, 0.23664868407953846, 0.5320686208924519,
                            0.4854955964425537, {0.6804702149860284, 0.32763379479442667}});
}

TEST_CASE("shorter sequences, other classes of the longest run") {
  check(bits_of_pi(20000), {0.19062233848879356, 0.42231394969949626, 0.8156229765704328, 0.9172886102561788, 0.24280909147329183, 0.640721345025641, 0.14008367931692747,
                            0.8641424857173465, {0.7160754709570056, 0.9439936531518254, 0.1845691784444474, 0.5146050324510135}, 0.791467582370951, 0.05153182878552516,
                            0.7568725514120402, {0.5040676385550775, 0.34408437330022634}});
  check(bits_of_pi(4096), {3.6700232715268216e-09, 0.4513212538262597, 0.15491733028813592, 0.1657027438670522, 0.8185458083820536, 0.09150724992348226, 0.9196596035746403,
                           0.13778554265189027, {0.7423602227332864, 0.8443328433728507, 0.4069123156152868, 0.9338494076101064}, 0.830234202363479, 0.4134686163105762,
                           0.629571568567042, {0.05952321228223573, 0.12550478328425352}});
}

TEST_CASE("the worked examples of the publication, six digits") {
  const Bits pi = bits_of_pi(100);
  const auto about = [](const Outcome& outcome, double p) { return outcome.p && std::fabs(*outcome.p - p) < 1e-6; };
  CHECK(about(frequency(bits_of_text("1011010101")), 0.527089));  // 2.1.4
  CHECK(about(frequency(pi), 0.109599));                          // 2.1.8
  CHECK(about(block_frequency(bits_of_text("0110011010"), 3), 0.801252));
  CHECK(about(block_frequency(pi, 10), 0.706438));
  CHECK(about(runs(bits_of_text("1001101011")), 0.147232));
  CHECK(about(runs(pi), 0.500798));
  // 2.6.8 prints 46 peaks below the bound; the transform of those hundred bits has 48, and NIST's program finds them too.
  CHECK(about(spectral(pi, plan_fourier(100)), 0.646355));
}

TEST_CASE("148 templates of nine bits") {
  CHECK(aperiodic_templates(9).size() == 148);
  CHECK(aperiodic_templates(2) == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a test that can't be run says so and never has a p-value") {
  for (const std::size_t size : {0, 1, 8, 99, 100, 127, 128, 255, 256, 1000, 38911, 38912, 100000}) {
    CAPTURE(size);
    std::size_t ran = 0;
    for (const Outcome& outcome : run_suite(statistics::scrambled_bits(size, 1))) {
      CAPTURE(outcome.test);
      CHECK(outcome.p.has_value() == (outcome.not_run == statistics::NotRun::none));
      if (outcome.not_run == statistics::NotRun::too_short) CHECK(outcome.needed > size);
      ran += outcome.p ? 1 : 0;
    }
    CHECK((ran == 0) == (size < 32));
  }
}

TEST_CASE("too few cycles are no failure") {
  Bits ones;
  for (int i = 0; i < 15626; ++i) bits::append_bits(ones, ~std::uint64_t{0}, 64);
  std::size_t few = 0, zero = 0;
  for (const Outcome& outcome : run_suite(ones)) {
    few += outcome.not_run == statistics::NotRun::too_few_cycles && outcome.needed == 500 && outcome.found == 1 ? 1 : 0;
    if (outcome.p) zero += *outcome.p < 1e-6 ? 1 : 0;
  }
  CHECK(few == 2);
  CHECK(zero > 160);  // all that ran, but templates that a constant sequence can't say much of
}
