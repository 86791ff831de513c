// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small cases of every metric with the numbers written out.
#include "quantc/Execution/Metrics.h"
#include "quantc/Execution/Latency.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace quantc::exec;

TEST(AccuracyMeterTest, top1_and_top5) {
  AccuracyMeter meter;
  std::vector<double> scores = {0.1, 0.9, 0.3, 0.5, 0.2, 0.4, 0.0};
  meter.add(scores, 1); // the best
  meter.add(scores, 4); // the fifth best: 1, 3, 5, 2, 4
  meter.add(scores, 0); // the sixth best
  meter.add(scores, 6); // the last
  EXPECT_EQ(meter.getSampleCount(), 4);
  EXPECT_EQ(meter.getTop1(), 0.25);
  EXPECT_EQ(meter.getTop5(), 0.5);
}

TEST(AccuracyMeterTest, of_equal_scores_the_first_ranks_first) {
  AccuracyMeter first, second;
  first.add({1, 1}, 0);
  second.add({1, 1}, 1);
  EXPECT_EQ(first.getTop1(), 1);
  EXPECT_EQ(second.getTop1(), 0);
  AccuracyMeter sixth;
  sixth.add({2, 2, 2, 2, 2, 2}, 5);
  EXPECT_EQ(sixth.getTop5(), 0);
}

TEST(AccuracyMeterTest, nan_ranks_behind_every_number) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  AccuracyMeter meter;
  meter.add({nan, -std::numeric_limits<double>::infinity()}, 1);
  EXPECT_EQ(meter.getTop1(), 1);
  meter.add({nan, nan}, 0);
  EXPECT_EQ(meter.getTop1(), 1);
}

TEST(AgreementMeterTest, numbers_written_out) {
  AgreementMeter meter;
  // Over both samples: noise 0.01 + 0.04, reference energy 1 + 4 + 9 + 16.
  meter.add({1.1, 2.0}, {1.0, 2.0});
  meter.add({3.0, 3.8}, {3.0, 4.0});
  EXPECT_NEAR(meter.getSqnr(), 10 * std::log10(30 / 0.05), 1e-9);
  double dot = 1.1 + 4 + 9 + 15.2;
  double energy = 1.21 + 4 + 9 + 14.44;
  EXPECT_NEAR(meter.getCosine(), dot / std::sqrt(energy * 30), 1e-12);
  EXPECT_EQ(meter.getSameTop1(), 1);
  EXPECT_NEAR(meter.getMaxAbsDiff(), 0.2, 1e-12);
}

TEST(AgreementMeterTest, equal_outputs) {
  AgreementMeter meter;
  meter.add({0.25, -3}, {0.25, -3});
  EXPECT_EQ(meter.getSqnr(), std::numeric_limits<double>::infinity());
  EXPECT_NEAR(meter.getCosine(), 1, 1e-15);
  EXPECT_EQ(meter.getMaxAbsDiff(), 0);
  AgreementMeter zeros;
  zeros.add({0, 0}, {0, 0});
  EXPECT_EQ(zeros.getCosine(), 1);
}

TEST(AgreementMeterTest, same_top1_takes_the_first_of_equal_values) {
  AgreementMeter meter;
  meter.add({1, 1}, {2, 1}); // 0 and 0
  meter.add({1, 1}, {1, 2}); // 0 and 1
  EXPECT_EQ(meter.getSameTop1(), 0.5);
}

TEST(LatencyTest, median_and_p95) {
  std::vector<double> hundred;
  for (int i = 100; i >= 1; --i)
    hundred.push_back(i);
  EXPECT_EQ(summarizeLatency(hundred).median, 50.5);
  EXPECT_EQ(summarizeLatency(hundred).p95, 95);
  EXPECT_EQ(summarizeLatency({3, 1, 2}).median, 2);
  EXPECT_EQ(summarizeLatency({3, 1, 2}).p95, 3);
  EXPECT_EQ(summarizeLatency({7}).median, 7);
  EXPECT_EQ(summarizeLatency({7}).p95, 7);
}
