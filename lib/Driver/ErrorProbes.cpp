// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The quantized model is the float one between casts (QDQ form), so every
// variant of a layer is a copy of its float operations on operands that went
// through the casts or did not.
#include "ErrorProbes.h"

#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace quantc {

std::string describeLocation(Location loc) {
  if (auto file = dyn_cast<FileLineColLoc>(loc))
    return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" +
            Twine(file.getColumn()))
        .str();
  if (auto name = dyn_cast<NameLoc>(loc))
    return describeLocation(name.getChildLoc());
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string text = describeLocation(part); !text.empty())
        return text;
  return {};
}

namespace {

constexpr llvm::StringLiteral kNumberAttr = "qnn.layer_number";

func::FuncOp getFunction(ModuleOp module) {
  return *module.getOps<func::FuncOp>().begin();
}

std::optional<int64_t> getNumber(Operation *op) {
  if (auto number = op->getAttrOfType<IntegerAttr>(kNumberAttr))
    return number.getInt();
  return std::nullopt;
}

/// A layer of the model that will be quantized, before and while it is.
struct Layer {
  Value result;
  SmallVector<Operation *> ops;
};

class ProbeBuilder {
public:
  ProbeBuilder(ModuleOp reference, ModuleOp quantized)
      : reference(getFunction(reference)), quantized(getFunction(quantized)),
        builder(quantized.getContext()) {}

  llvm::Error run(ProbedModel &result);

private:
  void findLayers(ProbedModel &result);
  bool describe(const Layer &layer, StringRef tensor, ProbedLayer &probed);
  void copyReference();
  void probeLayer(size_t index, ProbedLayer &probed);
  void probeOutputs(ProbedModel &result);
  /// The result of a copy of `layer` with quantized weights or inputs.
  Value copyLayer(const Layer &layer, bool weights, bool input);
  Value getOperand(Operation *op, OpOperand &operand, bool weights, bool input);
  Value copyConstant(Value value);
  void observe(Value value, ProbeName name);
  /// The float operation that became `op`, or null.
  Operation *getReference(Operation *op) const {
    std::optional<int64_t> number = getNumber(op);
    return number ? referenceOps.lookup(*number) : nullptr;
  }

  func::FuncOp reference, quantized;
  OpBuilder builder;
  llvm::DenseMap<int64_t, Operation *> referenceOps;
  /// From the reference to its copy beside the quantized model.
  IRMapping copies;
  SmallVector<Layer> layers;
};

llvm::Error ProbeBuilder::run(ProbedModel &result) {
  for (Operation &op : reference.getFunctionBody().front())
    if (std::optional<int64_t> number = getNumber(&op))
      referenceOps[*number] = &op;
  findLayers(result);
  PassManager pm(builder.getContext());
  pm.addNestedPass<func::FuncOp>(qnn::createInsertQDQPass());
  if (failed(pm.run(quantized->getParentOfType<ModuleOp>())))
    return llvm::createStringError("the model cannot be quantized");
  copyReference();
  for (size_t index = 0; index < layers.size(); ++index)
    probeLayer(index, result.layers[index]);
  probeOutputs(result);
  return llvm::Error::success();
}

/// Where the numbers of an activation come from, in front of what only moves
/// them; null where `operand` is none.
Value findSource(OpOperand &operand) {
  auto op = cast<qnn::QuantizableOpInterface>(operand.getOwner());
  if (op.getOperandRole(operand.getOperandNumber()) !=
      qnn::OperandRole::Activation)
    return {};
  Value source = operand.get();
  while (auto producer = source.getDefiningOp<qnn::QuantizableOpInterface>()) {
    if (!producer.hasSameScale())
      break;
    source = producer->getOperand(0);
  }
  return source;
}

/// What the source calls the argument, or the first operation of the layer,
/// that gives `value`.
std::string getSourceName(Value value) {
  SmallVector<StringRef> names;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      qnn::kNameAttr);
    return name ? name.str() : std::string();
  }
  Operation *producer = value.getDefiningOp();
  if (isa<qnn::QuantizableOpInterface>(producer))
    producer = qnn::getLayer(producer).front();
  qnn::collectLocationNames(producer->getLoc(), names);
  return names.empty() ? std::string() : names.front().str();
}

void ProbeBuilder::findLayers(ProbedModel &result) {
  auto plan = qnn::QuantizationPlan::buildByPolicy(quantized);
  llvm::DenseMap<Value, size_t> indices;
  for (const auto &[value, name] : plan.getValues()) {
    auto producer = value.getDefiningOp<qnn::QuantizableOpInterface>();
    if (!producer || producer.hasSameScale() || plan.staysFloat(producer))
      continue;
    Layer layer{value, qnn::getLayer(producer)};
    ProbedLayer probed;
    if (!llvm::all_of(layer.ops,
                      [&](Operation *op) { return getReference(op); }) ||
        !describe(layer, name, probed))
      continue;
    for (Operation *op : layer.ops)
      for (OpOperand &operand : op->getOpOperands()) {
        Value source = findSource(operand);
        if (!source)
          continue;
        probed.report.inputName = getSourceName(source);
        if (auto found = indices.find(source); found != indices.end())
          probed.inputLayer = found->second;
      }
    indices[value] = layers.size();
    layers.push_back(std::move(layer));
    result.layers.push_back(std::move(probed));
  }
}

/// Multiply-adds for one result, from the weight or the summed dimension.
int64_t countMacs(qnn::QuantizableOpInterface op) {
  int64_t results =
      cast<RankedTensorType>(op->getResult(0).getType()).getNumElements();
  if (isa<tosa::MatMulOp>(op))
    return results *
           cast<RankedTensorType>(op->getOperand(0).getType()).getDimSize(2);
  for (unsigned index = 0; index < op->getNumOperands(); ++index) {
    if (op.getOperandRole(index) != qnn::OperandRole::Weight)
      continue;
    auto type = cast<RankedTensorType>(op->getOperand(index).getType());
    SmallVector<int64_t> shape = op.getWeightShape(index);
    if (shape.empty())
      shape = llvm::to_vector(type.getShape());
    std::optional<int64_t> axis = op.getWeightAxis(index);
    return results * type.getNumElements() / (axis ? shape[*axis] : 1);
  }
  return 0;
}

bool ProbeBuilder::describe(const Layer &layer, StringRef tensor,
                            ProbedLayer &probed) {
  LayerReport &report = probed.report;
  auto type = cast<RankedTensorType>(layer.result.getType());
  probed.channels = type.getRank() ? type.getShape().back() : 1;
  report.tensor = tensor.str();
  SmallVector<StringRef> names;
  for (Operation *op : layer.ops) {
    qnn::collectLocationNames(op->getLoc(), names);
    report.operation += report.operation.empty() ? "" : " + ";
    report.operation += op->getName().getStringRef();
    auto quantizable = cast<qnn::QuantizableOpInterface>(op);
    report.macs += countMacs(quantizable);
    for (OpOperand &operand : op->getOpOperands()) {
      if (quantizable.getOperandRole(operand.getOperandNumber()) !=
          qnn::OperandRole::Weight)
        continue;
      qnn::TensorPolicy policy = qnn::getWeightPolicy(op);
      report.weight = policy.describe(op->getContext());
      report.weightBits = policy.bits;
      report.hasWeightBlocksOrChannels =
          policy.granularity != qnn::Granularity::Tensor;
      report.weightBytes =
          cast<RankedTensorType>(operand.get().getType()).getNumElements() *
          policy.bits / 8;
    }
  }
  report.name = names.empty() ? report.tensor : names.front().str();
  report.location = describeLocation(layer.ops.front()->getLoc());
  if (qnn::CalibrationAttr calibration = qnn::getCalibration(layer.result))
    report.method = calibration.getMethod().str();
  return type.hasStaticShape();
}

/// Computes the float model in front of the quantized one.
void ProbeBuilder::copyReference() {
  Block &from = reference.getFunctionBody().front();
  Block &to = quantized.getFunctionBody().front();
  copies.map(from.getArguments(), to.getArguments());
  builder.setInsertionPointToStart(&to);
  for (Operation &op : from.without_terminator())
    builder.clone(op, copies);
}

void ProbeBuilder::observe(Value value, ProbeName name) {
  qnn::ObserveOp::create(builder, value.getLoc(), value, name.toString());
}

void ProbeBuilder::probeLayer(size_t index, ProbedLayer &probed) {
  const Layer &layer = layers[index];
  auto quantize = cast<qnn::QuantizeOp>(*layer.result.user_begin());
  probed.type =
      cast<quant::UniformQuantizedType>(quantize.getType().getElementType());
  Operation *last = getReference(layer.ops.back());
  Value copy = copies.lookup(last->getResult(0));
  builder.setInsertionPointAfterValue(copy);
  observe(copy, {ProbeKind::Reference, index});
  bool hasWeight = !probed.report.weight.empty();
  if (hasWeight)
    observe(copyLayer(layer, /*weights=*/true, /*input=*/false),
            {ProbeKind::Weights, index});
  observe(copyLayer(layer, /*weights=*/false, /*input=*/true),
          {ProbeKind::Input, index});
  observe(copyLayer(layer, /*weights=*/hasWeight, /*input=*/true),
          {ProbeKind::Both, index});
  Value real = cast<qnn::DequantizeOp>(*quantize->user_begin());
  builder.setInsertionPointAfterValue(real);
  observe(real, {ProbeKind::Accumulated, index});
}

Value ProbeBuilder::copyLayer(const Layer &layer, bool weights, bool input) {
  IRMapping local;
  Value result;
  for (Operation *op : layer.ops) {
    Operation *original = getReference(op);
    for (OpOperand &operand : original->getOpOperands()) {
      Value value = operand.get();
      if (!local.contains(value))
        local.map(value, getOperand(op, operand, weights, input));
    }
    result = builder.clone(*original, local)->getResult(0);
  }
  return result;
}

/// What stands for the `operand` of a float operation that became `op`.
Value ProbeBuilder::getOperand(Operation *op, OpOperand &operand, bool weights,
                               bool input) {
  Value real = copies.lookup(operand.get());
  unsigned index = operand.getOperandNumber();
  Value quantized = op->getOperand(index);
  switch (cast<qnn::QuantizableOpInterface>(op).getOperandRole(index)) {
  case qnn::OperandRole::Parameter:
    return real;
  case qnn::OperandRole::Weight:
  case qnn::OperandRole::Bias:
    return weights ? copyConstant(quantized) : real;
  case qnn::OperandRole::Activation:
    break;
  }
  auto dequantize = quantized.getDefiningOp<qnn::DequantizeOp>();
  if (!input || !dequantize)
    return real;
  auto type = cast<RankedTensorType>(real.getType())
                  .clone(dequantize.getInput().getType().getElementType());
  Value stored = qnn::QuantizeOp::create(builder, real.getLoc(), type, real,
                                         qnn::CalibrationAttr());
  return qnn::DequantizeOp::create(builder, real.getLoc(), stored);
}

/// The operations behind a quantized constant stand further below.
Value ProbeBuilder::copyConstant(Value value) {
  Operation *op = value.getDefiningOp();
  IRMapping local;
  for (Value operand : op->getOperands())
    if (!local.contains(operand))
      local.map(operand, copyConstant(operand));
  return builder.clone(*op, local)->getResult(0);
}

void ProbeBuilder::probeOutputs(ProbedModel &result) {
  Operation *from = reference.getFunctionBody().front().getTerminator();
  Operation *to = quantized.getFunctionBody().front().getTerminator();
  builder.setInsertionPoint(to);
  for (auto [index, pair] :
       llvm::enumerate(llvm::zip(from->getOperands(), to->getOperands()))) {
    auto [original, changed] = pair;
    auto name =
        reference.getResultAttrOfType<StringAttr>(index, qnn::kNameAttr);
    result.outputs.push_back(name ? name.str()
                                  : "output" + std::to_string(index));
    if (!qnn::isFloatTensor(original.getType()))
      continue;
    observe(copies.lookup(original), {ProbeKind::OutputReference, index});
    observe(changed, {ProbeKind::Output, index});
  }
}

} // namespace

std::string ProbeName::toString() const {
  return std::to_string(static_cast<int>(kind)) + ":" + std::to_string(index);
}

ProbeName ProbeName::parse(llvm::StringRef text) {
  auto [first, second] = text.split(':');
  int kind = 0;
  size_t index = 0;
  [[maybe_unused]] bool bad =
      first.getAsInteger(10, kind) || second.getAsInteger(10, index);
  assert(!bad && "only names that toString made");
  return {static_cast<ProbeKind>(kind), index};
}

void setLayerNumbers(ModuleOp module) {
  OpBuilder builder(module.getContext());
  int64_t number = 0;
  for (Operation &op : getFunction(module).getFunctionBody().front())
    if (isa<qnn::QuantizableOpInterface>(op))
      op.setAttr(kNumberAttr, builder.getI64IntegerAttr(number++));
}

void clearLayerNumbers(ModuleOp module) {
  for (Operation &op : getFunction(module).getFunctionBody().front())
    op.removeAttr(kNumberAttr);
}

llvm::Expected<ProbedModel> buildErrorProbes(ModuleOp reference,
                                             ModuleOp improved) {
  ProbedModel result;
  result.module = OwningOpRef<ModuleOp>(improved.clone());
  if (llvm::Error error = ProbeBuilder(reference, *result.module).run(result))
    return std::move(error);
  clearLayerNumbers(*result.module);
  return result;
}

} // namespace quantc
