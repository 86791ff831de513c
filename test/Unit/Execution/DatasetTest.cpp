// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How arrays become inputs: both places of the sample axis, every conversion,
// and a clear refusal of what does not fit.
#include "quantc/Execution/Dataset.h"

#include "TestFiles.h"

#include <limits>

using namespace quantc::exec;
using testing::ElementsAre;
using testing::HasSubstr;

static ModelSignature makeSignature(std::vector<TensorSpec> inputs) {
  ModelSignature signature;
  signature.inputs = std::move(inputs);
  return signature;
}

static ModelSignature
makeSignature(ElementType type, llvm::ArrayRef<int64_t> shape,
              std::optional<Quantization> quantization = std::nullopt) {
  return makeSignature(
      {{"x", llvm::SmallVector<int64_t>(shape), type, quantization}});
}

namespace {
class DatasetTest : public FileTest {
protected:
  /// The error of opening a file with an f32 array "x" of this shape.
  std::string openError(llvm::ArrayRef<int64_t> shape,
                        const ModelSignature &signature) {
    std::vector<float> values(
        countElements(shape, ElementType::F32).value_or(0));
    return messageOf(Dataset::open(
        writeArray<float>("x.npz", "x", ElementType::F32, shape, values),
        signature));
  }

  /// All values of one sample as the model's type `T`.
  template <typename T, typename Source>
  std::vector<T> readOne(ElementType from, const std::vector<Source> &values,
                         const ModelSignature &signature,
                         DatasetOptions options = {}) {
    llvm::SmallVector<int64_t> shape(signature.inputs.front().shape);
    auto dataset = valueOf(
        Dataset::open(writeArray<Source>("x.npz", "x", from, shape, values),
                      signature, std::move(options)));
    std::vector<T> result(values.size());
    EXPECT_EQ(messageOf(dataset->next({result.data()})), "success");
    return result;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

TEST_F(DatasetTest, samples_replace_the_batch_axis_or_stand_in_front) {
  ModelSignature batch = makeSignature(ElementType::F32, {1, 2});
  EXPECT_EQ(openError({5, 2}, batch), "success");
  EXPECT_EQ(openError({5, 1, 2}, batch), "success");
  EXPECT_EQ(openError({5, 2}, makeSignature(ElementType::F32, {2})), "success");
  EXPECT_EQ(openError({5}, makeSignature(ElementType::F32, {})), "success");
  EXPECT_EQ(openError({5}, makeSignature(ElementType::F32, {1})), "success");
  EXPECT_THAT(openError({5, 3}, batch),
              HasSubstr("array 'x' has the shape 5x3, but the model's input "
                        "takes 1x2: expected Nx2"));
  EXPECT_THAT(openError({2}, batch), HasSubstr("has the shape 2"));
  EXPECT_THAT(openError({}, batch), HasSubstr("has the shape scalar"));
  EXPECT_THAT(openError({8, 2}, makeSignature(ElementType::F32, {4, 2})),
              HasSubstr("expected Nx4x2"));
  EXPECT_THAT(openError({0, 2}, batch), HasSubstr("holds no samples"));
}

TEST_F(DatasetTest, the_shape_of_outputs) {
  EXPECT_THAT(getDatasetShape({"y", {1, 10}}, 7), ElementsAre(7, 10));
  EXPECT_THAT(getDatasetShape({"y", {2, 10}}, 7), ElementsAre(7, 2, 10));
  EXPECT_THAT(getDatasetShape({"y", {}}, 7), ElementsAre(7));
}

TEST_F(DatasetTest, inputs_agree_on_the_number_of_samples) {
  auto writer = valueOf(NpzWriter::create(path("x.npz")));
  float values[3] = {};
  writer->append(valueOf(writer->addArray("a", ElementType::F32, {2})), values,
                 8);
  writer->append(valueOf(writer->addArray("b", ElementType::F32, {3})), values,
                 12);
  ASSERT_EQ(messageOf(writer->commit()), "success");
  ModelSignature signature = makeSignature({{"a", {1}}, {"b", {1}}});
  EXPECT_THAT(messageOf(Dataset::open(path("x.npz"), signature)),
              HasSubstr("array 'b' holds 3 samples, but array 'a' 2"));
  EXPECT_THAT(
      messageOf(Dataset::open(path("x.npz"), makeSignature({{"c", {1}}}))),
      HasSubstr("has no array 'c'; it has: a, b"));
}

TEST_F(DatasetTest, samples_come_in_order_and_again_after_rewind) {
  auto dataset = valueOf(Dataset::open(
      writeArray<float>("x.npz", "x", ElementType::F32, {3}, {1, 2, 3}),
      makeSignature(ElementType::F32, {1})));
  EXPECT_EQ(dataset->getSampleCount(), 3);
  for (int round = 0; round < 2; ++round) {
    for (float expected : {1, 2, 3}) {
      float value = 0;
      EXPECT_FALSE(dataset->next({&value}));
      EXPECT_EQ(value, expected);
    }
    EXPECT_FALSE(dataset->rewind());
  }
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

TEST_F(DatasetTest, any_number_becomes_f32) {
  ModelSignature real = makeSignature(ElementType::F32, {1, 2});
  EXPECT_THAT((readOne<float, uint8_t>(ElementType::U8, {0, 255}, real)),
              ElementsAre(0, 255));
  EXPECT_THAT((readOne<float, int8_t>(ElementType::I8, {-128, 127}, real)),
              ElementsAre(-128, 127));
  EXPECT_THAT((readOne<float, int64_t>(ElementType::I64, {-3, 1 << 24}, real)),
              ElementsAre(-3, 1 << 24));
  EXPECT_THAT((readOne<float, double>(ElementType::F64, {0.1, -2}, real)),
              ElementsAre(0.1f, -2));
  // 1.5 and the smallest subnormal half.
  EXPECT_THAT((readOne<float, uint16_t>(ElementType::F16, {0x3e00, 1}, real)),
              ElementsAre(1.5f, 0x1p-24f));
  EXPECT_THAT((readOne<float, uint8_t>(ElementType::Bool, {0, 2}, real)),
              ElementsAre(0, 1));
}

TEST_F(DatasetTest, integers_are_converted_in_range_only) {
  ModelSignature tokens = makeSignature(ElementType::I32, {1, 2});
  EXPECT_THAT((readOne<int32_t, int64_t>(ElementType::I64, {-5, 7}, tokens)),
              ElementsAre(-5, 7));
  EXPECT_THAT((readOne<int32_t, uint8_t>(ElementType::U8, {200, 7}, tokens)),
              ElementsAre(200, 7));
  auto dataset = valueOf(
      Dataset::open(writeArray<uint64_t>("x.npz", "x", ElementType::U64, {1, 2},
                                         {1, uint64_t(1) << 63}),
                    tokens));
  int32_t values[2];
  EXPECT_THAT(messageOf(dataset->next({values})),
              HasSubstr("holds a value outside of i32 in sample 0, element 1"));
  EXPECT_THAT(openError({1, 2}, tokens),
              HasSubstr("holds f32, but the model's input takes i32"));
}

TEST_F(DatasetTest, a_quantized_input_takes_real_numbers_or_its_own_integers) {
  ModelSignature quantized =
      makeSignature(ElementType::I8, {1, 3}, Quantization{0.5, -10});
  // q = x / 0.5 - 10, ties to even, saturated.
  EXPECT_THAT((readOne<int8_t, float>(ElementType::F32, {0.25f, 0.75f, 1000},
                                      quantized)),
              ElementsAre(-10, -8, 127));
  EXPECT_THAT(
      (readOne<int8_t, uint8_t>(ElementType::U8, {0, 1, 255}, quantized)),
      ElementsAre(-10, -8, 127));
  EXPECT_THAT(
      (readOne<int8_t, int8_t>(ElementType::I8, {0, 1, -128}, quantized)),
      ElementsAre(0, 1, -128));
  // Normalized numbers are real numbers in every type.
  DatasetOptions options;
  options.normalization = Normalization{{1}, {2}};
  EXPECT_THAT((readOne<int8_t, int8_t>(ElementType::I8, {1, 3, -128}, quantized,
                                       options)),
              ElementsAre(-10, -8, -128));
}

TEST_F(DatasetTest, normalization_needs_real_numbers_and_channels) {
  DatasetOptions options;
  options.normalization = Normalization{{1, 2, 3}, {1, 1, 1}};
  std::string file =
      writeArray<uint8_t>("x.npz", "x", ElementType::U8, {1, 2}, {1, 2});
  EXPECT_THAT(
      messageOf(Dataset::open(file, makeSignature(ElementType::F32, {1, 2}),
                              options)),
      HasSubstr("3 means are given, but no axis of 1x2 has 3 channels"));
  EXPECT_THAT(messageOf(Dataset::open(
                  file, makeSignature(ElementType::I32, {1, 2}), options)),
              HasSubstr("no input that takes real numbers"));
}

TEST_F(DatasetTest, finite_numbers_where_they_are_asked_for) {
  ModelSignature real = makeSignature(ElementType::F32, {1});
  DatasetOptions options;
  options.requireFinite = true;
  float nan = std::numeric_limits<float>::quiet_NaN();
  auto dataset = valueOf(Dataset::open(
      writeArray<float>("x.npz", "x", ElementType::F32, {2}, {1, nan}), real,
      options));
  float value;
  EXPECT_EQ(messageOf(dataset->next({&value})), "success");
  EXPECT_THAT(messageOf(dataset->next({&value})),
              HasSubstr("array 'x' holds NaN in sample 1, element 0"));
  // A double beyond f32 is infinite for the model.
  auto large = valueOf(Dataset::open(
      writeArray<double>("x.npz", "x", ElementType::F64, {1}, {1e300}), real,
      options));
  EXPECT_THAT(messageOf(large->next({&value})), HasSubstr("holds infinity"));
}

//===----------------------------------------------------------------------===//
// Labels and real values
//===----------------------------------------------------------------------===//

TEST_F(DatasetTest, labels) {
  std::string file =
      writeArray<uint8_t>("x.npz", "labels", ElementType::U8, {3}, {7, 0, 255});
  EXPECT_THAT(valueOf(readLabels(file, "labels", 3)), ElementsAre(7, 0, 255));
  EXPECT_THAT(messageOf(readLabels(file, "labels", 4)),
              HasSubstr("has the shape 3, but there are 4 samples"));
  EXPECT_THAT(messageOf(readLabels(file, "truth", 3)),
              HasSubstr("has no array 'truth'"));
  EXPECT_THAT(
      messageOf(readLabels(
          writeArray<float>("f.npz", "labels", ElementType::F32, {1}, {1}),
          "labels", 1)),
      HasSubstr("labels are integers"));
}

TEST_F(DatasetTest, real_values_of_quantized_outputs) {
  std::vector<double> values;
  int8_t stored[] = {-128, 0, 127};
  readRealValues({"y", {1, 3}, ElementType::I8, Quantization{0.25, -128}},
                 stored, values);
  EXPECT_THAT(values, ElementsAre(0, 32, 63.75));
  readRealValues({"y", {1, 3}, ElementType::I8, std::nullopt}, stored, values);
  EXPECT_THAT(values, ElementsAre(-128, 0, 127));
}
