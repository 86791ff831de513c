// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows, channels and moved elements on numbers small enough to check by
// hand. All scales are 1 or powers of two, so that only the indices are in
// question.
#include "Support.h"

#include "gmock/gmock.h"

using namespace quantc::exec::test;
using testing::ElementsAre;
using Bytes = std::vector<int8_t>;
using Biases = std::vector<int32_t>;

namespace {

/// `body` computes %r of type `result` from arguments of the given types.
std::string model(llvm::StringRef arguments, llvm::StringRef result,
                  llvm::StringRef body) {
  return llvm::formatv("!q = !quant.uniform<i8:f32, 1.0>\n"
                       "!z = !quant.uniform<i8:f32, 1.0:2>\n"
                       "!b = !quant.uniform<i32:f32, 1.0>\n"
                       "!w2 = !quant.uniform<i8:f32:0, {{1.0, 2.0:1}>\n"
                       "!b2 = !quant.uniform<i32:f32:0, {{1.0, 2.0}>\n"
                       "func.func @main({0}) -> {1} {{\n%r = {2}\n"
                       "return %r : {1}\n}",
                       arguments, result, body)
      .str();
}

// Rows 1 2 3 / 4 5 6 / 7 8 9 and a kernel 1 10 / 100 1000 at dilation 1: each
// result shows in its digits which inputs it read.
TEST(ReferenceOperations, ConvReadsTheRightTaps) {
  std::string text =
      model("%x: tensor<1x3x3x1x!q>, %w: tensor<1x2x2x1x!q>, %b: tensor<1x!b>",
            "tensor<1x2x2x1x!quant.uniform<i16:f32, 1.0>>",
            "qnn.conv_2d %x, %w, %b : (tensor<1x3x3x1x!q>, tensor<1x2x2x1x!q>, "
            "tensor<1x!b>) -> tensor<1x2x2x1x!quant.uniform<i16:f32, 1.0>>");
  EXPECT_THAT((evaluate<int16_t>(text, 4, Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9},
                                 Bytes{1, 10, 100, 0}, Biases{0})),
              ElementsAre(421, 532, 754, 865));
}

// Input zero point 2: the padding is worth 0, not -2. Padding above and left
// only, stride 2, dilation 2 across.
TEST(ReferenceOperations, ConvPadsStridesAndDilates) {
  std::string text =
      model("%x: tensor<1x3x3x1x!z>, %w: tensor<1x2x2x1x!q>, %b: tensor<1x!b>",
            "tensor<1x2x1x1x!q>",
            "qnn.conv_2d %x, %w, %b {stride = array<i64: 2, 2>, dilation = "
            "array<i64: 1, 2>, pad = array<i64: 1, 0, 1, 0>} : "
            "(tensor<1x3x3x1x!z>, tensor<1x2x2x1x!q>, tensor<1x!b>) -> "
            "tensor<1x2x1x1x!q>");
  // x - 2: rows 1 2 3 / 4 5 6 / 7 8 9. Window columns are -1 and 1.
  // oh = 0: rows -1 and 0: 4 * 2 + 50; oh = 1: rows 1 and 2: 2 * 5 + 4 * 8
  // + 50.
  EXPECT_THAT((evaluate<int8_t>(text, 2, Bytes{3, 4, 5, 6, 7, 8, 9, 10, 11},
                                Bytes{1, 2, 3, 4}, Biases{50})),
              ElementsAre(58, 92));
}

// Two groups; channel 1 has weight scale 2 and weight zero point 1.
TEST(ReferenceOperations, ConvGroupsAndChannels) {
  std::string text = model(
      "%x: tensor<1x1x1x4x!q>, %w: tensor<2x1x1x2x!w2>, %b: tensor<2x!b2>",
      "tensor<1x1x1x2x!q>",
      "qnn.conv_2d %x, %w, %b {group = 2 : i64} : (tensor<1x1x1x4x!q>, "
      "tensor<2x1x1x2x!w2>, tensor<2x!b2>) -> tensor<1x1x1x2x!q>");
  // 1 * 5 + 2 * 6 + 1 = 18; 2 * (3 * (8 - 1) + 4 * (2 - 1) - 1) = 48.
  EXPECT_THAT((evaluate<int8_t>(text, 2, Bytes{1, 2, 3, 4}, Bytes{5, 6, 8, 2},
                                Biases{1, -1})),
              ElementsAre(18, 48));
}

// Multiplier 2: results 0 and 1 read channel 0, results 2 and 3 channel 1.
TEST(ReferenceOperations, DepthwiseConvWithMultiplier) {
  std::string text =
      model("%x: tensor<1x1x2x2x!q>, %w: tensor<1x2x4x!q>, %b: tensor<4x!b>",
            "tensor<1x1x1x4x!q>",
            "qnn.depthwise_conv_2d %x, %w, %b : (tensor<1x1x2x2x!q>, "
            "tensor<1x2x4x!q>, tensor<4x!b>) -> tensor<1x1x1x4x!q>");
  // Pixels (1, 2) and (3, 4); weights 1 2 3 4 and 5 6 7 8.
  EXPECT_THAT(
      (evaluate<int8_t>(text, 4, Bytes{1, 2, 3, 4},
                        Bytes{1, 2, 3, 4, 5, 6, 7, 8}, Biases{0, 0, 0, 100})),
      ElementsAre(16, 20, 34, 127));
}

TEST(ReferenceOperations, FullyConnectedOfTwoRows) {
  std::string text = model(
      "%x: tensor<2x2x!z>, %w: tensor<2x2x!w2>, %b: tensor<2x!b2>",
      "tensor<2x2x!z>",
      "qnn.fully_connected %x, %w, %b {clamp = array<i32: 2, 100>} : "
      "(tensor<2x2x!z>, tensor<2x2x!w2>, tensor<2x!b2>) -> tensor<2x2x!z>");
  // x - 2: 1 2 / -3 4. Row 0: 1 * 3 + 2 * 4 = 11, + 2; 2 * (1 * 4 + 2 * 5) =
  // 28,
  // + 2. Row 1: -9 + 16 = 7, + 2; 2 * (-12 + 20) = 16, + 2.
  EXPECT_THAT((evaluate<int8_t>(text, 4, Bytes{3, 4, -1, 6}, Bytes{3, 4, 5, 6},
                                Biases{0, 0})),
              ElementsAre(13, 30, 9, 18));
}

// All inputs are below zero: padding does not win.
TEST(ReferenceOperations, MaxPoolIgnoresPadding) {
  std::string text = model(
      "%x: tensor<1x2x2x1x!q>", "tensor<1x2x2x1x!q>",
      "qnn.max_pool_2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, "
      "2>, pad = array<i64: 1, 1, 1, 1>} : tensor<1x2x2x1x!q> -> "
      "tensor<1x2x2x1x!q>");
  EXPECT_THAT((evaluate<int8_t>(text, 4, Bytes{-4, -3, -2, -1})),
              ElementsAre(-4, -3, -2, -1));
}

// Corners have 1 element, edges 2, and the middle 4: every count has its own M.
TEST(ReferenceOperations, AvgPoolCountsWhatIsInside) {
  std::string text = model("%x: tensor<1x2x2x1x!z>", "tensor<1x3x3x1x!q>",
                           "qnn.avg_pool_2d %x {kernel = array<i64: 2, 2>, pad "
                           "= array<i64: 1, 1, 1, "
                           "1>} : tensor<1x2x2x1x!z> -> tensor<1x3x3x1x!q>");
  // x - 2: 10 20 / 30 40.
  EXPECT_THAT((evaluate<int8_t>(text, 9, Bytes{12, 22, 32, 42})),
              ElementsAre(10, 15, 20, 20, 25, 30, 30, 35, 40));
}

// -1/2, 1/2 and 3/2 over two elements: ties go up.
TEST(ReferenceOperations, AvgPoolRounds) {
  std::string text = model("%x: tensor<1x1x2x3x!q>", "tensor<1x1x1x3x!q>",
                           "qnn.avg_pool_2d %x {kernel = array<i64: 1, 2>} : "
                           "tensor<1x1x2x3x!q> -> tensor<1x1x1x3x!q>");
  EXPECT_THAT((evaluate<int8_t>(text, 3, Bytes{-1, 1, 2, 0, 0, 1})),
              ElementsAre(0, 1, 2));
}

TEST(ReferenceOperations, LookupOfSignedAndUnsigned) {
  std::string table = "dense<\"0x";
  for (int i = 0; i < 256; ++i)
    table += llvm::formatv("{0:X-2}", (i * 7 + 3) % 256).str();
  table += "\"> : tensor<256xi8>";
  std::string text =
      model("%x: tensor<256x!q>", "tensor<256x!quant.uniform<u8:f32, 1.0>>",
            "qnn.lookup %x, " + table +
                " : tensor<256x!q> -> tensor<256x!quant.uniform<u8:f32, 1.0>>");
  std::vector<uint8_t> result =
      evaluate<uint8_t>(text, 256, allValues<int8_t>());
  std::string unsignedText =
      model("%x: tensor<256x!quant.uniform<u8:f32, 1.0>>", "tensor<256x!q>",
            "qnn.lookup %x, " + table +
                " : tensor<256x!quant.uniform<u8:f32, 1.0>> -> tensor<256x!q>");
  Bytes signedResult =
      evaluate<int8_t>(unsignedText, 256, allValues<uint8_t>());
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(result[i], (i * 7 + 3) % 256);
    EXPECT_EQ(signedResult[i], static_cast<int8_t>((i * 7 + 3) % 256));
  }
}

TEST(ReferenceOperations, ConcatAlongAnInnerAxis) {
  std::string text =
      model("%x: tensor<2x1x2x!q>, %y: tensor<2x2x2x!q>", "tensor<2x3x2x!q>",
            "qnn.concat %x, %y {axis = 1 : i64} : (tensor<2x1x2x!q>, "
            "tensor<2x2x2x!q>) -> tensor<2x3x2x!q>");
  EXPECT_THAT((evaluate<int8_t>(text, 12, Bytes{1, 2, 3, 4},
                                Bytes{5, 6, 7, 8, 9, 10, 11, 12})),
              ElementsAre(1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12));
}

TEST(ReferenceOperations, TransposeOfThreeDimensions) {
  std::string text =
      model("%x: tensor<2x3x1x!q>", "tensor<3x1x2x!q>",
            "qnn.transpose %x {permutation = array<i64: 1, 2, 0>} : "
            "tensor<2x3x1x!q> -> tensor<3x1x2x!q>");
  EXPECT_THAT((evaluate<int8_t>(text, 6, Bytes{1, 2, 3, 4, 5, 6})),
              ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(ReferenceOperations, PadAndSlice) {
  std::string text = model(
      "%x: tensor<1x2x!z>", "tensor<2x4x!z>",
      "qnn.pad %x {low = array<i64: 1, 1>, high = array<i64: 0, 1>, value "
      "= 2 : i64} : tensor<1x2x!z> -> tensor<2x4x!z>");
  Bytes padded = evaluate<int8_t>(text, 8, Bytes{7, 8});
  EXPECT_THAT(padded, ElementsAre(2, 2, 2, 2, 2, 7, 8, 2));
  text = model("%x: tensor<2x4x!z>", "tensor<1x3x!z>",
               "qnn.slice %x {start = array<i64: 1, 1>} : tensor<2x4x!z> -> "
               "tensor<1x3x!z>");
  EXPECT_THAT((evaluate<int8_t>(text, 3, padded)), ElementsAre(7, 8, 2));
}

} // namespace
