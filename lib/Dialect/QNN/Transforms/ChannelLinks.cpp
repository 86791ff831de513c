// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the values whose channels may be changed, and changes the constants
// around them.
#include "ChannelLinks.h"

#include "quantc/Dialect/QNN/Transforms/ConstantUtils.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPolicy.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace quantc::qnn {

constexpr unsigned kMostBits = 8;

std::optional<RealRange> ChannelLink::getClampRange() const {
  auto op = dyn_cast<QuantizableOpInterface>(getDefiningOp());
  return op ? op.getClampRange() : std::nullopt;
}

int64_t ChannelLink::getChannels() const {
  return cast<RankedTensorType>(value.getType()).getShape().back();
}

static bool hasConstants(const Contraction &contraction) {
  return FloatConstant::read(contraction.weight->get()) &&
         FloatConstant::read(contraction.bias->get());
}

/// A reshape that leaves channels where they are: matrix products are
/// convolutions behind one.
static bool keepsChannels(Operation *op) {
  auto reshape = dyn_cast<tosa::ReshapeOp>(op);
  return reshape &&
         cast<RankedTensorType>(reshape.getInput1().getType())
                 .getShape()
                 .back() ==
             cast<RankedTensorType>(reshape.getType()).getShape().back();
}

/// Adds the contractions that read `value` to `link`; false where anything else
/// does.
static bool findReaders(Value value, ArrayRef<Contraction> all,
                        ChannelLink &link) {
  for (OpOperand &use : value.getUses()) {
    if (keepsChannels(use.getOwner())) {
      Value view = use.getOwner()->getResult(0);
      link.views.push_back(view);
      if (!findReaders(view, all, link))
        return false;
      continue;
    }
    const Contraction *reader =
        llvm::find_if(all, [&](const Contraction &contraction) {
          return contraction.activation == &use;
        });
    if (reader == all.end() || !reader->getInputChannel(0) ||
        !FloatConstant::read(reader->weight->get()))
      return false;
    link.readers.push_back(*reader);
  }
  return true;
}

static std::optional<ChannelLink> completeLink(ChannelLink link,
                                               ArrayRef<Contraction> all) {
  if (getActivationPolicy(link.value).bits > kMostBits ||
      !findReaders(link.value, all, link) || link.readers.empty())
    return std::nullopt;
  // Uses stand in no order that a program has.
  llvm::sort(link.readers, [](const Contraction &a, const Contraction &b) {
    return a.op->isBeforeInBlock(b.op);
  });
  return link;
}

SmallVector<ChannelLink> findChannelLinks(func::FuncOp function) {
  SmallVector<Contraction> contractions = getContractions(function);
  SmallVector<ChannelLink> links;
  auto add = [&](Value value, std::optional<Contraction> producer) {
    if (auto link = completeLink({value, producer, {}, {}}, contractions))
      links.push_back(std::move(*link));
  };
  for (const Contraction &contraction : contractions)
    if (hasConstants(contraction))
      add(getQuantizedResult(contraction), contraction);
  function.walk(
      [&](FloatLayerNormOp norm) { add(norm.getResult(), std::nullopt); });
  return links;
}

void changeConstant(OpOperand &use, ChangeNumber change) {
  auto constant = *FloatConstant::read(use.get());
  std::vector<float> changed;
  changed.reserve(constant.size());
  for (auto [index, value] : llvm::enumerate(constant.values()))
    changed.push_back(static_cast<float>(change(index, value)));
  OpBuilder builder(use.getOwner());
  use.set(createFloatConstant(builder, use.get().getLoc(), constant.getShape(),
                              std::move(changed)));
}

void changeBias(const Contraction &contraction, ChangeNumber change) {
  auto bias = *FloatConstant::read(contraction.bias->get());
  if (bias.size() == 1) {
    int64_t channels = contraction.getChannels();
    OpBuilder builder(contraction.op);
    contraction.bias->set(createFloatConstant(
        builder, contraction.bias->get().getLoc(), {channels},
        std::vector<float>(channels, bias[0]), "bias"));
  }
  changeConstant(*contraction.bias, change);
}

void changeMeasured(Operation *op, StringRef name, ChangeNumber change) {
  std::vector<float> changed;
  for (auto [index, value] : llvm::enumerate(getMeasured(op, name)))
    changed.push_back(static_cast<float>(change(index, value)));
  if (!changed.empty())
    setMeasured(op, name, changed);
}

ElementsAttr changeElements(ElementsAttr elements, ChangeNumber change) {
  SmallVector<float> changed;
  for (auto [index, value] : llvm::enumerate(elements.getValues<float>()))
    changed.push_back(static_cast<float>(change(index, value)));
  return DenseElementsAttr::get(cast<ShapedType>(elements.getType()),
                                ArrayRef<float>(changed));
}

} // namespace quantc::qnn
