// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which integers the weights of a convolution become when each may take up the
// error of the others. The arithmetic is in ErrorFeedback.h; here are the
// layouts, the scales and the attributes.
#include "quantc/Dialect/QNN/Transforms/Accuracy.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"
#include "quantc/Numerics/QuantParams.h"
#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_ROUNDWEIGHTSPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

WeightBlocks WeightBlocks::get(const Contraction &contraction) {
  int64_t depth = contraction.getDepth();
  if (contraction.isDepthwise())
    return {contraction.getChannels(), depth};
  int64_t count = llvm::divideCeil(depth, kMaxSize);
  return {count, static_cast<int64_t>(llvm::divideCeil(depth, count))};
}

namespace {

using Rows = std::vector<std::vector<double>>;

/// The weights of one contraction, block by block.
class WeightTable {
public:
  WeightTable(const Contraction &contraction, ArrayRef<float> weights)
      : channels(contraction.getChannels()), depth(contraction.getDepth()),
        isDepthwise(contraction.isDepthwise()),
        blocks(WeightBlocks::get(contraction)), weights(weights) {}

  const WeightBlocks &getBlocks() const { return blocks; }

  /// One row for each output channel that has a part in `block`.
  Rows read(int64_t block) const {
    Rows rows;
    for (int64_t row = 0, end = isDepthwise ? 1 : channels; row < end; ++row) {
      rows.emplace_back(blocks.size, 0.0);
      for (int64_t i = 0; i < blocks.size; ++i)
        if (std::optional<int64_t> index = getIndex(block, row, i))
          rows.back()[i] = weights[*index];
    }
    return rows;
  }

  void write(int64_t block, const Rows &rows) {
    for (auto [row, numbers] : llvm::enumerate(rows))
      for (int64_t i = 0; i < blocks.size; ++i)
        if (std::optional<int64_t> index = getIndex(block, row, i))
          weights[*index] = static_cast<float>(numbers[i]);
  }

  int64_t getChannel(int64_t block, int64_t row) const {
    return isDepthwise ? block : row;
  }

  std::vector<float> take() { return std::move(weights); }

private:
  /// None where the last block is filled up.
  std::optional<int64_t> getIndex(int64_t block, int64_t row, int64_t i) const {
    if (isDepthwise)
      return i * channels + block;
    int64_t place = block * blocks.size + i;
    return place < depth ? std::optional(row * depth + place) : std::nullopt;
  }

  int64_t channels, depth;
  bool isDepthwise;
  WeightBlocks blocks;
  std::vector<float> weights;
};

/// One scale for each channel, from the largest weights.
std::optional<std::vector<float>> chooseScales(const WeightTable &table,
                                               int64_t channels,
                                               const TensorPolicy &policy) {
  std::vector<double> largest(channels, 0.0);
  for (int64_t block = 0; block < table.getBlocks().count; ++block)
    for (auto [row, numbers] : llvm::enumerate(table.read(block)))
      for (double number : numbers) {
        if (!std::isfinite(number))
          return std::nullopt;
        double &most = largest[table.getChannel(block, row)];
        most = std::max(most, std::fabs(number));
      }
  std::vector<float> scales;
  for (double most : largest) {
    auto params = numerics::chooseSymmetric(most, policy.getStorage(),
                                            policy.hasPowerOfTwoScale());
    if (!params) {
      llvm::consumeError(params.takeError());
      return std::nullopt;
    }
    scales.push_back(params->scale);
  }
  return scales;
}

bool hasScalePerChannel(const Contraction &contraction,
                        const TensorPolicy &policy) {
  QuantizableOpInterface op = contraction.op;
  return policy.symmetric && policy.isSigned &&
         policy.granularity == Granularity::Channel &&
         op.getWeightAxis(contraction.weight->getOperandNumber()) &&
         contraction.getInputChannel(0);
}

} // namespace

bool chooseWeights(const Contraction &contraction,
                   ArrayRef<SquareMatrix> moments, ArrayRef<SquareMatrix> cross,
                   const WeightChoice &choice) {
  QuantizableOpInterface op = contraction.op;
  TensorPolicy policy = getWeightPolicy(op);
  auto constant = FloatConstant::read(contraction.weight->get());
  if (!constant || !hasScalePerChannel(contraction, policy))
    return false;
  WeightTable table(contraction, constant->values());
  if (!cross.empty())
    for (auto [block, moment] : llvm::enumerate(moments)) {
      Rows rows = table.read(block);
      if (refitRows(moment, cross[block], choice.ridge, rows))
        table.write(block, rows);
    }
  auto scales = chooseScales(table, contraction.getChannels(), policy);
  if (!scales)
    return false;
  for (auto [block, moment] : llvm::enumerate(moments)) {
    Rows rows = table.read(block);
    auto round = [&, block = block](double weight, int64_t row, int64_t) {
      float scale = (*scales)[table.getChannel(block, row)];
      return double(numerics::dequantizeF32(
          numerics::quantizeF32(static_cast<float>(weight), scale, 0,
                                policy.getStorage()),
          scale, 0));
    };
    // Inputs that are always zero leave nothing to choose.
    if (!roundRows(moment, choice.damping, rows, round))
      for (auto [row, numbers] : llvm::enumerate(rows))
        for (double &number : numbers)
          number = round(number, row, 0);
    table.write(block, rows);
  }
  OpBuilder builder(op);
  contraction.weight->set(
      createFloatConstant(builder, contraction.weight->get().getLoc(),
                          constant->getShape(), table.take()));
  setMeasured(op, kWeightScalesAttr, *scales);
  return true;
}

namespace {

struct RoundWeightsPass : impl::RoundWeightsPassBase<RoundWeightsPass> {
  using Base::Base;

  void runOnOperation() override {
    bool allGood = true;
    for (const Contraction &contraction : getContractions(getOperation()))
      allGood &= succeeded(round(contraction));
    if (!allGood)
      signalPassFailure();
  }

private:
  LogicalResult round(const Contraction &contraction) {
    Operation *op = contraction.op;
    if (!op->hasAttr(kInputMomentsAttr))
      return success();
    auto moments = readMoments(contraction, kInputMomentsAttr);
    if (failed(moments))
      return failure();
    std::vector<SquareMatrix> cross;
    if (op->hasAttr(kInputCrossMomentsAttr)) {
      auto read = readMoments(contraction, kInputCrossMomentsAttr);
      if (failed(read))
        return failure();
      cross = std::move(*read);
    }
    chooseWeights(contraction, *moments, cross, {damping, ridge});
    op->removeAttr(kInputMomentsAttr);
    op->removeAttr(kInputCrossMomentsAttr);
    return success();
  }

  static FailureOr<std::vector<SquareMatrix>>
  readMoments(const Contraction &contraction, StringRef name) {
    Operation *op = contraction.op;
    WeightBlocks blocks = WeightBlocks::get(contraction);
    auto expected =
        RankedTensorType::get({blocks.count, blocks.size, blocks.size},
                              Float32Type::get(op->getContext()));
    auto constant = FloatConstant::read(op->getAttr(name));
    if (!constant || constant->getType() != expected)
      return op->emitOpError()
             << "'" << name << "' expected numbers of type " << expected;
    std::vector<SquareMatrix> result(blocks.count, SquareMatrix(blocks.size));
    ArrayRef<float> values = constant->values();
    for (int64_t b = 0; b < blocks.count; ++b)
      for (int64_t i = 0; i < blocks.size; ++i)
        for (int64_t j = 0; j < blocks.size; ++j)
          result[b](i, j) = values[(b * blocks.size + i) * blocks.size + j];
    return result;
  }
};

} // namespace
} // namespace quantc::qnn
