// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text of models, random inputs, and the comparison.
#include "Differential.h"

#include "PlainJit.h"

#include "quantc/Conversion/Passes.h"
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Execution/ReferenceEvaluator.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "gtest/gtest.h"
#include <cstring>
#include <limits>

using namespace mlir;

namespace quantc::test {

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string formatReal(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.17e", value);
  return text;
}

static std::string formatParameters(double scale, int64_t zeroPoint) {
  return formatReal(scale) + ":" + std::to_string(zeroPoint);
}

std::string Quant::text() const {
  std::string text = "!quant.uniform<";
  text += (isSigned ? "i" : "u") + std::to_string(bits);
  if (bits != 32)
    text += "<" + std::to_string(min) + ":" + std::to_string(max) + ">";
  text += ":f32";
  if (axis < 0)
    return text + ", " + formatParameters(scales[0], zeroPoints[0]) + ">";
  text += ":" + std::to_string(axis) + ", {";
  for (size_t c = 0; c < scales.size(); ++c)
    text += (c ? ", " : "") + formatParameters(scales[c], zeroPoints[c]);
  return text + "}>";
}

Quant int8(double scale, int64_t zeroPoint) {
  return {true, 8, -128, 127, {scale}, {zeroPoint}};
}
Quant uint8(double scale, int64_t zeroPoint) {
  return {false, 8, 0, 255, {scale}, {zeroPoint}};
}
Quant narrowInt8(double scale) { return {true, 8, -127, 127, {scale}, {0}}; }
Quant perAxis(std::vector<double> scales, int64_t axis) {
  std::vector<int64_t> zeros(scales.size(), 0);
  return {true, 8, -127, 127, std::move(scales), std::move(zeros), axis};
}
Quant biasOf(const Quant &input, const Quant &weight) {
  Quant bias{true,
             32,
             std::numeric_limits<int32_t>::min(),
             std::numeric_limits<int32_t>::max(),
             weight.scales,
             std::vector<int64_t>(weight.scales.size(), 0),
             weight.axis < 0 ? -1 : 0};
  for (double &scale : bias.scales)
    scale *= input.scales[0];
  return bias;
}

std::string tensorText(const Shape &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + element + ">";
}
std::string tensorText(const Shape &shape, const Quant &type) {
  return tensorText(shape, type.text());
}

std::string listText(const Shape &values) {
  std::string text;
  for (int64_t value : values)
    text += (text.empty() ? "" : ", ") + std::to_string(value);
  return text;
}

static std::string nestedList(const Shape &shape, size_t dim,
                              const std::vector<int64_t> &values,
                              size_t &next) {
  if (dim == shape.size())
    return std::to_string(values[next++]);
  std::string text = "[";
  for (int64_t i = 0; i < shape[dim]; ++i)
    text += (i ? ", " : "") + nestedList(shape, dim + 1, values, next);
  return text + "]";
}

std::string constantText(const std::string &name, const Shape &shape,
                         const Quant &type,
                         const std::vector<int64_t> &values) {
  size_t next = 0;
  return "  %" + name + " = qnn.constant dense<" +
         nestedList(shape, 0, values, next) +
         "> : " + tensorText(shape, "i" + std::to_string(type.bits)) + " as " +
         tensorText(shape, type) + "\n";
}

bool isBoundary(const Quant &type) {
  return type.axis < 0 && (type.bits == 8 || type.bits == 16);
}

std::string Model::addArgument(const Shape &shape, const Quant &type) {
  std::string name = "x" + std::to_string(arguments.size());
  std::string quantized = tensorText(shape, type);
  if (isBoundary(type)) {
    arguments.push_back(quantized);
    return name;
  }
  arguments.push_back(tensorText(shape, "f32"));
  body += "  %q" + name + " = qnn.quantize %" + name + " : " +
          arguments.back() + " -> " + quantized + "\n";
  return "q" + name;
}

void Model::setResult(const std::string &name, const Shape &shape,
                      const Quant &type) {
  result = name;
  resultType = tensorText(shape, type);
  if (isBoundary(type))
    return;
  std::string floats = tensorText(shape, "f32");
  body += "  %f = qnn.dequantize %" + name + " : " + resultType + " -> " +
          floats + "\n";
  result = "f";
  resultType = floats;
}

std::string Model::text() const {
  std::string text = "func.func @main(";
  for (size_t i = 0; i < arguments.size(); ++i)
    text += (i ? ", %x" : "%x") + std::to_string(i) + ": " + arguments[i];
  // A model has an input, used or not.
  if (arguments.empty())
    text += "%unused: tensor<1xf32>";
  return text + ") -> " + resultType + " {\n" + body + "  return %" + result +
         " : " + resultType + "\n}\n";
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

double Random::scale() {
  double exponent = std::uniform_real_distribution<double>(-8.0, 0.0)(engine);
  return static_cast<float>(std::exp2(exponent));
}

std::vector<int64_t> Random::stored(const Quant &type, int64_t count) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(between(type.min, type.max));
  values.front() = type.min;
  values.back() = type.max;
  return values;
}

/// Floats where quantization has its edges, then ordinary ones.
static float makeFloat(Random &random, int64_t index) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float edges[] = {
      0.0f,      -0.0f,      0.25f,
      0.75f,     1.25f,      -0.25f,
      -0.75f,    -1.25f,     1e-42f,
      3e38f,     -3e38f,     1e30f,
      kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()};
  if (index < static_cast<int64_t>(std::size(edges)))
    return edges[index];
  return static_cast<float>(random.between(-100000, 100000)) / 1024.0f;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

namespace {

/// A context with everything registered, once a program.
MLIRContext &getContext() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    registerAllPasses();
    registry.insert<qnn::QNNDialect>();
    auto *created = new MLIRContext(registry);
    created->loadAllAvailableDialects();
    return created;
  }();
  return *context;
}

/// The bytes that a value of `type` takes at a function boundary.
size_t getByteSize(RankedTensorType type) {
  Type element = type.getElementType();
  unsigned bits =
      isa<quant::QuantizedType>(element)
          ? cast<quant::QuantizedType>(element).getStorageTypeIntegralWidth()
          : element.getIntOrFloatBitWidth();
  return type.getNumElements() * (bits <= 8 ? 1 : bits <= 16 ? 2 : 4);
}

std::vector<char> makeInput(RankedTensorType type, Random &random) {
  std::vector<char> bytes(getByteSize(type));
  size_t elementSize = bytes.size() / type.getNumElements();
  auto element = dyn_cast<quant::QuantizedType>(type.getElementType());
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    char *place = bytes.data() + i * elementSize;
    if (!element) {
      float value = makeFloat(random, i);
      std::memcpy(place, &value, sizeof(float));
      continue;
    }
    numerics::StorageRange range = qnn::getStorageRange(element);
    // Both ends of the range in each tensor, at changing places.
    int64_t value = i == 0   ? range.min
                    : i == 1 ? range.max
                             : random.between(range.min, range.max);
    std::memcpy(place, &value, elementSize);
  }
  return bytes;
}

/// How 8-bit activations are stored when a model is lowered.
enum class Storage { AsWritten, Unsigned, Signed };

/// The compiled integer linalg of `module`.
llvm::Expected<PlainJit> lowerAndCompile(ModuleOp module, Storage storage) {
  OwningOpRef<ModuleOp> lowered = module.clone();
  PassManager manager(&getContext());
  if (storage != Storage::AsWritten)
    manager.addNestedPass<func::FuncOp>(qnn::createSetActivationSignednessPass(
        {/*unsignedActivations=*/storage == Storage::Unsigned}));
  manager.addPass(conversion::createConvertQNNToLinalgPass());
  if (failed(manager.run(*lowered)))
    return llvm::createStringError("the model was not lowered");
  return PlainJit::create(*lowered);
}

} // namespace

void expectSameBits(const Model &model, unsigned rounds) {
  std::string text = model.text();
  SCOPED_TRACE(text);
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(text, &getContext());
  ASSERT_TRUE(module);
  auto reference = exec::ReferenceEvaluator::create(*module);
  ASSERT_TRUE(bool(reference)) << llvm::toString(reference.takeError());
  auto function = module->lookupSymbol<func::FuncOp>("main");
  SmallVector<RankedTensorType> arguments;
  for (Type type : function.getArgumentTypes())
    arguments.push_back(cast<RankedTensorType>(type));
  size_t resultSize =
      getByteSize(cast<RankedTensorType>(function.getResultTypes().front()));

  std::vector<PlainJit> programs;
  for (Storage storage :
       {Storage::AsWritten, Storage::Unsigned, Storage::Signed}) {
    llvm::Expected<PlainJit> program = lowerAndCompile(*module, storage);
    ASSERT_TRUE(bool(program)) << llvm::toString(program.takeError());
    programs.push_back(std::move(*program));
  }

  Random random(7);
  for (unsigned round = 0; round < rounds; ++round) {
    std::vector<std::vector<char>> buffers;
    for (RankedTensorType type : arguments)
      buffers.push_back(makeInput(type, random));
    std::vector<const void *> inputs;
    for (const std::vector<char> &buffer : buffers)
      inputs.push_back(buffer.data());
    std::vector<char> expected(resultSize, 1), actual(resultSize, 2);
    llvm::Error referenceError =
        (*reference)
            ->run(inputs, {static_cast<void *>(expected.data())},
                  /*arena=*/nullptr);
    ASSERT_FALSE(bool(referenceError))
        << llvm::toString(std::move(referenceError));
    for (auto [storage, program] : llvm::enumerate(programs)) {
      llvm::Error error =
          program.run(inputs, {static_cast<void *>(actual.data())});
      ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
      ASSERT_EQ(expected, actual)
          << "round " << round << ", storage " << storage;
    }
  }
}

} // namespace quantc::test
