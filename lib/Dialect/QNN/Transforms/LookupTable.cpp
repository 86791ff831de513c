// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates a chain of scalar-evaluable operations on all stored values.
#include "LookupTable.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Numerics/Quantize.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

/// The chain's value for one input. Shared links are evaluated once.
class ScalarEvaluator {
public:
  ScalarEvaluator(Value source, double input) { known[source] = input; }

  std::optional<double> evaluate(Value value) {
    if (auto found = known.find(value); found != known.end())
      return found->second;
    if (std::optional<float> constant = getUniformFloat(value))
      return known[value] = *constant;
    auto op = value.getDefiningOp<QuantizableOpInterface>();
    if (!op)
      return std::nullopt;
    SmallVector<double> operands;
    for (OpOperand &operand : op->getOpOperands()) {
      bool isData = op.getOperandRole(operand.getOperandNumber()) ==
                    OperandRole::Activation;
      std::optional<double> scalar =
          isData ? evaluate(operand.get()) : std::optional<double>(0.0);
      if (!scalar)
        return std::nullopt;
      operands.push_back(*scalar);
    }
    std::optional<double> result = op.evaluateScalar(operands);
    if (result)
      known[value] = *result;
    return result;
  }

private:
  llvm::SmallDenseMap<Value, double, 8> known;
};

} // namespace

DenseElementsAttr buildLookupTable(Value value, Value source,
                                   quant::QuantizedType input,
                                   quant::QuantizedType result) {
  int64_t size = LookupOp::getTableSize(input);
  int64_t first = input.isSigned() ? -size / 2 : 0;
  unsigned width = result.getStorageTypeIntegralWidth();
  SmallVector<APInt> entries;
  entries.reserve(size);
  for (int64_t stored = first; stored < first + size; ++stored) {
    float real = numerics::dequantizeF32(static_cast<int32_t>(stored),
                                         static_cast<float>(getScale(input, 0)),
                                         getZeroPoint(input, 0));
    std::optional<double> computed =
        ScalarEvaluator(source, real).evaluate(value);
    if (!computed)
      return {};
    int32_t entry = numerics::quantizeF32(
        static_cast<float>(*computed), static_cast<float>(getScale(result, 0)),
        getZeroPoint(result, 0), getStorageRange(result));
    entries.emplace_back(width, static_cast<uint64_t>(entry), /*isSigned=*/true,
                         /*implicitTrunc=*/true);
  }
  auto type = RankedTensorType::get({size}, getStorageIntegerType(result));
  return DenseElementsAttr::get(type, entries);
}

} // namespace quantc::qnn
