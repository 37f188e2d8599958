#include "random/statistics/gamma.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace lintel::random::statistics;

TEST_CASE("upper_gamma agrees with sums of 60 decimal digits") {
  // For whole a: e^-x times the sum of x^k / k! below a, by Python's decimal module.
  struct Row {
    double a, x, q;
  };
  for (const Row& row : {Row{1, 0.5, 6.06530659712633424e-01}, Row{3, 2.5, 5.43813115883329479e-01}, Row{12, 30, 6.38770253992733677e-05}, Row{19, 18.7, 4.97017314574010549e-01},
                         Row{20, 21.3, 3.59854161803778605e-01}, Row{64, 40, 9.99713433725334610e-01}, Row{3906, 3950.25, 2.38636616142488850e-01},
                         Row{3906, 3924.6875, 3.80615197576874564e-01}, Row{16384, 16520.6, 1.43022418868162637e-01}, Row{16384, 16000, 9.98740933561863664e-01},
                         Row{8192, 8357.5, 3.43764559331065506e-02}, Row{400000, 400500, 2.14539914350337951e-01}, Row{400000, 398000, 9.99229994485003936e-01}}) {
    CAPTURE(row.a);
    CHECK(std::fabs(upper_gamma(row.a, row.x) - row.q) < 1e-12);
  }
  CHECK(std::fabs(upper_gamma(0.5, 1.7) - std::erfc(std::sqrt(1.7))) < 1e-14);
  CHECK(std::fabs(upper_gamma(1.5, 0.3) - (std::erfc(std::sqrt(0.3)) + 2 * std::sqrt(0.3 / M_PI) * std::exp(-0.3))) < 1e-14);
}

TEST_CASE("the ends of the range") {
  CHECK(upper_gamma(3, 0) == 1);
  CHECK(upper_gamma(3, -1) == 1);
  CHECK(upper_gamma(3, INFINITY) == 0);
  CHECK(upper_gamma(1000, 1e9) == 0);
  CHECK(upper_gamma(1000, 1e-3) == 1);
  CHECK(normal_below(0) == 0.5);
  CHECK(std::fabs(normal_below(-3) - 0.0013498980316300946) < 1e-15);
}
