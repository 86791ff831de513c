// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value is left out of the plan where quantizing it would only lose
// accuracy: between an operation and the clamp that is fused into it, and
// between the links of an elementwise chain that becomes one table.
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

#include "quantc/Dialect/QNN/IR/QNNDialect.h"
#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace quantc::qnn {

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32();
}

static bool isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && matchPattern(op, m_Constant());
}

/// Whether `op` can be evaluated on scalars. The answer does not depend on the
/// operands' values.
static bool isScalarEvaluable(QuantizableOpInterface op) {
  SmallVector<double> probe(op->getNumOperands(), 1.0);
  return op->getNumResults() == 1 && op.evaluateScalar(probe).has_value();
}

Value getElementwiseSource(Value value) {
  auto op = value.getDefiningOp<QuantizableOpInterface>();
  if (!op || !isFloatTensor(value.getType()) || !isScalarEvaluable(op))
    return {};
  Value source;
  for (OpOperand &operand : op->getOpOperands()) {
    if (op.getOperandRole(operand.getOperandNumber()) !=
        OperandRole::Activation)
      continue;
    if (isConstant(operand.get())) {
      if (!getUniformFloat(operand.get()))
        return {};
      continue;
    }
    Value link = operand.get();
    // The result of a fused clamp is quantized: a chain starts there.
    Operation *producer = link.getDefiningOp();
    bool endsAtClamp = producer && producer->getNumOperands() > 0 &&
                       getFusedClamp(producer->getOperand(0)) == producer;
    if (Value further = endsAtClamp ? Value() : getElementwiseSource(link))
      link = further;
    if (source && source != link)
      return {};
    source = link;
  }
  // A table works element by element: no broadcast on the way.
  if (!source || source.getType() != value.getType())
    return {};
  return source;
}

Operation *getFusedClamp(Value value) {
  auto producer = value.getDefiningOp<QuantizableOpInterface>();
  if (!producer || !producer.canFuseClamp() || !value.hasOneUse())
    return nullptr;
  auto clamp = dyn_cast<QuantizableOpInterface>(*value.user_begin());
  if (!clamp || !clamp.getClampRange() || clamp->getOperand(0) != value)
    return nullptr;
  // In an elementwise chain the clamp is one more link of the table.
  if (getElementwiseSource(value))
    return nullptr;
  return clamp;
}

bool isInsideElementwiseChain(Value value) {
  Value source = getElementwiseSource(value);
  return source && !value.use_empty() &&
         llvm::all_of(value.getUsers(), [&](Operation *user) {
           return user->getNumResults() == 1 &&
                  getElementwiseSource(user->getResult(0)) == source;
         });
}

/// Whether a quantizable operation that is not among `floatOps` makes or reads
/// `value`.
static bool touchesQuantizable(Value value,
                               const DenseSet<Operation *> &floatOps) {
  auto producer = value.getDefiningOp<QuantizableOpInterface>();
  if (producer && !floatOps.contains(producer))
    return true;
  return llvm::any_of(value.getUses(), [&](OpOperand &use) {
    auto user = dyn_cast<QuantizableOpInterface>(use.getOwner());
    return user && !floatOps.contains(user) &&
           user.getOperandRole(use.getOperandNumber()) ==
               OperandRole::Activation;
  });
}

static bool isPlanned(Value value) {
  if (!isFloatTensor(value.getType()) || isConstant(value))
    return false;
  return touchesQuantizable(value, {}) && !getFusedClamp(value) &&
         !isInsideElementwiseChain(value);
}

/// The operations that are quantized together with `op` or not at all: between
/// them there is no value with a scale.
static SmallVector<Operation *> getInseparable(Operation *op) {
  SmallVector<Operation *> result;
  auto add = [&](Value between) {
    if (!getFusedClamp(between) && !isInsideElementwiseChain(between))
      return;
    if (Operation *producer = between.getDefiningOp())
      result.push_back(producer);
    llvm::append_range(result, between.getUsers());
  };
  llvm::for_each(op->getOperands(), add);
  llvm::for_each(op->getResults(), add);
  return result;
}

SmallVector<Operation *> getLayer(Operation *op) {
  SetVector<Operation *> layer;
  layer.insert(op);
  for (size_t next = 0; next < layer.size(); ++next)
    layer.insert_range(getInseparable(layer[next]));
  SmallVector<Operation *> ordered = layer.takeVector();
  llvm::sort(ordered,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// The operations of `body` whose policy, or that of one that is inseparable
/// from them, is to stay float.
static DenseSet<Operation *> findFloatOps(Block &body) {
  DenseSet<Operation *> found;
  SmallVector<Operation *> pending;
  for (Operation &op : body)
    if (staysFloat(&op))
      pending.push_back(&op);
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val();
    if (found.insert(op).second)
      llvm::append_range(pending, getInseparable(op));
  }
  return found;
}

void collectLocationNames(Location loc, SmallVectorImpl<StringRef> &names) {
  if (auto name = dyn_cast<NameLoc>(loc))
    names.push_back(name.getName());
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collectLocationNames(part, names);
}

static std::string getBaseName(Value value, FunctionOpInterface function) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned index = argument.getArgNumber();
    if (auto name = function.getArgAttrOfType<StringAttr>(index, kNameAttr))
      return name.str();
    return "argument" + std::to_string(index);
  }
  SmallVector<StringRef> names;
  collectLocationNames(value.getLoc(), names);
  auto named =
      llvm::find_if(names, [](StringRef name) { return !name.empty(); });
  return named == names.end()
             ? value.getDefiningOp()->getName().getStringRef().str()
             : named->str();
}

QuantizationPlan QuantizationPlan::build(FunctionOpInterface function) {
  QuantizationPlan plan;
  llvm::StringMap<unsigned> taken;
  auto visit = [&](Value value) {
    if (!isPlanned(value))
      return;
    std::string name = getBaseName(value, function);
    unsigned count = taken[name]++;
    if (count)
      name += "#" + std::to_string(count);
    plan.values.insert({value, name});
  };
  Block &body = function.getFunctionBody().front();
  llvm::for_each(body.getArguments(), visit);
  for (Operation &op : body)
    llvm::for_each(op.getResults(), visit);
  return plan;
}

QuantizationPlan QuantizationPlan::buildByPolicy(FunctionOpInterface function) {
  QuantizationPlan plan = build(function);
  plan.floatOps = findFloatOps(function.getFunctionBody().front());
  plan.values.remove_if([&](const auto &entry) {
    return !touchesQuantizable(entry.first, plan.floatOps);
  });
  return plan;
}

} // namespace quantc::qnn
