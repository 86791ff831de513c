// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole functions: the signature, the float boundary, constants in every
// spelling, and what is refused.
#include "Support.h"

#include "gmock/gmock.h"

using namespace quantc::exec;
using namespace quantc::exec::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

TEST(ReferenceEvaluator, Signature) {
  std::unique_ptr<CompiledModel> model = makeModel(R"(
    module attributes {qnn.model_name = "net"} {
      func.func @main(%x: tensor<1x2xf32> {qnn.name = "pixels"},
                      %y: tensor<2x!quant.uniform<u8:f32, 0.5:3>>)
          -> (tensor<2x!quant.uniform<u8:f32, 0.5:3>>,
              tensor<1x2xf32> {qnn.name = "same"}) {
        return %y, %x : tensor<2x!quant.uniform<u8:f32, 0.5:3>>, tensor<1x2xf32>
      }
      func.func private @declared()
    })");
  ASSERT_TRUE(model);
  const ModelSignature &signature = model->getSignature();
  EXPECT_EQ(signature.name, "net");
  EXPECT_EQ(signature.arenaSize, 0u);
  ASSERT_EQ(signature.inputs.size(), 2u);
  EXPECT_EQ(signature.inputs[0].name, "pixels");
  EXPECT_EQ(signature.inputs[0].type, ElementType::F32);
  EXPECT_THAT(signature.inputs[0].shape, ElementsAre(1, 2));
  EXPECT_FALSE(signature.inputs[0].quantization);
  EXPECT_EQ(signature.inputs[1].name, "input1");
  EXPECT_EQ(signature.inputs[1].type, ElementType::U8);
  ASSERT_TRUE(signature.inputs[1].quantization);
  EXPECT_EQ(signature.inputs[1].quantization->scale, 0.5);
  EXPECT_EQ(signature.inputs[1].quantization->zeroPoint, 3);
  EXPECT_EQ(signature.outputs[0].name, "output0");
  EXPECT_EQ(signature.outputs[1].name, "same");
}

// NCHW at the boundary, NHWC inside, one float constant: (x + c) at scale 1.
TEST(ReferenceEvaluator, FloatBoundary) {
  EXPECT_THAT((evaluate<float>(R"(
    !q = !quant.uniform<i8:f32, 1.0>
    func.func @main(%x: tensor<1x2x1x2xf32>) -> tensor<4xf32> {
      %0 = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x2x1x2xf32>) -> tensor<1x1x2x2xf32>
      %1 = qnn.observe %0 "x" : tensor<1x1x2x2xf32>
      %2 = qnn.quantize %1 : tensor<1x1x2x2xf32> -> tensor<1x1x2x2x!q>
      %c = "tosa.const"() {values = dense<100.0> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
      %3 = qnn.quantize %c : tensor<1x1x1x1xf32> -> tensor<1x1x1x1x!q>
      %4 = qnn.add %2, %3 : (tensor<1x1x2x2x!q>, tensor<1x1x1x1x!q>) -> tensor<1x1x2x2x!q>
      %5 = qnn.dequantize %4 : tensor<1x1x2x2x!q> -> tensor<1x1x2x2xf32>
      %s = tosa.const_shape {values = dense<4> : tensor<1xindex>} : () -> !tosa.shape<1>
      %6 = tosa.reshape %5, %s : (tensor<1x1x2x2xf32>, !tosa.shape<1>) -> tensor<4xf32>
      return %6 : tensor<4xf32>
    })",
                               4, std::vector<float>{1, 2, 3, 4})),
              ElementsAre(101, 103, 102, 104));
}

// The bits stay; who reads them decides on their sign.
TEST(ReferenceEvaluator, StorageCast) {
  EXPECT_THAT((evaluate<int8_t>(R"(
    !u = !quant.uniform<u8:f32, 0.5:3>
    !s = !quant.uniform<i8:f32, 0.25>
    func.func @main(%x: tensor<4x!u>) -> tensor<4x!s> {
      %0 = quant.scast %x : tensor<4x!u> to tensor<4xi8>
      %1 = quant.scast %0 : tensor<4xi8> to tensor<4x!s>
      return %1 : tensor<4x!s>
    })",
                                4, std::vector<uint8_t>{0, 127, 128, 255})),
              ElementsAre(0, 127, -128, -1));
  EXPECT_THAT((evaluate<uint8_t>(R"(
    !u = !quant.uniform<u8:f32, 0.5:3>
    !s = !quant.uniform<i8:f32, 0.25>
    func.func @main(%x: tensor<3x!s>) -> tensor<3x!u> {
      %0 = quant.scast %x : tensor<3x!s> to tensor<3xi8>
      %1 = quant.scast %0 : tensor<3xi8> to tensor<3x!u>
      return %1 : tensor<3x!u>
    })",
                                 3, std::vector<int8_t>{0, -128, -1})),
              ElementsAre(0, 128, 255));
}

// The same four bytes, dense and as a resource, signed and unsigned.
TEST(ReferenceEvaluator, Constants) {
  std::string text = R"(
    !q = !quant.uniform<{0}:f32, 1.0>
    func.func @main(%unused: tensor<1xf32>) -> tensor<8x!quant.uniform<i16:f32, 1.0>> {{
      %0 = qnn.constant dense<[1, -1, 2, -2]> : tensor<4xi8> as tensor<4x!q>
      %1 = qnn.constant dense_resource<r> : tensor<4xi8> as tensor<4x!q>
      %2 = qnn.concat %0, %1 {{axis = 0 : i64} : (tensor<4x!q>, tensor<4x!q>) -> tensor<8x!q>
      %3 = qnn.requantize %2 : tensor<8x!q> -> tensor<8x!quant.uniform<i16:f32, 1.0>>
      return %3 : tensor<8x!quant.uniform<i16:f32, 1.0>>
    }
    {{-# dialect_resources: {{ builtin: {{ r: "0x0100000001FF02FE" } } #-})";
  auto run = [&](llvm::StringRef storage) {
    return evaluate<int16_t>(llvm::formatv(text.c_str(), storage).str(), 8,
                             std::vector<float>{0.0f});
  };
  EXPECT_THAT(run("i8"), ElementsAre(1, -1, 2, -2, 1, -1, 2, -2));
  EXPECT_THAT(run("u8"), ElementsAre(1, 255, 2, 254, 1, 255, 2, 254));
}

std::string getError(llvm::StringRef text) {
  std::string error;
  EXPECT_EQ(makeModel(text, &error), nullptr);
  return error;
}

TEST(ReferenceEvaluator, RefusesFloatArithmetic) {
  std::string error = getError(R"(
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = tosa.abs %x : (tensor<2xf32>) -> tensor<2xf32> loc("layer7")
      return %0 : tensor<2xf32>
    })");
  EXPECT_THAT(error, HasSubstr("layer7"));
  EXPECT_THAT(error, HasSubstr("'tosa.abs' has no reference evaluation"));
}

TEST(ReferenceEvaluator, RefusesRatiosWithoutMultiplier) {
  std::string body = R"(
    func.func @main(%x: tensor<2x{0}>) -> tensor<2x{1}> {{
      %0 = {2}
      return %0 : tensor<2x{1}>
    })";
  EXPECT_THAT(
      getError(llvm::formatv(body.c_str(), quantized("i8", 1e12, 0),
                             quantized("i8", 1, 0),
                             "qnn.requantize %x : tensor<2x" +
                                 quantized("i8", 1e12, 0) + "> -> tensor<2x" +
                                 quantized("i8", 1, 0) + ">")
                   .str()),
      HasSubstr("has no fixed-point multiplier"));
  EXPECT_THAT(
      getError(llvm::formatv(body.c_str(), quantized("i8", 1e12, 0),
                             quantized("i8", 1, 0),
                             "qnn.add %x, %x : (tensor<2x" +
                                 quantized("i8", 1e12, 0) + ">, tensor<2x" +
                                 quantized("i8", 1e12, 0) + ">) -> tensor<2x" +
                                 quantized("i8", 1, 0) + ">")
                   .str()),
      HasSubstr("have no multipliers up to 2^21"));
}

TEST(ReferenceEvaluator, RefusesOtherModules) {
  EXPECT_THAT(getError("module {}"), HasSubstr("no public function"));
  EXPECT_THAT(getError("func.func @a() { return }\nfunc.func @b() { return }"),
              HasSubstr("found 'a' and 'b'"));
  EXPECT_THAT(getError("func.func @main(%x: tensor<?xf32>) { return }"),
              HasSubstr("input0 is no static tensor"));
  EXPECT_THAT(getError("func.func @main(%x: tensor<2xi8>) { return }"),
              HasSubstr("input0 is no static tensor"));
}

} // namespace
