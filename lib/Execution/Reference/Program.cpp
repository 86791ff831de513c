// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operations the reference evaluation knows, and the numbering of values.
#include "Program.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
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

static ExpectedKernel makeKernelOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, ExpectedKernel>(op)
      .Case<qnn::QuantizeOp, qnn::DequantizeOp, qnn::RequantizeOp,
            qnn::Conv2DOp, qnn::DepthwiseConv2DOp, qnn::FullyConnectedOp,
            qnn::MatMulOp, qnn::LayerNormOp, qnn::AddOp, qnn::SubOp, qnn::MulOp,
            qnn::LookupOp, qnn::SoftmaxOp, qnn::MaxPool2DOp, qnn::AvgPool2DOp,
            qnn::ConcatOp, qnn::ReshapeOp, qnn::TransposeOp, qnn::PadOp,
            qnn::SliceOp, qnn::ObserveOp, tosa::TransposeOp, tosa::ReshapeOp>(
          [](auto typed) { return makeKernel(typed); })
      .Default([](Operation *) -> ExpectedKernel {
        return llvm::createStringError("it is no part of the qnn form");
      });
}

static llvm::Expected<Tensor> readConstantOf(Operation *op) {
  if (auto constant = dyn_cast<qnn::ConstantOp>(op))
    return readConstant(constant);
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
  llvm::Error addStep(Operation *op);

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

llvm::Error Builder::addStep(Operation *op) {
  ExpectedKernel kernel = makeKernelOf(op);
  if (!kernel)
    return refuse(op, llvm::toString(kernel.takeError()));
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape())
    return refuse(op, "its result has no static shape");
  bool isReal = type.getElementType().isF32();
  if (!isReal && !qnn::getQuantizedElement(type))
    return refuse(op, "its result is neither of f32 nor quantized");
  // A shape operand (tosa.reshape) is in the result type already.
  llvm::SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      operands.push_back(operand);
  program.steps.push_back({std::move(*kernel), getSlots(operands),
                           assignSlot(op->getResult(0)),
                           static_cast<size_t>(type.getNumElements()), isReal});
  return llvm::Error::success();
}

llvm::Error Builder::addOperation(Operation *op) {
  if (isa<tosa::ConstShapeOp>(op))
    return llvm::Error::success();
  if (isa<qnn::ConstantOp, tosa::ConstOp, arith::ConstantOp>(op))
    return addConstant(op);
  if (auto ret = dyn_cast<func::ReturnOp>(op)) {
    program.results = getSlots(ret.getOperands());
    return llvm::Error::success();
  }
  return addStep(op);
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
