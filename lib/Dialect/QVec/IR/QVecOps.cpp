// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration and verifiers of the qvec dialect.
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "quantc/Dialect/QVec/IR/QVecDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "quantc/Dialect/QVec/IR/QVecTypes.cpp.inc"

#define GET_OP_CLASSES
#include "quantc/Dialect/QVec/IR/QVecOps.cpp.inc"

namespace quantc::qvec {

void QVecDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "quantc/Dialect/QVec/IR/QVecTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "quantc/Dialect/QVec/IR/QVecOps.cpp.inc"
      >();
}

Type TileType::parse(AsmParser &parser) {
  SmallVector<int64_t, 2> shape;
  IntegerType elementType;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType) || parser.parseGreater())
    return {};
  if (shape.size() != 2) {
    parser.emitError(loc) << "expected rows and columns, not " << shape.size()
                          << " dimensions";
    return {};
  }
  return get(parser.getContext(), shape[0], shape[1], elementType);
}

void TileType::print(AsmPrinter &printer) const {
  printer << '<' << getRows() << 'x' << getColumns() << 'x' << getElementType()
          << '>';
}

LogicalResult DotOp::verify() {
  auto lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  auto bytes = cast<VectorType>(getLhs().getType()).getDimSize(0);
  if (bytes != 4 * lanes) // C1
    return emitOpError() << "has operands of " << bytes
                         << " elements, expected " << 4 * lanes
                         << ", four for each of the " << lanes
                         << " accumulators";
  return success();
}

LogicalResult DotWordsOp::verify() {
  auto lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  auto words = cast<VectorType>(getLhs().getType()).getDimSize(0);
  if (words != 2 * lanes) // C2
    return emitOpError() << "has operands of " << words
                         << " elements, expected " << 2 * lanes
                         << ", two for each of the " << lanes
                         << " accumulators";
  return success();
}

LogicalResult PackOp::verify() {
  auto operand = cast<VectorType>(getLhs().getType());
  auto result = cast<VectorType>(getResult().getType());
  int64_t bits = operand.getElementTypeBitWidth();
  if (operand.getDimSize(0) * bits % 128 != 0) // C3
    return emitOpError() << "has operands of " << operand.getDimSize(0) * bits
                         << " bits, expected a multiple of 128";
  if (result.getElementTypeBitWidth() * 2 != bits ||
      result.getDimSize(0) != 2 * operand.getDimSize(0)) // C4
    return emitOpError() << "narrows " << operand << " to " << result
                         << ", expected " << 2 * operand.getDimSize(0)
                         << " elements of " << bits / 2 << " bits";
  return success();
}

void StayOp::build(OpBuilder &builder, OperationState &state, Value index,
                   Value iteration, ValueRange after) {
  build(builder, state, builder.getIndexType(), index, iteration, after);
}

LogicalResult LookupOp::verify() {
  if (getTable().size() != 256) // C5
    return emitOpError() << "has a table of " << getTable().size()
                         << " entries, expected 256, one for each byte";
  return success();
}

void TileLoadOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  if (isa<MemRefType>(getSource().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getSourceMutable());
}

LogicalResult TileLoadOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  auto rank = source.getRank();
  if (static_cast<int64_t>(getIndices().size()) != rank) // C6
    return emitOpError() << "has " << getIndices().size()
                         << " indices, expected " << rank
                         << ", one for each dimension of " << source;
  if (getDim() >= static_cast<uint64_t>(rank)) // C7
    return emitOpError() << "goes along dimension " << getDim() << ", but "
                         << source << " has " << rank;
  return success();
}

LogicalResult TileDotOp::verify() {
  TileType acc = getAcc().getType(), lhs = getLhs().getType(),
           rhs = getRhs().getType();
  if (lhs.getRows() != acc.getRows() ||
      lhs.getColumns() != 4 * rhs.getRows()) // C8
    return emitOpError() << "has a left side of " << lhs.getRows() << "x"
                         << lhs.getColumns() << ", expected " << acc.getRows()
                         << "x" << 4 * rhs.getRows()
                         << ", the rows of the accumulators and four columns "
                            "for each row of the right side";
  if (rhs.getColumns() != 4 * acc.getColumns()) // C9
    return emitOpError() << "has a right side of " << rhs.getColumns()
                         << " columns, expected " << 4 * acc.getColumns()
                         << ", four for each of the " << acc.getColumns()
                         << " columns of accumulators";
  return success();
}

LogicalResult TileStoreOp::verify() {
  auto dest = cast<MemRefType>(getDest().getType());
  if (dest.getRank() < 2 ||
      static_cast<int64_t>(getIndices().size()) != dest.getRank()) // C10
    return emitOpError() << "has " << getIndices().size() << " indices of "
                         << dest
                         << ", expected at least two dimensions and one index "
                            "for each";
  return success();
}

} // namespace quantc::qvec
