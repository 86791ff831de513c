// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The spellings of --normalize, and what it does to a sample.
#include "quantc/Execution/Normalization.h"

#include "TestFiles.h"

using namespace quantc::exec;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(NormalizationTest, spellings) {
  Normalization one = valueOf(parseNormalization("127.5,2e1"));
  EXPECT_THAT(one.mean, ElementsAre(127.5f));
  EXPECT_THAT(one.standardDeviation, ElementsAre(20.0f));
  for (llvm::StringRef text : {"1:2:3,4:5:6", "1,2,3,4,5,6"}) {
    Normalization three = valueOf(parseNormalization(text));
    EXPECT_THAT(three.mean, ElementsAre(1, 2, 3));
    EXPECT_THAT(three.standardDeviation, ElementsAre(4, 5, 6));
  }
  EXPECT_THAT(valueOf(parseNormalization("-1, 2")).mean, ElementsAre(-1));
}

TEST(NormalizationTest, refused) {
  for (llvm::StringRef text :
       {"", "1", "1,2,3", "1:2,3", "1:2,3:4:5", "1:2,3,4"})
    EXPECT_THAT(messageOf(parseNormalization(text)), HasSubstr("as many"));
  for (llvm::StringRef text :
       {",", "a,1", "1,b", "nan,1", "inf,1", "1,1e60", "1:,2:3"})
    EXPECT_THAT(messageOf(parseNormalization(text)),
                HasSubstr("expected finite numbers"));
  for (llvm::StringRef text : {"1,0", "1,-2", "1:2,3:0", "0,1e-60"})
    EXPECT_THAT(messageOf(parseNormalization(text)), HasSubstr("above zero"));
}

TEST(NormalizationTest, the_channel_axis) {
  EXPECT_EQ(findChannelAxis({1, 3, 32, 32}, 3), 1u);
  EXPECT_EQ(findChannelAxis({1, 32, 32, 3}, 3), 3u);
  EXPECT_EQ(findChannelAxis({1, 3, 5, 3}, 3), 1u);
  EXPECT_EQ(findChannelAxis({1, 4, 32, 32}, 3), std::nullopt);
  EXPECT_EQ(findChannelAxis({}, 3), std::nullopt);
}

TEST(NormalizationTest, one_sample) {
  float values[] = {10, 20, 30, 40};
  normalize({{10}, {5}}, {1, 2, 2}, values);
  EXPECT_THAT(values, ElementsAre(0, 2, 4, 6));
  float planes[] = {1, 2, 3, 4, 5, 6};
  normalize({{1, 2, 3}, {1, 2, 4}}, {1, 3, 2}, planes);
  EXPECT_THAT(planes, ElementsAre(0, 1, 0.5f, 1, 0.5f, 0.75f));
  float pixels[] = {1, 2, 3, 4, 5, 6};
  normalize({{1, 2, 3}, {1, 2, 4}}, {1, 2, 3}, pixels);
  EXPECT_THAT(pixels, ElementsAre(0, 0, 0, 3, 1.5f, 0.75f));
}
