// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a module looks like from outside, and the run of its program. Bytes at
// the boundary become the vectors that kernels work on, and back.
#include "quantc/Execution/ReferenceEvaluator.h"

#include "Program.h"

#include <cstring>
#include <deque>

using namespace mlir;
using namespace quantc::exec::reference;

namespace quantc::exec {

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// The narrowest element type that holds the storage of `type`; numbers of less
/// than a byte take one each.
static std::optional<ElementType> getBoundaryType(Type type) {
  if (type.isF32())
    return ElementType::F32;
  auto quantized = dyn_cast<quant::QuantizedType>(type);
  if (!quantized)
    return std::nullopt;
  unsigned width = quantized.getStorageTypeIntegralWidth();
  bool isSigned = quantized.isSigned();
  if (width <= 8)
    return isSigned ? ElementType::I8 : ElementType::U8;
  if (width <= 16)
    return isSigned ? ElementType::I16 : ElementType::U16;
  if (width == 32 && isSigned)
    return ElementType::I32;
  return std::nullopt;
}

static llvm::Expected<TensorSpec> describe(func::FuncOp function, Type type,
                                           DictionaryAttr attributes,
                                           const llvm::Twine &defaultName) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::optional<ElementType> element;
  if (tensor && tensor.hasStaticShape())
    element = getBoundaryType(tensor.getElementType());
  if (!element)
    return refuse(function, defaultName + " is no static tensor of f32 or of "
                                          "up to 16 or of 32 bits of storage");
  TensorSpec spec;
  auto name =
      attributes ? attributes.getAs<StringAttr>(qnn::kNameAttr) : StringAttr();
  spec.name = name ? name.str() : defaultName.str();
  spec.shape = llvm::to_vector(tensor.getShape());
  spec.type = *element;
  // A signature speaks of 8 and 16 bits; 32 bits are a bias in a test.
  if (auto uniform =
          dyn_cast<quant::UniformQuantizedType>(tensor.getElementType());
      uniform && spec.type != ElementType::I32)
    spec.quantization = {uniform.getScale(), uniform.getZeroPoint()};
  return spec;
}

static llvm::Expected<ModelSignature> getSignatureOf(func::FuncOp function) {
  ModelSignature signature;
  auto module = function->getParentOfType<ModuleOp>();
  auto name = module->getAttrOfType<StringAttr>(qnn::kModelNameAttr);
  signature.name = name ? name.str() : "model";
  signature.runSymbol = signature.name + "_run";
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    llvm::Expected<TensorSpec> spec =
        describe(function, function.getArgumentTypes()[i],
                 function.getArgAttrDict(i), "input" + llvm::Twine(i));
    if (!spec)
      return spec.takeError();
    signature.inputs.push_back(std::move(*spec));
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    llvm::Expected<TensorSpec> spec =
        describe(function, function.getResultTypes()[i],
                 function.getResultAttrDict(i), "output" + llvm::Twine(i));
    if (!spec)
      return spec.takeError();
    signature.outputs.push_back(std::move(*spec));
  }
  if (llvm::Error error = verifySignature(signature))
    return error;
  return signature;
}

//===----------------------------------------------------------------------===//
// Bytes at the boundary
//===----------------------------------------------------------------------===//

template <typename To, typename From>
static void copyElements(const From *from, To *to, size_t count) {
  for (size_t i = 0; i < count; ++i)
    to[i] = static_cast<To>(from[i]);
}

static Tensor readTensor(const TensorSpec &spec, const void *bytes) {
  auto count = static_cast<size_t>(spec.getElementCount());
  Tensor tensor;
  auto readAs = [&](auto element) {
    tensor.integers.resize(count);
    copyElements(static_cast<const decltype(element) *>(bytes),
                 tensor.integers.data(), count);
  };
  switch (spec.type) {
  case ElementType::I8:
    readAs(int8_t());
    break;
  case ElementType::U8:
    readAs(uint8_t());
    break;
  case ElementType::I16:
    readAs(int16_t());
    break;
  case ElementType::U16:
    readAs(uint16_t());
    break;
  case ElementType::I32:
    readAs(int32_t());
    break;
  default:
    assert(spec.type == ElementType::F32 && "no type of a boundary");
    tensor.reals.resize(count);
    std::memcpy(tensor.reals.data(), bytes, count * sizeof(float));
  }
  return tensor;
}

static void writeTensor(const TensorSpec &spec, const Tensor &tensor,
                        void *bytes) {
  auto count = static_cast<size_t>(spec.getElementCount());
  auto writeAs = [&](auto element) {
    copyElements(tensor.integers.data(),
                 static_cast<decltype(element) *>(bytes), count);
  };
  switch (spec.type) {
  case ElementType::I8:
  case ElementType::U8:
    return writeAs(uint8_t());
  case ElementType::I16:
  case ElementType::U16:
    return writeAs(uint16_t());
  case ElementType::I32:
    return writeAs(int32_t());
  default:
    assert(spec.type == ElementType::F32 && "no type of a boundary");
    std::memcpy(bytes, tensor.reals.data(), count * sizeof(float));
  }
}

//===----------------------------------------------------------------------===//
// ReferenceEvaluator
//===----------------------------------------------------------------------===//

ReferenceEvaluator::ReferenceEvaluator(ModelSignature signature,
                                       std::unique_ptr<const Program> program)
    : CompiledModel(std::move(signature)), program(std::move(program)) {}

ReferenceEvaluator::~ReferenceEvaluator() = default;

static llvm::Expected<func::FuncOp> findFunction(ModuleOp module) {
  func::FuncOp found;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    if (found)
      return llvm::createStringError("expected one public function, found '" +
                                     found.getName() + "' and '" +
                                     function.getName() + "'");
    found = function;
  }
  if (!found)
    return llvm::createStringError("the module has no public function");
  return found;
}

llvm::Expected<std::unique_ptr<CompiledModel>>
ReferenceEvaluator::create(ModuleOp module) {
  llvm::Expected<func::FuncOp> function = findFunction(module);
  if (!function)
    return function.takeError();
  llvm::Expected<ModelSignature> signature = getSignatureOf(*function);
  if (!signature)
    return signature.takeError();
  llvm::Expected<Program> program = buildProgram(*function);
  if (!program)
    return program.takeError();
  return std::unique_ptr<CompiledModel>(new ReferenceEvaluator(
      std::move(*signature),
      std::make_unique<const Program>(std::move(*program))));
}

llvm::Error ReferenceEvaluator::run(llvm::ArrayRef<const void *> inputs,
                                    llvm::ArrayRef<void *> outputs,
                                    void *) const {
  // A deque does not move what the slots point to.
  std::deque<Tensor> values;
  std::vector<const Tensor *> slots(program->slots);
  for (const Program::Constant &constant : program->constants)
    slots[constant.slot] = &constant.tensor;
  for (auto [index, slot] : llvm::enumerate(program->arguments))
    slots[slot] = &values.emplace_back(
        readTensor(getSignature().inputs[index], inputs[index]));
  for (const Program::Step &step : program->steps) {
    auto operands = llvm::map_to_vector(
        step.operands, [&](unsigned slot) { return slots[slot]; });
    Tensor &result = values.emplace_back();
    if (step.isReal)
      result.reals.resize(step.resultSize);
    else
      result.integers.resize(step.resultSize);
    step.kernel(operands, result);
    slots[step.result] = &result;
  }
  for (auto [index, slot] : llvm::enumerate(program->results))
    writeTensor(getSignature().outputs[index], *slots[slot], outputs[index]);
  return llvm::Error::success();
}

} // namespace quantc::exec
