// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What makes two models the same for a calibration table: operations, types,
// attributes, constants and how they are connected. Not: locations, and the
// attributes of this dialect, in which calibration and policy write down what
// they decided.
#include "quantc/Dialect/QNN/IR/QNNOps.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"

using namespace mlir;

namespace quantc::qnn {
namespace {

class ModelHasher {
public:
  std::string run(FunctionOpInterface function) {
    addText(function.getFunctionType());
    for (Region &region : function->getRegions())
      addRegion(region);
    llvm::BLAKE3Result<16> digest = hasher.final<16>();
    return llvm::toHex(digest, /*LowerCase=*/true);
  }

private:
  void addNumber(uint64_t number) {
    uint8_t bytes[8];
    llvm::support::endian::write64le(bytes, number);
    hasher.update(bytes);
  }

  /// The length goes ahead, so that no two lists of texts are alike.
  void addBytes(StringRef bytes) {
    addNumber(bytes.size());
    hasher.update(bytes);
  }

  template <typename T>
  void addText(T printable) {
    std::string text;
    llvm::raw_string_ostream out(text);
    printable.print(out);
    addBytes(text);
  }

  void addConstant(Type type, ArrayRef<char> data) {
    addText(type);
    addBytes(StringRef(data.data(), data.size()));
  }

  void addAttribute(Attribute attribute) {
    // Weights as bytes, however they are held.
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute))
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
        return addConstant(resource.getType(), blob->getData());
    if (auto dense = dyn_cast<DenseElementsAttr>(attribute);
        dense && !dense.isSplat())
      return addConstant(dense.getType(), dense.getRawData());
    addText(attribute);
  }

  /// A flag that is written as `false` says what its absence says, and a
  /// printer leaves it out.
  static bool isIdle(NamedAttribute attribute) {
    auto flag = dyn_cast<BoolAttr>(attribute.getValue());
    return (flag && !flag.getValue()) ||
           attribute.getName().strref().starts_with("qnn.");
  }

  void addOperation(Operation &op) {
    // Observers come and go with the measurement.
    if (auto observe = dyn_cast<ObserveOp>(op)) {
      numbers[observe.getResult()] = numbers.lookup(observe.getInput());
      return;
    }
    addBytes(op.getName().getStringRef());
    for (Value operand : op.getOperands())
      addNumber(numbers.lookup(operand));
    for (Value result : op.getResults()) {
      addText(result.getType());
      addValue(result);
    }
    for (NamedAttribute attribute : op.getAttrDictionary()) {
      if (isIdle(attribute))
        continue;
      addBytes(attribute.getName());
      addAttribute(attribute.getValue());
    }
    for (Region &region : op.getRegions())
      addRegion(region);
  }

  void addRegion(Region &region) {
    for (Block &block : region) {
      for (Value argument : block.getArguments())
        addValue(argument);
      for (Operation &op : block)
        addOperation(op);
    }
    addNumber(0); // No value has this number.
  }

  void addValue(Value value) { numbers[value] = ++count; }

  llvm::BLAKE3 hasher;
  llvm::DenseMap<Value, uint64_t> numbers;
  uint64_t count = 0;
};

} // namespace

std::string hashModel(FunctionOpInterface function) {
  return ModelHasher().run(function);
}

} // namespace quantc::qnn
