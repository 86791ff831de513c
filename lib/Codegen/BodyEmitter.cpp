// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value is a scalar as long as all lanes agree on it and becomes a vector
// where it meets one, so that address arithmetic, zero points and broadcast
// operands stay scalar. An operation that has no vector form (a table lookup by
// tensor.extract) is computed lane by lane.
#include "BodyEmitter.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

#include "KernelPlan.h"
#include "RawConstant.h"

using namespace mlir;

namespace quantc::codegen {

Place Place::project(ArrayRef<unsigned> loops) const {
  Place result;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    result.bases.push_back(bases[loop]);
    result.offsets.push_back(offsets[loop]);
    if (vectorDim == loop)
      result.vectorDim = index;
  }
  result.lanes = result.vectorDim ? lanes : 1;
  return result;
}

/// Whether `next` continues the vector of `place`, with as many lanes.
static bool isNeighbour(const Place &place, const Place &next) {
  if (!place.vectorDim || place.lanes != next.lanes)
    return false;
  SmallVector<int64_t> expected = place.offsets;
  expected[*place.vectorDim] += place.lanes;
  return expected == next.offsets && place.bases == next.bases;
}

SmallVector<PlacedValue> joinNeighbours(OpBuilder &builder, Location loc,
                                        ArrayRef<PlacedValue> values,
                                        int64_t maxLanes) {
  SmallVector<PlacedValue> joined;
  SmallVector<bool> taken(values.size());
  for (auto [index, first] : llvm::enumerate(values)) {
    if (taken[index])
      continue;
    PlacedValue pair = first;
    for (size_t other = index + 1; other < values.size(); ++other) {
      const PlacedValue &next = values[other];
      if (taken[other] || 2 * first.place.lanes > maxLanes ||
          !isNeighbour(first.place, next.place))
        continue;
      taken[other] = true;
      pair.place.lanes *= 2;
      auto order = llvm::to_vector(llvm::seq(pair.place.lanes));
      pair.value = vector::ShuffleOp::create(builder, loc, first.value,
                                             next.value, order);
      break;
    }
    joined.push_back(std::move(pair));
  }
  return joined.size() == values.size()
             ? joined
             : joinNeighbours(builder, loc, joined, maxLanes);
}

/// `map` as a function of the bases alone: offsets and absent bases folded in.
AffineMap BodyEmitter::shift(AffineMap map, const Place &place) {
  SmallVector<AffineExpr> dims;
  for (auto [index, offset] : llvm::enumerate(place.offsets)) {
    AffineExpr base = place.bases[index]
                          ? getAffineDimExpr(index, map.getContext())
                          : getAffineConstantExpr(0, map.getContext());
    dims.push_back(base + offset);
  }
  SmallVector<AffineExpr> results;
  for (AffineExpr expr : map.getResults())
    results.push_back(
        simplifyAffineExpr(expr.replaceDims(dims), map.getNumDims(), 0));
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

SmallVector<Value> BodyEmitter::getIndices(AffineMap map, const Place &place) {
  AffineMap shifted = shift(map, place);
  SmallVector<OpFoldResult> bases;
  for (Value base : place.bases)
    bases.push_back(base ? OpFoldResult(base)
                         : OpFoldResult(builder.getIndexAttr(0)));
  SmallVector<Value> indices;
  for (unsigned i = 0, e = shifted.getNumResults(); i < e; ++i) {
    OpFoldResult index = affine::makeComposedFoldedAffineApply(
        builder, loc, shifted.getSubMap({i}), bases);
    indices.push_back(getValueOrCreateConstantIndexOp(builder, loc, index));
  }
  return indices;
}

Value BodyEmitter::spread(Value value, const Place &place) {
  if (!place.vectorDim || isa<VectorType>(value.getType()))
    return value;
  auto type = VectorType::get({place.lanes}, value.getType());
  return vector::BroadcastOp::create(builder, loc, type, value);
}

Value BodyEmitter::loadLanes(Value tensor, AffineMap map, const Place &place) {
  SmallVector<Value> elements;
  Place lane = place;
  lane.vectorDim.reset();
  for (int64_t i = 0; i < place.lanes; ++i) {
    elements.push_back(load(tensor, map, lane));
    ++lane.offsets[*place.vectorDim];
  }
  auto type = VectorType::get({place.lanes}, elements.front().getType());
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

Value BodyEmitter::load(Value tensor, AffineMap map, const Place &place) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type)
    return tensor;
  Access access = place.vectorDim ? classifyAccess(map, *place.vectorDim)
                                  : Access::Invariant;
  int64_t lanes = access == Access::Invariant ? 0 : place.lanes;
  auto key = std::make_tuple(tensor.getAsOpaquePointer(),
                             shift(map, place).getAsOpaquePointer(), lanes);
  Value &loaded = loads[key];
  if (loaded)
    return loaded;

  Value result;
  if (access == Access::Strided) {
    result = loadLanes(tensor, map, place);
  } else {
    SmallVector<Value> indices = getIndices(map, place);
    if (access == Access::Invariant) {
      result = tensor::ExtractOp::create(builder, loc, tensor, indices);
    } else {
      auto vectorType = VectorType::get({lanes}, type.getElementType());
      Value padding = arith::ConstantOp::create(
          builder, loc, builder.getZeroAttr(type.getElementType()));
      result = vector::TransferReadOp::create(builder, loc, vectorType, tensor,
                                              indices, padding,
                                              ArrayRef<bool>{true});
    }
  }
  // The recursion of loadLanes may have moved the slot's siblings, never the
  // slot: std::map is stable.
  loaded = result;
  return result;
}

Value BodyEmitter::loadRun(Value tensor, AffineMap map, const Place &place,
                           int64_t count) {
  auto key = std::make_tuple(tensor.getAsOpaquePointer(),
                             shift(map, place).getAsOpaquePointer(), count);
  Value &loaded = loads[key];
  if (loaded)
    return loaded;
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  Value padding =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  loaded = vector::TransferReadOp::create(
      builder, loc, VectorType::get({count}, element), tensor,
      getIndices(map, place), padding, ArrayRef<bool>{true});
  return loaded;
}

Value BodyEmitter::loadGroup(Value tensor, AffineMap map, const Place &place,
                             int64_t count, int64_t ways, int64_t lanes) {
  auto key = std::make_tuple(tensor.getAsOpaquePointer(),
                             shift(map, place).getAsOpaquePointer(), -lanes);
  Value &repeated = loads[key];
  if (repeated)
    return repeated;
  Value run = loadRun(tensor, map, place, count);
  Type element = cast<VectorType>(run.getType()).getElementType();
  if (count < ways) {
    Value zeros = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(VectorType::get({ways}, element)));
    run = vector::InsertStridedSliceOp::create(
        builder, loc, run, zeros, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
  }
  // One group is one word: broadcasting words is one instruction.
  Type word = builder.getIntegerType(ways * element.getIntOrFloatBitWidth());
  Value single =
      vector::BitCastOp::create(builder, loc, VectorType::get({1}, word), run);
  Value scalar = vector::ExtractOp::create(builder, loc, single, 0);
  Value words = vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, word), scalar);
  repeated = vector::BitCastOp::create(
      builder, loc, VectorType::get({lanes * ways}, element), words);
  return repeated;
}

Value BodyEmitter::loadGroupOf(Value tensor, AffineMap map, const Place &place,
                               int64_t groups, int64_t group, int64_t ways,
                               int64_t lanes) {
  Value run = loadRun(tensor, map, place, groups * ways);
  Type element = cast<VectorType>(run.getType()).getElementType();
  Type word = builder.getIntegerType(ways * element.getIntOrFloatBitWidth());
  Value words = vector::BitCastOp::create(builder, loc,
                                          VectorType::get({groups}, word), run);
  Value repeated = vector::ShuffleOp::create(
      builder, loc, words, words, SmallVector<int64_t>(lanes, group));
  return vector::BitCastOp::create(
      builder, loc, VectorType::get({lanes * ways}, element), repeated);
}

Value BodyEmitter::store(Value value, Value dest, AffineMap map,
                         const Place &place) {
  if (!place.vectorDim)
    return tensor::InsertOp::create(builder, loc, value, dest,
                                    getIndices(map, place));
  Value vector = spread(value, place);
  if (classifyAccess(map, *place.vectorDim) == Access::Contiguous)
    return storeRun(vector, dest, map, place);
  Place lane = place;
  lane.vectorDim.reset();
  for (int64_t i = 0; i < place.lanes; ++i) {
    Value element = vector::ExtractOp::create(builder, loc, vector, i);
    dest = tensor::InsertOp::create(builder, loc, element, dest,
                                    getIndices(map, lane));
    ++lane.offsets[*place.vectorDim];
  }
  return dest;
}

Value BodyEmitter::storeRun(Value run, Value dest, AffineMap map,
                            const Place &place) {
  return vector::TransferWriteOp::create(builder, loc, run, dest,
                                         getIndices(map, place),
                                         ArrayRef<bool>{true})
      .getResult();
}

Value BodyEmitter::storeRows(Value run, int64_t rows, Value dest, AffineMap map,
                             const Place &place) {
  auto type = cast<VectorType>(run.getType());
  auto matrix = VectorType::get({rows, type.getNumElements() / rows},
                                type.getElementType());
  return vector::TransferWriteOp::create(
             builder, loc,
             vector::ShapeCastOp::create(builder, loc, matrix, run), dest,
             getIndices(map, place), ArrayRef<bool>{true, true})
      .getResult();
}

Value BodyEmitter::emitIndex(linalg::IndexOp op, const Place &place) {
  unsigned dim = op.getDim();
  AffineMap map = AffineMap::getMultiDimIdentityMap(place.bases.size(),
                                                    builder.getContext())
                      .getSubMap({dim});
  Value first = getIndices(map, place).front();
  if (place.vectorDim != dim)
    return first;
  auto type = VectorType::get({place.lanes}, builder.getIndexType());
  Value steps = vector::StepOp::create(builder, loc, type);
  return arith::AddIOp::create(builder, loc, spread(first, place), steps);
}

/// Clones `op` once for each lane.
SmallVector<Value> BodyEmitter::emitLanes(Operation &op, IRMapping &mapping,
                                          const Place &place) {
  SmallVector<SmallVector<Value>> elements(op.getNumResults());
  for (int64_t lane = 0; lane < place.lanes; ++lane) {
    IRMapping laneMapping;
    for (Value operand : op.getOperands()) {
      Value value = mapping.lookupOrDefault(operand);
      if (isa<VectorType>(value.getType()))
        value = vector::ExtractOp::create(builder, loc, value, lane);
      laneMapping.map(operand, value);
    }
    for (OpResult result : builder.clone(op, laneMapping)->getResults())
      elements[result.getResultNumber()].push_back(result);
  }
  SmallVector<Value> results;
  for (ArrayRef<Value> lanes : elements)
    results.push_back(vector::FromElementsOp::create(
        builder, loc, VectorType::get({place.lanes}, lanes.front().getType()),
        lanes));
  return results;
}

/// Whether a product may be added without a rounding of its own: in the sum of
/// a reduction, whose bits no target promises, and where it is rounded to an
/// integer, which RequantizeInFloat has proven to be the same. Elsewhere the
/// bits are promised (N34).
static bool mayFuse(arith::AddFOp add) {
  auto generic = dyn_cast<linalg::GenericOp>(add->getParentOp());
  if (!generic || generic.getNumReductionLoops() != 0)
    return true;
  FloatAttr addend;
  return matchPattern(add.getRhs(), m_Constant(&addend)) &&
         addend.getValueAsDouble() == 0x1.8p23;
}

/// A float addition of a product that nothing else uses, on vectors, as
/// vector.fma; null for anything else. On a target without a fused instruction
/// LLVM takes it apart again.
Value BodyEmitter::emitMultiplyAdd(Operation &op, IRMapping &mapping,
                                   const Place &place) {
  auto add = dyn_cast<arith::AddFOp>(op);
  if (!add || !mayFuse(add))
    return {};
  for (unsigned side : {0u, 1u}) {
    auto mul = op.getOperand(side).getDefiningOp<arith::MulFOp>();
    if (!mul || !mul->hasOneUse() || mul->getBlock() != op.getBlock())
      continue;
    Value lhs = mapping.lookupOrDefault(mul.getLhs());
    Value rhs = mapping.lookupOrDefault(mul.getRhs());
    Value acc = mapping.lookupOrDefault(op.getOperand(1 - side));
    if (llvm::none_of(ValueRange{lhs, rhs, acc}, [](Value value) {
          return isa<VectorType>(value.getType());
        }))
      continue;
    return vector::FMAOp::create(builder, loc, spread(lhs, place),
                                 spread(rhs, place), spread(acc, place));
  }
  return {};
}

/// Byte number `byte` of each entry of a table of 256 integers.
static SmallVector<int8_t> getTableBytes(ElementsAttr table, unsigned byte) {
  unsigned width = table.getElementType().getIntOrFloatBitWidth() / 8;
  ArrayRef<char> stored = getRawBytes(table);
  bool isSplat = stored.size() == width;
  SmallVector<int8_t> bytes;
  for (unsigned entry = 0; entry < 256; ++entry)
    bytes.push_back(
        static_cast<int8_t>(stored[(isSplat ? 0 : entry) * width + byte]));
  return bytes;
}

/// An element of a constant table of 256 integers, on vectors, from lookups of
/// each of its bytes; null for anything else.
Value BodyEmitter::emitLookup(Operation &op, IRMapping &mapping) {
  auto extract = dyn_cast<tensor::ExtractOp>(op);
  if (!looksUp || !extract || extract.getIndices().size() != 1 ||
      !extract.getType().isIntOrFloat())
    return {};
  auto cast = extract.getIndices()[0].getDefiningOp<arith::IndexCastUIOp>();
  ElementsAttr table = getRawConstant(extract.getTensor());
  auto type = dyn_cast<IntegerType>(extract.getType());
  if (!cast || !table || table.getNumElements() != 256 || !type ||
      type.getWidth() % 8 != 0)
    return {};
  Value indices = mapping.lookupOrDefault(cast.getIn());
  auto words = VectorType::get(
      mlir::cast<VectorType>(indices.getType()).getShape(), type);
  auto bytes = VectorType::get(words.getShape(), builder.getI8Type());
  // An index beyond the table has no meaning, so its upper bits are zero.
  if (indices.getType() != bytes)
    indices = arith::TruncIOp::create(builder, loc, bytes, indices);
  Value result;
  for (unsigned byte = 0; byte < type.getWidth() / 8; ++byte) {
    SmallVector<int8_t> entries = getTableBytes(table, byte);
    if (byte > 0 && llvm::all_of(entries, [](int8_t e) { return e == 0; }))
      continue;
    Value part = qvec::LookupOp::create(builder, loc, bytes, indices, entries);
    if (words == bytes)
      return part;
    part = arith::ExtUIOp::create(builder, loc, words, part);
    if (byte > 0) {
      Value shift = arith::ConstantOp::create(
          builder, loc,
          DenseElementsAttr::get(words, APInt(type.getWidth(), 8 * byte)));
      part = arith::ShLIOp::create(builder, loc, part, shift);
    }
    result = result
                 ? arith::OrIOp::create(builder, loc, result, part).getResult()
                 : part;
  }
  return result;
}

SmallVector<Value> BodyEmitter::emitOp(Operation &op, IRMapping &mapping,
                                       const Place &place) {
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return {emitIndex(index, place)};
  bool anyVector = llvm::any_of(op.getOperands(), [&](Value operand) {
    return isa<VectorType>(mapping.lookupOrDefault(operand).getType());
  });
  if (!anyVector)
    return builder.clone(op, mapping)->getResults();
  if (Value fused = emitMultiplyAdd(op, mapping, place))
    return {fused};
  if (Value bytes = emitLookup(op, mapping))
    return {bytes};
  if (!OpTrait::hasElementwiseMappableTraits(&op))
    return emitLanes(op, mapping, place);
  OperationState state(op.getLoc(), op.getName());
  for (Value operand : op.getOperands())
    state.operands.push_back(spread(mapping.lookupOrDefault(operand), place));
  for (Type type : op.getResultTypes())
    state.addTypes(VectorType::get({place.lanes}, type));
  state.addAttributes(op.getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = op.getPropertiesAsAttribute();
  return builder.create(state)->getResults();
}

Value BodyEmitter::compute(linalg::GenericOp op, const Place &place,
                           ArrayRef<Value> given) {
  IRMapping mapping;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument arg = op.getMatchingBlockArgument(&operand);
    unsigned index = operand.getOperandNumber();
    if (index < given.size() && given[index])
      mapping.map(arg, given[index]);
    else if (!arg.use_empty())
      mapping.map(
          arg, load(operand.get(), op.getMatchingIndexingMap(&operand), place));
  }
  for (Operation &inner : op.getBody()->without_terminator())
    mapping.map(inner.getResults(), emitOp(inner, mapping, place));
  Value yielded = op.getBody()->getTerminator()->getOperand(0);
  return mapping.lookupOrDefault(yielded);
}

} // namespace quantc::codegen
