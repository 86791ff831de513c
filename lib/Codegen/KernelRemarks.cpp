// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of the remarks. It is read from the same plan that the emitters
// follow, so it cannot say anything else than what is done.
#include "KernelRemarks.h"

#include "quantc/Codegen/ModelInterface.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc::codegen {
namespace {

int64_t countProducts(const KernelPlan &plan) {
  int64_t products = 1;
  for (unsigned dim : plan.reductionDims)
    products *= plan.sizes[dim];
  return products;
}

/// Vectors that hold the sums of one tile.
int64_t countVectors(const KernelPlan &plan) {
  // A row's sum is a vector of parts.
  int64_t vectors = plan.dot && plan.dot->ways == kRowWays ? plan.lanes : 1;
  for (unsigned dim : plan.parallelOrder)
    vectors *= plan.vectorDim == dim
                   ? llvm::divideCeil(plan.tile[dim], plan.lanes)
                   : plan.tile[dim];
  return vectors;
}

/// The outputs of a tile beside its vectors: rows of a product, pixels.
int64_t countRows(const KernelPlan &plan) {
  int64_t rows = 1;
  for (unsigned dim : plan.parallelOrder)
    if (plan.vectorDim != dim)
      rows *= plan.tile[dim];
  return rows;
}

/// How a dot product gets at its weights, and what decided the tile.
void describeDot(llvm::raw_ostream &os, const KernelPlan &plan,
                 const ISA &isa) {
  unsigned channel = plan.dot->channelDim;
  int64_t channels = plan.sizes[channel];
  int64_t vectors = llvm::divideCeil(plan.tile[channel], plan.lanes);
  os << "dot products of " << getDotName(isa.dot) << ", " << plan.lanes
     << " lanes; tile of " << countRows(plan) << " rows x "
     << plan.tile[channel] << " channels in " << countVectors(plan) << " of "
     << isa.registers << " registers: ";
  if (countRows(plan) == 1)
    os << "there is one row, so each vector of weights is used once";
  else if (vectors == 1)
    os << channels << " channels leave one vector to a row, so rows fill the "
       << "registers";
  else
    os << "each of " << vectors << " vectors of weights is used for "
       << countRows(plan) << " rows, each row for " << vectors << " vectors";
  os << "; " << countProducts(plan) << " products, "
     << plan.sizes[plan.dot->reductionDim] << " of them neighbours in memory";
  if (plan.dot->isPacked())
    os << "; weights packed in panels of " << plan.dot->panel << " channels by "
       << plan.dot->ways
       << " products, in the order in which a tile reads them";
}

void describeOther(llvm::raw_ostream &os, const KernelPlan &plan,
                   const ISA &isa) {
  os << (plan.reductionDims.empty() ? "elementwise" : "reduction");
  if (!plan.vectorDim) {
    os << " on scalars: no loop runs along the memory of its operands";
    return;
  }
  os << " on vectors of " << plan.lanes << " along a loop of "
     << plan.sizes[*plan.vectorDim];
  if (plan.lanes * 2 > plan.sizes[*plan.vectorDim] &&
      plan.sizes[*plan.vectorDim] < static_cast<int64_t>(isa.vectorBits / 32))
    os << ", which fills no register";
  if (plan.reductionDims.empty())
    return;
  os << "; " << countProducts(plan) << " steps, " << countVectors(plan)
     << " of " << isa.registers << " registers hold sums";
}

void describeEpilogue(llvm::raw_ostream &os, const KernelGroup &group) {
  if (group.init)
    os << "; initial sums computed in registers";
  if (!group.epilogue.empty())
    os << "; " << group.epilogue.size()
       << (group.epilogue.size() == 1 ? " operation" : " operations")
       << " applied in registers";
}

/// True in the copy of a model that only measures ranges: nobody asked how
/// that one is computed.
bool isObserved(Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  for (unsigned i = 0, e = function ? function.getNumArguments() : 0; i < e;
       ++i)
    if (function.getArgAttr(i, kContextAttrName))
      return true;
  return false;
}

void emit(KernelGroup &group, StringRef name, StringRef text) {
  if (isObserved(group.root))
    return;
  remark::passed(group.root.getLoc(),
                 remark::RemarkOpts::name(name).category("qnn-kernel"))
      << text;
}

} // namespace

void remarkKernel(KernelGroup &group, const KernelPlan &plan, const ISA &isa) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (plan.dot)
    describeDot(os, plan, isa);
  else
    describeOther(os, plan, isa);
  describeEpilogue(os, group);
  emit(group, plan.dot ? "DotKernel" : "Kernel", text);
}

void remarkDepthwise(KernelGroup &group, const DepthwisePlan &plan,
                     const ISA &isa) {
  std::string text;
  llvm::raw_string_ostream os(text);
  const DepthwiseSegment &first = plan.segments.front();
  os << "depthwise " << plan.grouped.taps << " x " << plan.slid.taps;
  if (plan.ways == 1)
    os << " products of " << getDotName(isa.dot)
       << ": two taps are added up in 16 bits";
  else
    os << " dot products of " << getDotName(isa.dot) << ": " << plan.ways
       << " taps of a kernel line share a lane";
  os << "; vectors of " << first.width << " bytes are ";
  if (plan.flat)
    os << first.pixels << " pixels of a row, because " << first.channels
       << " channels do not fill one";
  else
    os << "channels of one pixel";
  os << "; tile of " << plan.groupedTile << " x " << plan.slidTile
     << " outputs, which share the " << (plan.ways == 1 ? "" : "interleaved ")
     << "pixels";
  describeEpilogue(os, group);
  emit(group, "DepthwiseKernel", text);
}

void remarkRowReduction(KernelGroup &group, const RowReduction &plan) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "row reduction: vectors of " << plan.lanes
     << " elements run along the row, because it is contiguous; " << plan.rows
     << " rows side by side";
  describeEpilogue(os, group);
  emit(group, "RowKernel", text);
}

void remarkTiles(KernelGroup &group, const TilePlan &plan, const ISA &isa) {
  std::string text;
  llvm::raw_string_ostream os(text);
  size_t rowTiles = plan.getRowTiles().size();
  int64_t columns = plan.dot.panel / kTileChannels;
  int64_t products = 1;
  for (unsigned dim : plan.reductionDims)
    products *= plan.sizes[dim];
  os << "tiles of " << kTileDotName << ": blocks of " << rowTiles << " x "
     << columns << " tiles of " << plan.rows << " rows x " << kTileChannels
     << " channels; " << products << " products, " << plan.products
     << " in a step, which fills "
     << 100 * plan.rows * plan.products / (isa.tileRows * isa.tileBytes)
     << "% of a tile; " << rowTiles + columns << " loads for "
     << rowTiles * columns
     << " products of tiles; sums pass through memory once";
  describeEpilogue(os, group);
  emit(group, "TileKernel", text);
}

} // namespace quantc::codegen
