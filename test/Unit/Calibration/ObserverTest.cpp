// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streaming min and max, and what must never become a range.
#include "quantc/Calibration/Observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using quantc::MinMaxObserver;
using quantc::TensorRange;
using testing::HasSubstr;

static std::string getError(const MinMaxObserver &observer) {
  llvm::Expected<TensorRange> range = observer.getRange("conv1");
  return range ? "no error" : llvm::toString(range.takeError());
}

namespace {

TEST(ObserverTest, SamplesOfAnySizeGiveTheSameRange) {
  MinMaxObserver whole, pieces;
  float values[] = {0.5f, -2.0f, 3.0f, 1.0f};
  whole.observe(values);
  for (float value : values)
    pieces.observe(value);
  llvm::Expected<TensorRange> a = whole.getRange("a"), b = pieces.getRange("b");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*a, (TensorRange{-2.0, 3.0}));
  EXPECT_EQ(*a, *b);
}

TEST(ObserverTest, ConstantTensorHasAnEmptyRange) {
  MinMaxObserver observer;
  observer.observe({7.0f, 7.0f});
  llvm::Expected<TensorRange> range = observer.getRange("a");
  ASSERT_TRUE(static_cast<bool>(range));
  EXPECT_EQ(*range, (TensorRange{7.0, 7.0}));
}

TEST(ObserverTest, NothingSeenIsAnError) {
  MinMaxObserver observer;
  EXPECT_THAT(getError(observer),
              HasSubstr("tensor 'conv1' was never computed"));
  observer.observe({});
  EXPECT_THAT(getError(observer),
              HasSubstr("tensor 'conv1' was never computed"));
}

TEST(ObserverTest, NonFiniteValuesAreCountedAndRefused) {
  MinMaxObserver observer;
  float infinity = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  observer.observe({nan, 1.0f});
  observer.observe({-infinity, 2.0f, infinity});
  EXPECT_THAT(
      getError(observer),
      HasSubstr("tensor 'conv1' has 3 values that are NaN or infinite"));
}

} // namespace
