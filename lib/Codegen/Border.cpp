// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the geometry of a window from the indexing map of the activation.
#include "Border.h"

#include "KernelPlan.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// The pad of `op`'s activation if it is of zeros and of static size.
tensor::PadOp getZeroPad(linalg::GenericOp op, const DotProduct &dot) {
  Value activation = op.getDpsInputOperand(dot.activation)->get();
  auto pad = activation.getDefiningOp<tensor::PadOp>();
  if (!pad || !pad.getSourceType().hasStaticShape() ||
      !pad.getResultType().hasStaticShape() ||
      pad.getSourceType().getRank() < 2)
    return {};
  Value padding = pad.getConstantPaddingValue();
  return padding && matchPattern(padding, m_Zero()) ? pad : tensor::PadOp();
}

/// The coefficients of the loops in `expr` and its constant; empty if it is not
/// linear.
SmallVector<int64_t> getCoefficients(AffineExpr expr, unsigned loops) {
  SmallVector<int64_t> flat;
  if (failed(getFlattenedAffineExpr(expr, loops, 0, &flat)) ||
      flat.size() != loops + 1)
    return {};
  return flat;
}

/// Sorts the loops of `coefficients` into parallel ones and reductions.
void splitLoops(linalg::GenericOp op, ArrayRef<int64_t> coefficients,
                SmallVectorImpl<unsigned> &parallel,
                SmallVectorImpl<unsigned> &reduction) {
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  for (auto [dim, kind] : llvm::enumerate(kinds))
    if (coefficients[dim] != 0 && sizes[dim] > 1)
      (kind == utils::IteratorType::parallel ? parallel : reduction)
          .push_back(dim);
}

bool matchRows(linalg::GenericOp op, AffineExpr expr, int64_t high,
               Border &border) {
  SmallVector<int64_t> coefficients = getCoefficients(expr, op.getNumLoops());
  SmallVector<unsigned> parallel, reduction;
  if (coefficients.empty() || coefficients.back() != 0)
    return false;
  splitLoops(op, coefficients, parallel, reduction);
  if (border.low == 0 && high == 0)
    return true;
  if (parallel.size() != 1 || reduction.size() != 1)
    return false;
  border.rowDim = parallel.front();
  border.kernelRowDim = reduction.front();
  border.stride = coefficients[border.rowDim];
  border.dilation = coefficients[*border.kernelRowDim];
  return border.stride > 0 && border.dilation > 0;
}

bool matchColumns(linalg::GenericOp op, const DotProduct &dot, AffineExpr expr,
                  Border &border) {
  SmallVector<int64_t> coefficients = getCoefficients(expr, op.getNumLoops());
  SmallVector<unsigned> parallel, reduction;
  if (coefficients.empty() || coefficients.back() != 0)
    return false;
  splitLoops(op, coefficients, parallel, reduction);
  if (parallel.size() != 1 || reduction.size() != 1 ||
      reduction.front() != dot.reductionDim ||
      coefficients[dot.reductionDim] != 1)
    return false;
  border.columnDim = parallel.front();
  border.columnStride = coefficients[border.columnDim];
  // Only whole groups are left out.
  return border.columnStride > 0 && border.columnStride % dot.ways == 0 &&
         border.columns % dot.ways == 0 && border.columnLow % dot.ways == 0 &&
         op.getStaticLoopRanges()[dot.reductionDim] % dot.ways == 0;
}

} // namespace

std::pair<int64_t, int64_t> Border::getInside(int64_t column,
                                              int64_t size) const {
  int64_t first = column * columnStride - columnLow;
  int64_t begin = std::clamp<int64_t>(-first, 0, size);
  return {begin, std::clamp<int64_t>(columns - first, begin, size)};
}

std::pair<AffineMap, AffineMap>
Border::getKernelRows(AffineExpr row, int64_t kernelRows) const {
  MLIRContext *context = row.getContext();
  auto constant = [&](int64_t value) {
    return getAffineConstantExpr(value, context);
  };
  AffineExpr first = (constant(low) - row * stride).ceilDiv(dilation);
  AffineExpr end =
      (constant(rows - 1 + low) - row * stride).floorDiv(dilation) + 1;
  return {AffineMap::get(1, 0, {constant(0), first}, context),
          AffineMap::get(1, 0, {constant(kernelRows), end}, context)};
}

std::optional<Border> findBorder(linalg::GenericOp op, const DotProduct &dot) {
  tensor::PadOp pad = getZeroPad(op, dot);
  if (!pad || !dot.isPacked())
    return std::nullopt;
  AffineMap map =
      op.getMatchingIndexingMap(op.getDpsInputOperand(dot.activation));
  ArrayRef<int64_t> low = pad.getStaticLow(), high = pad.getStaticHigh();
  size_t rank = low.size();
  auto isZero = [](int64_t size) { return size == 0; };
  if (!llvm::all_of(low.drop_back(2), isZero) ||
      !llvm::all_of(high.drop_back(2), isZero) ||
      llvm::any_of(low, [](int64_t size) { return size < 0; }) ||
      llvm::any_of(high, [](int64_t size) { return size < 0; }))
    return std::nullopt;
  Border border;
  border.image = pad.getSource();
  border.rows = pad.getSourceType().getDimSize(rank - 2);
  border.columns = pad.getSourceType().getDimSize(rank - 1);
  border.low = low[rank - 2];
  border.columnLow = low[rank - 1];
  if (!matchRows(op, map.getResult(rank - 2), high[rank - 2], border) ||
      !matchColumns(op, dot, map.getResult(rank - 1), border))
    return std::nullopt;
  SmallVector<AffineExpr> results(map.getResults());
  results[rank - 2] = results[rank - 2] - border.low;
  results[rank - 1] = results[rank - 1] - border.columnLow;
  border.map = AffineMap::get(map.getNumDims(), 0, results, op.getContext());
  return border;
}

bool isLeftOut(OpOperand &use) {
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!op || !isKernel(op))
    return false;
  std::optional<DotProduct> dot = matchDotProduct(op);
  return dot &&
         op.getDpsInputOperand(dot->activation)->getOperandNumber() ==
             use.getOperandNumber() &&
         findBorder(op, *dot);
}

} // namespace quantc::codegen
