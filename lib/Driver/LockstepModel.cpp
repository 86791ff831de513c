// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each piece becomes a module with one function, from the values that earlier
// pieces computed to those that later ones read, and is compiled for this
// machine. Constants go into every piece that reads them.
#include "LockstepModel.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace quantc {

llvm::Expected<std::unique_ptr<LockstepModel>>
LockstepModel::create(ModuleOp module) {
  auto copy = ModelCopy::create(module);
  if (!copy)
    return copy.takeError();
  std::unique_ptr<LockstepModel> result(new LockstepModel(std::move(*copy)));
  result->findConstants();
  return result;
}

llvm::Error LockstepModel::quantize() {
  if (llvm::Error error = copy.quantize())
    return error;
  findConstants();
  return llvm::Error::success();
}

void LockstepModel::findConstants() {
  constants.clear();
  for (Operation &op : getFunction().getFunctionBody().front())
    if (!op.hasTrait<OpTrait::IsTerminator>() &&
        llvm::all_of(op.getOperands(), [&](Value operand) {
          Operation *producer = operand.getDefiningOp();
          return producer && isConstant(producer);
        }))
      constants.insert(&op);
}

void LockstepModel::setArgument(unsigned index, Samples samples) {
  sampleCount = samples.size();
  values[getFunction().getArgument(index)] = std::move(samples);
}

MutableArrayRef<float> LockstepModel::getValues(Value value, int64_t sample) {
  exec::AlignedBuffer &buffer = values.find(value)->second[sample];
  return {static_cast<float *>(buffer.data()), buffer.size() / sizeof(float)};
}

bool LockstepModel::isReadBehind(Value value, Operation *last) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    return last->isBeforeInBlock(user);
  });
}

void LockstepModel::release(Operation *last) {
  llvm::SmallVector<Value> dead;
  for (auto &[value, samples] : values)
    if (value.getDefiningOp() != last && !isReadBehind(value, last))
      dead.push_back(value);
  for (Value value : dead)
    values.erase(value);
}

namespace {

/// The operations of one piece as a function.
class PieceBuilder {
public:
  PieceBuilder(MLIRContext *context, Location loc,
               const llvm::DenseSet<Operation *> &constants)
      : module(ModuleOp::create(loc)), builder(context), constants(constants) {}

  /// Values from outside become arguments, in the order of `inputs`.
  void build(llvm::ArrayRef<Operation *> ops, llvm::ArrayRef<Value> inputs,
             llvm::ArrayRef<Value> outputs) {
    builder.setInsertionPointToEnd(module->getBody());
    auto type = builder.getFunctionType(TypeRange(ValueRange(inputs)),
                                        TypeRange(ValueRange(outputs)));
    auto function =
        func::FuncOp::create(builder, module->getLoc(), "main", type);
    Block *body = function.addEntryBlock();
    builder.setInsertionPointToEnd(body);
    mapping.map(inputs, body->getArguments());
    for (Operation *op : ops)
      clone(op);
    llvm::SmallVector<Value> results;
    for (Value output : outputs)
      results.push_back(mapping.lookup(output));
    func::ReturnOp::create(builder, module->getLoc(), results);
  }

  OwningOpRef<ModuleOp> module;

private:
  void clone(Operation *op) {
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && constants.contains(producer) &&
          !mapping.contains(operand))
        clone(producer);
    builder.clone(*op, mapping);
  }

  OpBuilder builder;
  const llvm::DenseSet<Operation *> &constants;
  IRMapping mapping;
};

llvm::Expected<LockstepModel::Samples> allocate(Value value, int64_t samples) {
  auto type = cast<RankedTensorType>(value.getType());
  LockstepModel::Samples result;
  for (int64_t i = 0; i < samples; ++i) {
    auto buffer =
        exec::AlignedBuffer::create(static_cast<size_t>(type.getNumElements()) *
                                    (type.getElementTypeBitWidth() / 8));
    if (!buffer)
      return buffer.takeError();
    result.push_back(std::move(*buffer));
  }
  return result;
}

} // namespace

llvm::Error LockstepModel::advanceTo(Value value) {
  if (values.contains(value))
    return llvm::Error::success();
  return advanceThrough(value.getDefiningOp());
}

llvm::Error LockstepModel::advanceThrough(Operation *last) {
  llvm::SmallVector<Operation *> ops;
  Operation *first = reached ? reached->getNextNode()
                             : &getFunction().getFunctionBody().front().front();
  for (Operation *op = first;; op = op->getNextNode()) {
    if (!isConstant(op))
      ops.push_back(op);
    if (op == last)
      break;
  }
  llvm::SetVector<Value> inputs;
  llvm::SmallVector<Value> outputs;
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      if (values.contains(operand))
        inputs.insert(operand);
    for (Value result : op->getResults())
      if (op == last || isReadBehind(result, last))
        outputs.push_back(result);
  }

  PieceBuilder piece(copy.getContext(), last->getLoc(), constants);
  piece.build(ops, inputs.getArrayRef(), outputs);
  auto model = compileForHost(*piece.module);
  if (!model)
    return model.takeError();
  auto arena =
      exec::AlignedBuffer::create((*model)->getSignature().arenaSize,
                                  (*model)->getSignature().arenaAlignment);
  if (!arena)
    return arena.takeError();
  for (Value output : outputs) {
    auto samples = allocate(output, sampleCount);
    if (!samples)
      return samples.takeError();
    values[output] = std::move(*samples);
  }
  for (int64_t sample = 0; sample < sampleCount; ++sample) {
    llvm::SmallVector<const void *> in;
    llvm::SmallVector<void *> out;
    for (Value input : inputs)
      in.push_back(values.find(input)->second[sample].data());
    for (Value output : outputs)
      out.push_back(values.find(output)->second[sample].data());
    if (llvm::Error error = (*model)->run(in, out, arena->data()))
      return error;
  }
  reached = last;
  release(last);
  return llvm::Error::success();
}

} // namespace quantc
