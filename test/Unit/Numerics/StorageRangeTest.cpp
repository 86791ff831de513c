// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges of storage types and saturation, against the widths written out.
#include "quantc/Numerics/StorageRange.h"
#include "Support.h"

using namespace quantc::numerics;

// N24: the ranges that the project stores.
TEST(StorageRange, of_each_storage_type) {
  EXPECT_EQ(StorageRange::int8(), (StorageRange{-128, 127}));
  EXPECT_EQ(StorageRange::uint8(), (StorageRange{0, 255}));
  EXPECT_EQ(StorageRange::narrowInt8(), (StorageRange{-127, 127}));
  EXPECT_EQ(StorageRange::get(8, false, true), (StorageRange{1, 255}));
  EXPECT_EQ(StorageRange::get(4, true), (StorageRange{-8, 7}));
  EXPECT_EQ(StorageRange::get(16, true), (StorageRange{-32768, 32767}));
  EXPECT_EQ(StorageRange::get(32, true), (StorageRange{kMinInt32, kMaxInt32}));
}

// N24: every width has 2^bits values, one less if narrow.
TEST(StorageRange, steps_of_every_width) {
  for (unsigned bits = 2; bits <= 32; ++bits)
    for (bool isSigned : {false, true}) {
      EXPECT_EQ(StorageRange::get(bits, isSigned).steps(),
                (int64_t(1) << bits) - 1);
      EXPECT_EQ(StorageRange::get(bits, isSigned, true).steps(),
                (int64_t(1) << bits) - 2);
    }
}

// N24: saturation keeps what is inside and moves the rest to the near end.
TEST(StorageRange, saturates_on_both_sides) {
  StorageRange range = StorageRange::int8();
  for (int64_t value = -1000; value <= 1000; ++value) {
    int64_t expected = value < -128 ? -128 : value > 127 ? 127 : value;
    EXPECT_EQ(range.saturate(value), expected);
    EXPECT_EQ(range.contains(value), value == expected);
    EXPECT_EQ(saturateTo<int8_t>(value), expected);
  }
  EXPECT_EQ(range.saturate(kMinInt64), -128);
  EXPECT_EQ(range.saturate(kMaxInt64), 127);
  EXPECT_EQ(saturateTo<uint8_t>(-1), 0);
  EXPECT_EQ(saturateTo<uint8_t>(256), 255);
  EXPECT_EQ(saturateTo<int32_t>(kMaxInt64), kMaxInt32);
  EXPECT_EQ(saturateTo<int32_t>(kMinInt64), kMinInt32);
}
