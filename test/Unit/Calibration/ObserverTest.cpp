// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one tensor's observer adds to statistics: the moving average, and what
// must never become a range.
#include "quantc/Calibration/Observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using quantc::TensorObserver;
using quantc::TensorRange;
using testing::HasSubstr;

static std::string getError(const TensorObserver &observer) {
  llvm::Error error = observer.check("conv1");
  return error ? llvm::toString(std::move(error)) : "no error";
}

namespace {

TEST(ObserverTest, MovingAverageBeginsAtTheFirstSample) {
  TensorObserver observer;
  EXPECT_FALSE(observer.average.get());
  observer.observe({-1.0f, 2.0f});
  EXPECT_EQ(*observer.average.get(), (TensorRange{-1.0, 2.0}));
  observer.observe({-3.0f, 2.0f});
  EXPECT_EQ(*observer.average.get(), (TensorRange{-1.0 - 0.01 * 2.0, 2.0}));
  observer.observe({});
  EXPECT_EQ(*observer.average.get(), (TensorRange{-1.0 - 0.01 * 2.0, 2.0}));
}

TEST(ObserverTest, MovingAverageGoesOnFromWhatWasKept) {
  TensorObserver whole, second;
  for (float end : {4.0f, 8.0f, 1.0f})
    whole.observe({0.0f, end});
  TensorObserver first;
  first.observe({0.0f, 4.0f});
  first.observe({0.0f, 8.0f});
  second.average.set(*first.average.get());
  second.observe({0.0f, 1.0f});
  EXPECT_EQ(*second.average.get(), *whole.average.get());
}

TEST(ObserverTest, NothingSeenIsAnError) {
  TensorObserver observer;
  EXPECT_THAT(getError(observer),
              HasSubstr("tensor 'conv1' was never computed"));
  observer.observe({});
  EXPECT_THAT(getError(observer),
              HasSubstr("tensor 'conv1' was never computed"));
  observer.observe({1.0f});
  EXPECT_EQ(getError(observer), "no error");
}

TEST(ObserverTest, NonFiniteValuesAreRefused) {
  TensorObserver observer;
  float infinity = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  observer.observe({nan, 1.0f});
  observer.observe({-infinity, 2.0f, infinity});
  EXPECT_THAT(
      getError(observer),
      HasSubstr("tensor 'conv1' has 3 values that are NaN or infinite"));
}

} // namespace
