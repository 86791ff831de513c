// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cost model is deliberately small: count the memory instructions of one
// iteration for each candidate loop, then fill most of the register file with
// accumulators.
#include "KernelPlan.h"
#include "RawConstant.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

/// True if loads and stores of vectors of `type` have the memory layout of
/// scalars: whole bytes, or index.
bool isVectorizableElement(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element.isIndex())
    return true;
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
}

unsigned getBits(Type type) {
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 32;
}

/// The width of a lane, at most 32. An elementwise operation fills a register
/// of the narrowest elements in memory: what is wider takes several. A
/// reduction keeps what it computes in registers; what is wider than 32 bits
/// lives shortly, in the epilogue.
unsigned getLaneBits(linalg::GenericOp op) {
  SmallVector<unsigned> memory, computed;
  for (OpOperand &operand : op->getOpOperands())
    if (op.isDpsInit(&operand) || isa<ShapedType>(operand.get().getType()))
      memory.push_back(getBits(getElementTypeOrSelf(operand.get().getType())));
  if (op.getNumReductionLoops() == 0)
    return std::clamp(*llvm::min_element(memory), 8u, 32u);
  for (Operation &inner : op.getBody()->without_terminator())
    for (Type type : inner.getResultTypes())
      computed.push_back(getBits(type));
  llvm::append_range(computed, memory);
  return std::clamp(*llvm::max_element(computed), 8u, 32u);
}

/// Memory instructions of one iteration if vectors of `lanes` run along `dim`.
/// Constants can be packed, so they are never strided.
double estimateCost(linalg::GenericOp op, unsigned dim, int64_t lanes) {
  double cost = 1.0 / lanes;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<ShapedType>(operand.get().getType()))
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool strided = classifyAccess(map, dim) == Access::Strided;
    bool packable = map.isProjectedPermutation() &&
                    getRawConstant(operand.get()) != nullptr;
    cost += strided && !packable ? 1.0 : 1.0 / lanes;
  }
  return cost;
}

void chooseVectorDim(linalg::GenericOp op, unsigned vectorBits,
                     KernelPlan &plan) {
  for (Value operand : op->getOperands())
    if (!isVectorizableElement(operand.getType()))
      return;
  int64_t lanes = std::max<int64_t>(1, vectorBits / getLaneBits(op));
  unsigned numOperands = op->getNumOperands();
  double best = 1.0 + numOperands; // of the scalar kernel
  for (unsigned dim : plan.parallelOrder) {
    if (plan.sizes[dim] < 2)
      continue;
    int64_t filled = std::min(lanes, plan.sizes[dim]);
    double cost = estimateCost(op, dim, filled);
    // Among equals the innermost loop wins: its iterations are neighbours.
    if (cost > best || (cost == best && !plan.vectorDim))
      continue;
    best = cost;
    plan.vectorDim = dim;
    plan.lanes = filled;
  }
}

/// The tile of at most `budget` iterations for a loop of `size`: one that
/// leaves no remainder if it fills two thirds of the budget, else as few tiles
/// of as equal size as there can be.
int64_t chooseTile(int64_t size, int64_t budget) {
  for (int64_t tile = std::min(size, budget); 3 * tile >= 2 * budget; --tile)
    if (size % tile == 0)
      return tile;
  return llvm::divideCeil(size, llvm::divideCeil(size, budget));
}

/// The same for pairs, of which only the last one may be a half: as few tiles
/// as there can be, because each one loads all weights of its panel.
int64_t chooseTileOfPairs(int64_t size, int64_t budget) {
  int64_t tile = llvm::divideCeil(size, llvm::divideCeil(size, budget));
  return std::min<int64_t>(size, llvm::alignTo(tile, 2));
}

/// True if an input of the reduction is the same for all lanes: the kernel is a
/// product of a scalar and a vector, and reuses both.
bool isOuterProduct(linalg::GenericOp op, unsigned vectorDim) {
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    return map.getNumResults() > 0 &&
           classifyAccess(map, vectorDim) == Access::Invariant;
  });
}

/// Accumulators of one tile, as far as the register file of the target goes.
int64_t getAccumulatorBudget(const KernelPlan &plan, const ISA &isa) {
  int64_t registers = isa.registers;
  // Each sum is a register of its own, and products pass through others.
  if (plan.dot && plan.dot->ways == kRowWays)
    return 3 * llvm::divideCeil(plan.dot->panel, plan.lanes);
  // Each row keeps its groups in a register. Weights are loaded ahead: those of
  // the next group, or where a vector of them has work for several pairs, two.
  if (plan.groupsPerLoad > 1) {
    int64_t vectors = llvm::divideCeil(plan.dot->panel, plan.lanes);
    bool pairs = plan.dot->ways == kPairWays;
    int64_t ahead = pairs ? 2 : 2 * vectors + 2;
    int64_t rows = (registers - ahead) / (vectors + 1);
    return vectors * std::max<int64_t>(1, pairs ? rows / 2 * 2 : rows);
  }
  // The rest is for operands; widened bytes take two registers for each.
  bool widens = plan.dot && plan.dot->ways == kDotWays &&
                isa.dot == DotInstruction::MultiplyAddWords;
  return widens ? registers / 2 : registers * 3 / 4;
}

void chooseTiles(linalg::GenericOp op, const ISA &isa, KernelPlan &plan) {
  plan.tile.assign(plan.sizes.size(), 1);
  bool reduces = !plan.reductionDims.empty();
  bool product =
      reduces && plan.vectorDim && isOuterProduct(op, *plan.vectorDim);
  int64_t budget = reduces ? 4 : 2;
  if (product)
    budget = getAccumulatorBudget(plan, isa);

  SmallVector<unsigned> others(plan.parallelOrder);
  if (plan.vectorDim) {
    unsigned dim = *plan.vectorDim;
    llvm::erase(others, dim);
    int64_t vectors = std::max<int64_t>(1, plan.sizes[dim] / plan.lanes);
    bool alone =
        llvm::all_of(others, [&](unsigned d) { return plan.sizes[d] == 1; });
    int64_t wanted = product ? (alone ? 8 : 2) : 1;
    plan.tile[dim] =
        plan.dot
            ? std::min(plan.sizes[dim], plan.dot->panel)
            : std::min(plan.sizes[dim], std::min(vectors, wanted) * plan.lanes);
    int64_t count =
        std::max<int64_t>(1, llvm::divideCeil(plan.tile[dim], plan.lanes));
    budget = std::max<int64_t>(1, budget / count);
  }
  if (!reduces && plan.vectorDim)
    budget = 1;
  bool pairs = plan.dot && plan.dot->ways == kPairWays;
  for (unsigned dim : llvm::reverse(others)) {
    // What of a kernel's rows is in the image depends on the output row.
    if (plan.border && dim != plan.border->columnDim)
      continue;
    // Two rows of a block meet the same weights.
    if (pairs &&
        op.getMatchingIndexingMap(op.getDpsInputOperand(plan.dot->weight))
            .isFunctionOfDim(dim))
      continue;
    plan.tile[dim] = pairs ? chooseTileOfPairs(plan.sizes[dim], budget)
                           : chooseTile(plan.sizes[dim], budget);
    budget /= plan.tile[dim];
    if (budget < 2)
      break;
  }
  // A panel of weights stays in the nearest cache while the image streams by.
  if (product) {
    llvm::erase(plan.parallelOrder, *plan.vectorDim);
    plan.parallelOrder.insert(plan.parallelOrder.begin(), *plan.vectorDim);
  }
}

} // namespace

Access classifyAccess(AffineMap map, unsigned dim) {
  if (!map.isFunctionOfDim(dim))
    return Access::Invariant;
  ArrayRef<AffineExpr> results = map.getResults();
  for (AffineExpr expr : results.drop_back())
    if (expr.isFunctionOfDim(dim))
      return Access::Strided;
  // Contiguous means last == dim + something without dim.
  AffineExpr rest = simplifyAffineExpr(
      results.back() - getAffineDimExpr(dim, map.getContext()),
      map.getNumDims(), map.getNumSymbols());
  return rest.isFunctionOfDim(dim) ? Access::Strided : Access::Contiguous;
}

bool isKernel(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      op.getNumDpsInits() != 1)
    return false;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (llvm::any_of(sizes, [](int64_t size) {
        return ShapedType::isDynamic(size) || size == 0;
      }))
    return false;
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!outMap.isProjectedPermutation())
    return false;
  for (AffineMap map : op.getIndexingMapsArray())
    if (map.getNumSymbols() != 0)
      return false;
  for (auto [index, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    bool inOutput = outMap.isFunctionOfDim(index);
    if (inOutput != (kind == utils::IteratorType::parallel))
      return false;
  }
  return llvm::all_of(op.getBody()->without_terminator(), [](Operation &inner) {
    return inner.getNumRegions() == 0 && isMemoryEffectFree(&inner);
  });
}

int64_t choosePanel(linalg::GenericOp op, const DotProduct &dot,
                    unsigned vectorBits, const ISA &isa) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t channels = sizes[dot.channelDim];
  int64_t lanes = std::min<int64_t>(vectorBits / 32, channels);
  int64_t vectors = llvm::divideCeil(channels, lanes);
  SmallVector<unsigned> parallels;
  op.getParallelDims(parallels);
  bool alone = llvm::all_of(parallels, [&](unsigned dim) {
    return dim == dot.channelDim || sizes[dim] == 1;
  });
  // One row has no second use for a vector of weights: as many as keep the
  // instruction busy. Else two, or three if that saves a panel of one.
  int64_t wanted = alone ? 8 : 2;
  // Pairing rows costs as much for few channels as for many.
  if (dot.ways == kPairWays)
    wanted = vectors % 4 == 0 || vectors % 3 != 0 ? 4 : 3;
  else if (dot.ways == kRowWays)
    wanted = alone ? 4 : 1;
  if (!alone && wanted == 2 && isa.registers >= 32 && vectors % 2 != 0 &&
      vectors % 3 == 0)
    wanted = 3;
  return std::min(vectors, wanted) * lanes;
}

KernelPlan planKernel(linalg::GenericOp op, unsigned vectorBits,
                      const ISA &isa) {
  KernelPlan plan;
  plan.sizes = op.getStaticLoopRanges();
  op.getReductionDims(plan.reductionDims);
  op.getParallelDims(plan.parallelOrder);
  if (auto dot = matchDotProduct(op); dot && dot->isPacked()) {
    plan.dot = dot;
    plan.border = findBorder(op, *dot);
    llvm::erase(plan.reductionDims, dot->reductionDim);
    plan.reductionDims.push_back(dot->reductionDim);
    plan.vectorDim = dot->channelDim;
    plan.lanes =
        std::min<int64_t>(vectorBits / 32, plan.sizes[dot->channelDim]);
    if (dot->ways == kPairWays || dot->ways == kRowWays)
      plan.groupsPerLoad = 2;
    else if (isa.dotsByLane() && dot->ways == kDotWays)
      plan.groupsPerLoad = isa.vectorBits / 32;
    plan.keepsLoads =
        isa.dot != DotInstruction::None && !isa.hasMemoryOperands();
    plan.overlapsEpilogue =
        isa.dot == DotInstruction::DotBytes && isa.registers >= 32;
  } else {
    chooseVectorDim(op, vectorBits, plan);
  }
  chooseTiles(op, isa, plan);
  return plan;
}

} // namespace quantc::codegen
