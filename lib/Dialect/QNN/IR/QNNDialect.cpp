// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration of the qnn dialect, the constants that its folders produce, and
// the checks of its discardable attributes and of quantized types.
#include "quantc/Dialect/QNN/IR/QNNOps.h"

#include "quantc/Numerics/Quantize.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <cmath>

using namespace mlir;

#include "quantc/Dialect/QNN/IR/QNNDialect.cpp.inc"

#define GET_OP_CLASSES
#include "quantc/Dialect/QNN/IR/QNNOps.cpp.inc"

namespace quantc::qnn {

void QNNDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "quantc/Dialect/QNN/IR/QNNOps.cpp.inc"
      >();
}

Operation *QNNDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!elements || !tensor || !getQuantizedElement(type) ||
      elements.getShapedType() != getStorageTensorType(tensor))
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

//===----------------------------------------------------------------------===//
// Discardable attributes
//===----------------------------------------------------------------------===//

/// Whether `name` may be used as a C identifier of generated code.
static bool isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static LogicalResult verifyCalibrationList(Operation *op, Attribute value) {
  auto list = dyn_cast<ArrayAttr>(value);
  if (!list || list.size() != op->getNumResults() ||
      !llvm::all_of(list, llvm::IsaPred<CalibrationAttr, UnitAttr>))
    return op->emitOpError() << "'" << kCalibrationAttr
                             << "' expected one #qnn.calibration for each of "
                             << op->getNumResults() << " results";
  return success();
}

/// The attributes that say how an operation is to be quantized.
static LogicalResult verifyPolicyAttribute(Operation *op, NamedAttribute attr) {
  StringRef name = attr.getName();
  if ((name == kPolicyAttr || name == kWeightPolicyAttr) &&
      !isa<PolicyAttr>(attr.getValue()))
    return op->emitOpError() << "'" << name << "' expected #qnn.policy";
  if (name == kWeightScalesAttr && !isa<DenseF32ArrayAttr>(attr.getValue()))
    return op->emitOpError() << "'" << name << "' expected an array of f32";
  if (name == kStaysFloatAttr && !isa<UnitAttr>(attr.getValue()))
    return op->emitOpError() << "'" << name << "' expected no value";
  return success();
}

LogicalResult QNNDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attr) {
  if (attr.getName() == kCalibrationAttr)
    return verifyCalibrationList(op, attr.getValue());
  if (attr.getName() == kModelNameAttr) {
    auto name = dyn_cast<StringAttr>(attr.getValue());
    if (!isa<ModuleOp>(op) || !name || !isIdentifier(name.getValue()))
      return op->emitOpError() << "'" << kModelNameAttr
                               << "' expected a C identifier on a module";
  }
  if (attr.getName() == kRoundingAttr &&
      (!isa<ModuleOp>(op) || !isa<RoundingModeAttr>(attr.getValue())))
    return op->emitOpError()
           << "'" << kRoundingAttr << "' expected #qnn.rounding on a module";
  return verifyPolicyAttribute(op, attr);
}

static LogicalResult verifyBoundaryAttribute(Operation *op,
                                             NamedAttribute attr) {
  if (attr.getName() == kNameAttr && !isa<StringAttr>(attr.getValue()))
    return op->emitOpError() << "'" << kNameAttr << "' expected a string";
  if (attr.getName() == kCalibrationAttr &&
      !isa<CalibrationAttr>(attr.getValue()))
    return op->emitOpError()
           << "'" << kCalibrationAttr << "' expected #qnn.calibration";
  if (attr.getName() == kPolicyAttr && !isa<PolicyAttr>(attr.getValue()))
    return op->emitOpError() << "'" << kPolicyAttr << "' expected #qnn.policy";
  return success();
}

LogicalResult QNNDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                   unsigned,
                                                   NamedAttribute attr) {
  return verifyBoundaryAttribute(op, attr);
}

LogicalResult QNNDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                      unsigned,
                                                      NamedAttribute attr) {
  return verifyBoundaryAttribute(op, attr);
}

//===----------------------------------------------------------------------===//
// Quantized types
//===----------------------------------------------------------------------===//

/// T3: scales as the Numerics library accepts them. The scale of a bias is the
/// product of two and only has to be a positive number.
static LogicalResult verifyScale(Operation *op, quant::QuantizedType element,
                                 double scale) {
  if (isBiasElementType(element)) {
    if (std::isfinite(scale) && scale > 0)
      return success();
    return op->emitOpError() << "scale " << scale << " of " << element
                             << " is not positive and finite";
  }
  llvm::Expected<float> legal = numerics::makeScale(scale);
  if (legal)
    return success();
  return op->emitOpError() << llvm::toString(legal.takeError()) << ", in "
                           << element;
}

/// T1.
static LogicalResult verifyStaticShape(Operation *op, RankedTensorType type) {
  if (type.hasStaticShape() && !llvm::is_contained(type.getShape(), 0))
    return success();
  return op->emitOpError() << "type " << type
                           << " has a dynamic or an empty dimension";
}

/// T5.
static LogicalResult verifyBlocks(Operation *op, RankedTensorType type) {
  auto element =
      cast<quant::UniformQuantizedSubChannelType>(type.getElementType());
  for (int32_t dim : element.getQuantizedDimensions())
    if (dim < 0 || dim >= type.getRank())
      return op->emitOpError()
             << "block dimension " << dim << " of " << type
             << " is no dimension of a tensor of rank " << type.getRank();
  SmallVector<int64_t> blocks = getBlockShape(element, type.getShape());
  SmallVector<int64_t> counts;
  for (auto [dim, block] : llvm::enumerate(blocks)) {
    if (block < 1 || type.getDimSize(dim) % block != 0)
      return op->emitOpError()
             << "blocks of " << block << " do not divide the size "
             << type.getDimSize(dim) << " of dimension " << dim;
    counts.push_back(type.getDimSize(dim) / block);
  }
  ArrayRef<int64_t> scales = element.getScales().getType().getShape();
  if (scales == ArrayRef<int64_t>(counts) &&
      element.getZeroPoints().getType().getShape() == scales)
    return success();
  InFlightDiagnostic error = op->emitOpError() << "scales of shape [";
  llvm::interleaveComma(scales, error);
  error << "] do not match the blocks of " << type << ", expected [";
  llvm::interleaveComma(counts, error);
  return error << "]";
}

LogicalResult verifyQuantizedType(Operation *op, Type type) {
  quant::QuantizedType element = getQuantizedElement(type);
  if (!element)
    return success();
  auto tensor = cast<RankedTensorType>(type);
  if (failed(verifyStaticShape(op, tensor)))
    return failure();
  numerics::StorageRange range = getStorageRange(element);
  for (int64_t zeroPoint : getZeroPoints(element))
    if (!range.contains(zeroPoint)) // T2
      return op->emitOpError() << "zero point " << zeroPoint << " of "
                               << element << " is outside its storage range ["
                               << range.min << ", " << range.max << "]";
  for (double scale : getScales(element))
    if (failed(verifyScale(op, element, scale)))
      return failure();
  if (hasBlocks(element))
    return verifyBlocks(op, tensor);
  std::optional<int64_t> axis = getQuantizedAxis(element);
  if (!axis)
    return success();
  if (*axis < 0 || *axis >= tensor.getRank()) // T4
    return op->emitOpError()
           << "quantized axis " << *axis << " of " << type
           << " is no dimension of a tensor of rank " << tensor.getRank();
  int64_t count = getScales(element).size();
  if (tensor.getDimSize(*axis) != count)
    return op->emitOpError()
           << count << " scales of " << type << " do not match the size "
           << tensor.getDimSize(*axis) << " of axis " << *axis;
  return success();
}

LogicalResult verifyQuantizedTypes(Operation *op) {
  for (Type type :
       llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()),
                                SmallVector<Type>(op->getResultTypes())))
    if (failed(verifyQuantizedType(op, type)))
      return failure();
  return success();
}

} // namespace quantc::qnn
