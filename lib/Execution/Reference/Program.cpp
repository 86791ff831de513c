// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operations the reference evaluation knows, and the numbering of values.
#include "Program.h"

#include "FloatKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc::exec::reference {

llvm::Error refuse(Operation *op, const llvm::Twine &reason) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << op->getLoc() << ": '" << op->getName()
         << "' has no reference evaluation: " << reason;
  return llvm::createStringError(text);
}

/// What computes result `index` of `op`.
static ExpectedKernel makeKernelOf(Operation *op, unsigned index) {
  return llvm::TypeSwitch<Operation *, ExpectedKernel>(op)
      .Case<qnn::QuantizeOp, qnn::DequantizeOp, qnn::FakeQuantizeOp,
            qnn::RequantizeOp, qnn::Conv2DOp, qnn::DepthwiseConv2DOp,
            qnn::FullyConnectedOp, qnn::MatMulOp, qnn::LayerNormOp, qnn::AddOp,
            qnn::SubOp, qnn::MulOp, qnn::LookupOp, qnn::SoftmaxOp,
            qnn::MaxPool2DOp, qnn::AvgPool2DOp, qnn::ConcatOp, qnn::ReshapeOp,
            qnn::TransposeOp, qnn::PadOp, qnn::SliceOp, qnn::ObserveOp,
            quant::StorageCastOp, tosa::TransposeOp, tosa::ReshapeOp>(
          [](auto typed) { return makeKernel(typed); })
      .Case<qnn::DynamicQuantizeOp, qnn::DynamicDequantizeOp,
            qnn::IntegerConv2DOp, qnn::IntegerDepthwiseConv2DOp,
            qnn::IntegerMatMulOp>(
          [&](Operation *typed) { return makeDynamicKernel(typed, index); })
      .Default([](Operation *other) { return makeFloatKernel(other); });
}

static llvm::Expected<Tensor> readConstantOf(Operation *op) {
  if (auto constant = dyn_cast<qnn::ConstantOp>(op))
    return readConstant(constant);
  // Stored integers without a type of their own, and the shift of tosa.mul.
  if (ElementsAttr value; matchPattern(op, m_Constant(&value)) &&
                          value.getElementType().isSignlessInteger()) {
    llvm::Expected<std::vector<int32_t>> integers =
        readStoredIntegers(value, /*isSigned=*/true);
    if (!integers)
      return integers.takeError();
    return Tensor{std::move(*integers), {}};
  }
  return readFloatConstant(op);
}

namespace {
class Builder {
public:
  llvm::Error addFunction(func::FuncOp function);
  Program takeProgram() { return std::move(program); }

private:
  llvm::Error addOperation(Operation *op);
  llvm::Error addConstant(Operation *op);
  llvm::Error addSteps(Operation *op);
  llvm::Error addStep(OpResult result, llvm::ArrayRef<unsigned> operands);

  unsigned assignSlot(Value value) { return slotOf[value] = program.slots++; }
  llvm::SmallVector<unsigned> getSlots(ValueRange values) {
    return llvm::map_to_vector(
        values, [&](Value value) { return slotOf.lookup(value); });
  }

  Program program;
  llvm::DenseMap<Value, unsigned> slotOf;
};
} // namespace

llvm::Error Builder::addConstant(Operation *op) {
  llvm::Expected<Tensor> tensor = readConstantOf(op);
  if (!tensor)
    return refuse(op, llvm::toString(tensor.takeError()));
  program.constants.push_back(
      {assignSlot(op->getResult(0)), std::move(*tensor)});
  return llvm::Error::success();
}

llvm::Error Builder::addSteps(Operation *op) {
  // A shape operand (tosa.reshape) is in the result type already; the
  // destination of a linalg operation is not read.
  llvm::SmallVector<Value> operands;
  auto destination = dyn_cast<DestinationStyleOpInterface>(op);
  for (OpOperand &operand : op->getOpOperands())
    if (isa<RankedTensorType>(operand.get().getType()) &&
        !(destination && destination.isDpsInit(&operand)))
      operands.push_back(operand.get());
  llvm::SmallVector<unsigned> slots = getSlots(operands);
  for (OpResult result : op->getResults())
    if (llvm::Error error = addStep(result, slots))
      return error;
  return llvm::Error::success();
}

llvm::Error Builder::addStep(OpResult result,
                             llvm::ArrayRef<unsigned> operands) {
  Operation *op = result.getOwner();
  ExpectedKernel kernel = makeKernelOf(op, result.getResultNumber());
  if (!kernel)
    return refuse(op, llvm::toString(kernel.takeError()));
  auto type = cast<RankedTensorType>(result.getType());
  if (!type.hasStaticShape())
    return refuse(op, "its result has no static shape");
  bool isReal = type.getElementType().isF32();
  if (!isReal && !qnn::getQuantizedElement(type) &&
      !type.getElementType().isSignlessInteger())
    return refuse(op, "its result is neither of f32 nor quantized");
  program.steps.push_back({std::move(*kernel), llvm::to_vector(operands),
                           assignSlot(result),
                           static_cast<size_t>(type.getNumElements()), isReal});
  return llvm::Error::success();
}

llvm::Error Builder::addOperation(Operation *op) {
  if (isa<tosa::ConstShapeOp, tensor::EmptyOp>(op))
    return llvm::Error::success();
  if (isa<qnn::ConstantOp, tosa::ConstOp, arith::ConstantOp>(op))
    return addConstant(op);
  if (auto ret = dyn_cast<func::ReturnOp>(op)) {
    program.results = getSlots(ret.getOperands());
    return llvm::Error::success();
  }
  return addSteps(op);
}

llvm::Error Builder::addFunction(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return refuse(function, "it has more than one block");
  for (Value argument : function.getArguments())
    program.arguments.push_back(assignSlot(argument));
  for (Operation &op : function.front())
    if (llvm::Error error = addOperation(&op))
      return error;
  return llvm::Error::success();
}

llvm::Expected<Program> buildProgram(func::FuncOp function) {
  Builder builder;
  if (llvm::Error error = builder.addFunction(function))
    return error;
  return builder.takeProgram();
}

} // namespace quantc::exec::reference
