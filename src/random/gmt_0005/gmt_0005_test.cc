// Known answers. Reference: Trisia's randomness (Go, commit 4779fb5d) on the first 20,000 digits of pi and e, but for the spectral test, which is of a plain
// transform of the sequence's own length in numpy; and the worked examples of annex C. tests/suites has a million digits.
#include "random/gmt_0005/gmt_0005.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "random/statistics/test_constants.h"

using namespace lintel::random;
using namespace lintel::random::gmt_0005;
using statistics::bits_of_text;

namespace {

struct Known {
  std::string_view test, part;
  double p, q;
};

const Known kPi[] = {
    {"frequency", "", 0.640721345025641, 0.6796393274871795},
    {"block_frequency", "m=1000", 0.3632786402819152, 0.3632786402819152},
    {"poker", "m=4", 0.7606049226174857, 0.7606049226174857},
    {"poker", "m=8", 0.9357121841593953, 0.9357121841593953},
    {"serial", "m=3 P1", 0.5731337408832149, 0.5731337408832149},
    {"serial", "m=3 P2", 0.27326862314768874, 0.27326862314768874},
    {"serial", "m=5 P1", 0.9664089244461461, 0.9664089244461461},
    {"serial", "m=5 P2", 0.8697372221687237, 0.8697372221687237},
    {"runs", "", 0.7568725514120402, 0.6215637242939799},
    {"run_distribution", "", 0.8468286373802407, 0.8468286373802407},
    {"longest_run", "ones", 0.8640892900610744, 0.8640892900610744},
    {"longest_run", "zeros", 0.02350211289080777, 0.02350211289080777},
    {"binary_derivative", "k=3", 0.7718655623483403, 0.6140672188258298},
    {"binary_derivative", "k=7", 0.1722672016361408, 0.0861336008180704},
    {"autocorrelation", "d=2", 0.26387266652755426, 0.8680636667362229},
    {"autocorrelation", "d=8", 0.21846803505431853, 0.8907659824728407},
    {"autocorrelation", "d=16", 0.5618744058401439, 0.28093720292007196},
    {"cumulative_sums", "forward", 0.8156229765704327, 0.8156229765704327},
    {"cumulative_sums", "backward", 0.9172886102561789, 0.9172886102561789},
    {"approximate_entropy", "m=2", 0.5763417619461397, 0.5763417619461397},
    {"approximate_entropy", "m=5", 0.7295770615413537, 0.7295770615413537},
    {"spectral", "", 0.25494516431732117, 0.8725274178413394},
};
const Known kE[] = {
    {"frequency", "", 0.7025817814529873, 0.35129089072649367},
    {"block_frequency", "m=1000", 0.350798578080738, 0.350798578080738},
    {"poker", "m=4", 0.9387045945265008, 0.9387045945265008},
    {"poker", "m=8", 0.3828330270571845, 0.3828330270571845},
    {"serial", "m=3 P1", 0.38193481096961573, 0.38193481096961573},
    {"serial", "m=3 P2", 0.22981055117973564, 0.22981055117973564},
    {"serial", "m=5 P1", 0.7171500944985922, 0.7171500944985922},
    {"serial", "m=5 P2", 0.5860885165613872, 0.5860885165613872},
    {"runs", "", 0.30237556703309426, 0.8488122164834528},
    {"run_distribution", "", 0.500278785005835, 0.500278785005835},
    {"longest_run", "ones", 0.9735235635133956, 0.9735235635133956},
    {"longest_run", "zeros", 0.2282190499565788, 0.2282190499565788},
    {"binary_derivative", "k=3", 0.6765143571667087, 0.33825717858335436},
    {"binary_derivative", "k=7", 0.35420072612275333, 0.17710036306137666},
    {"autocorrelation", "d=2", 0.9099173891016333, 0.5450413054491833},
    {"autocorrelation", "d=8", 0.5336930435556889, 0.7331534782221556},
    {"autocorrelation", "d=16", 0.61052748475774, 0.30526374237887},
    {"cumulative_sums", "forward", 0.4366737333322038, 0.4366737333322038},
    {"cumulative_sums", "backward", 0.7705129968586626, 0.7705129968586626},
    {"approximate_entropy", "m=2", 0.3797876464187978, 0.3797876464187978},
    {"approximate_entropy", "m=5", 0.8834628962614985, 0.8834628962614985},
    {"spectral", "", 0.4109675220883361, 0.20548376104416805},
};

void check(const Outcomes& outcomes, std::span<const Known> known) {
  std::size_t ran = 0;
  for (const Outcome& outcome : outcomes) ran += outcome.p ? 1 : 0;
  CHECK(ran == known.size());
  for (const Known& row : known) {
    CAPTURE(row.test);
    CAPTURE(row.part);
    const auto found = std::ranges::find_if(outcomes, [&](const Outcome& outcome) { return outcome.test == row.test && outcome.part == row.part; });
    REQUIRE(found != outcomes.end());
    CHECK(std::fabs(found->p.value_or(-1) - row.p) < 1e-9);
    CHECK(std::fabs(found->q.value_or(-1) - row.q) < 1e-9);
  }
}

bool about(const Outcome& outcome, double p, double q) { return outcome.p && std::fabs(*outcome.p - p) < 1e-6 && std::fabs(*outcome.q - q) < 1e-6; }

}  // namespace

TEST_CASE("20,000 digits of pi and of e") {
  check(run_suite(statistics::bits_of_pi(20000)), kPi);
  check(run_suite(statistics::bits_of_e(20000)), kE);
}

TEST_CASE("the worked examples of annex C, six digits") {
  const Bits s128 = bits_of_text("11001100000101010110110001001100111000000000001001001101010100010001001111010110100000001101011111001100111001101101100010110010");
  const Bits s100 = bits_of_text("1100100100001111110110101010001000100001011010001100001000110100110001001100011001100010100010111000");
  CHECK(about(frequency(s128), 0.215925, 0.892038));
  CHECK(about(block_frequency(s100, 10), 0.706438, 0.706438));
  CHECK(about(poker(s128, 4), 0.213734, 0.213734));
  CHECK(about(poker(s128, 8), 0.221829, 0.221829));
  CHECK(about(serial(s128, 2)[0], 0.436868, 0.436868));
  CHECK(about(serial(s128, 2)[1], 0.723674, 0.723674));
  CHECK(about(runs(s128), 0.620729, 0.310364));
  CHECK(about(run_distribution(s128), 0.970152, 0.970152));
  CHECK(about(longest_runs(s128, 8)[0], 0.180598, 0.180598));
  CHECK(about(longest_runs(s128, 8)[1], 0.839299, 0.839299));
  CHECK(about(binary_derivative(s128, 3), 0.039669, 0.980166));
  CHECK(about(autocorrelation(s128, 1), 0.790080, 0.395040));
  CHECK(about(cumulative_sums(s100)[0], 0.219194, 0.219194));
  CHECK(about(cumulative_sums(s100)[1], 0.114866, 0.114866));
  CHECK(about(approximate_entropy(s100, 2), 0.235301, 0.235301));
  CHECK(about(spectral(s100, statistics::plan_fourier(100)), 0.654721, 0.327360));
}

TEST_CASE("sequences that end a test at once") {
  Bits zeros = statistics::bits_of_text("");
  for (int i = 0; i < 400; ++i) bits::append_bits(zeros, 0, 64);
  for (const Outcome& outcome : run_suite(zeros))
    if (outcome.p) CHECK_MESSAGE((*outcome.p >= 0 && *outcome.p <= 1 && *outcome.q >= 0 && *outcome.q <= 1), outcome.test);
  CHECK(*runs(zeros).p == 0);
  CHECK(*run_distribution(zeros).p < 1e-6);
  for (const Outcome& outcome : run_suite(bits::slice(zeros, 0, 19999))) {
    CHECK(outcome.not_run == statistics::NotRun::too_short);
    CHECK(outcome.needed == 20000);
  }
}
