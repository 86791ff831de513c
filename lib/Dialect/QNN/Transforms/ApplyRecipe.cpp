// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks the rules of a recipe about every tensor that could be quantized, and
// writes the answers into the IR as policies.
#include "Recipe.h"

#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Dialect/QNN/Transforms/QuantizationPlan.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace quantc::qnn {

#define GEN_PASS_DEF_APPLYRECIPEPASS
#include "quantc/Dialect/QNN/Transforms/Passes.h.inc"

namespace {

class RecipeApplier {
public:
  RecipeApplier(const Recipe &recipe, bool weightsOnly)
      : recipe(recipe), weightsOnly(weightsOnly), matched(recipe.rules.size()),
        applied(recipe.rules.size()) {}

  /// Errors for the rules that need activations with a format.
  LogicalResult checkRoles() const;
  LogicalResult apply(FunctionOpInterface function);
  /// Errors for the rules that matched nothing in any function.
  LogicalResult checkAllMatched() const;

private:
  LogicalResult decideActivation(Value value, StringRef name);
  void decideWeight(QuantizableOpInterface op);
  /// The first rule that matches, or null.
  const RecipeRule *find(const RecipeSubject &subject);
  static void keepFloat(Operation *op, const RecipeRule &rule);

  const Recipe &recipe;
  bool weightsOnly;
  /// A bit a rule: whether it matched a tensor, whether it was the first one.
  llvm::SmallBitVector matched, applied;
};

RecipeSubject describeLayer(Operation *op, TensorRole role) {
  RecipeSubject subject{role, {}, {}, /*isOperation=*/true};
  for (Operation *part : getLayer(op)) {
    collectLocationNames(part->getLoc(), subject.names);
    subject.kinds.push_back(part->getName().getStringRef());
  }
  return subject;
}

void report(Location loc, StringRef what, const RecipeRule &rule) {
  remark::passed(
      loc, remark::RemarkOpts::name("RecipeApplied").category("qnn-recipe"))
      << llvm::formatv("{0}, by {1}:{2}", what,
                       rule.loc.getFilename().getValue(), rule.loc.getLine())
             .str();
}

const RecipeRule *RecipeApplier::find(const RecipeSubject &subject) {
  const RecipeRule *first = nullptr;
  for (auto [index, rule] : llvm::enumerate(recipe.rules)) {
    if (!rule.matches(subject))
      continue;
    matched.set(index);
    if (!first)
      applied.set(index);
    first = first ? first : &rule;
  }
  return first;
}

void RecipeApplier::keepFloat(Operation *op, const RecipeRule &rule) {
  if (staysFloat(op))
    return;
  for (Operation *part : getLayer(op))
    setStaysFloat(part);
  report(op->getLoc(), "stays in float", rule);
}

LogicalResult RecipeApplier::decideActivation(Value value, StringRef name) {
  Operation *op = value.getDefiningOp();
  RecipeSubject subject{TensorRole::Activation, {}, {"argument"}, false};
  if (isa_and_present<QuantizableOpInterface>(op))
    subject = describeLayer(op, TensorRole::Activation);
  subject.names.push_back(name);
  const RecipeRule *rule = find(subject);
  if (!rule)
    return success();
  if (rule->staysFloat) {
    keepFloat(op, *rule);
    return success();
  }
  if (weightsOnly)
    return success();
  TensorPolicy policy = rule->getPolicy(TensorRole::Activation);
  CalibrationAttr calibration = getCalibration(value);
  if (calibration && !policy.method.empty() &&
      calibration.getMethod() != policy.method)
    return emitError(rule->loc)
           << "the range of '" << name << "' was chosen by '"
           << calibration.getMethod()
           << "' already; expected the recipe before the calibrate stage";
  setActivationPolicy(value, policy);
  report(value.getLoc(),
         ("activation '" + name + "' becomes " +
          policy.describe(value.getContext()))
             .str(),
         *rule);
  return success();
}

void RecipeApplier::decideWeight(QuantizableOpInterface op) {
  const RecipeRule *rule = find(describeLayer(op, TensorRole::Weight));
  if (!rule)
    return;
  if (rule->staysFloat)
    return keepFloat(op, *rule);
  TensorPolicy policy = rule->getPolicy(TensorRole::Weight);
  setWeightPolicy(op, policy);
  report(op.getLoc(), "weight becomes " + policy.describe(op->getContext()),
         *rule);
}

LogicalResult RecipeApplier::apply(FunctionOpInterface function) {
  auto plan = QuantizationPlan::build(function);
  bool failedAny = false;
  for (const auto &[value, name] : plan.getValues())
    failedAny |= failed(decideActivation(value, name));
  for (auto op :
       function.getFunctionBody().front().getOps<QuantizableOpInterface>())
    for (unsigned index = 0; index < op->getNumOperands(); ++index)
      if (op.getOperandRole(index) == OperandRole::Weight)
        decideWeight(op);
  return failure(failedAny);
}

LogicalResult RecipeApplier::checkRoles() const {
  bool failedAny = false;
  for (const RecipeRule &rule : recipe.rules)
    if (weightsOnly &&
        (rule.role == TensorRole::Activation || !rule.method.empty())) {
      emitError(rule.loc)
          << "the rule is for activations, which have no format "
             "that is known beforehand in this mode";
      failedAny = true;
    }
  return failure(failedAny);
}

LogicalResult RecipeApplier::checkAllMatched() const {
  bool failedAny = false;
  for (auto [index, rule] : llvm::enumerate(recipe.rules)) {
    if (!matched[index]) {
      emitError(rule.loc) << "the rule matches no tensor of this model";
      failedAny = true;
    } else if (!applied[index]) {
      emitWarning(rule.loc)
          << "the rule is never the first that matches; it changes nothing";
    }
  }
  return failure(failedAny);
}

struct ApplyRecipePass : impl::ApplyRecipePassBase<ApplyRecipePass> {
  using Base::Base;

  void runOnOperation() override {
    if (recipe.empty()) {
      getOperation().emitError(
          "expected the path of a recipe in option 'recipe'");
      return signalPassFailure();
    }
    FailureOr<Recipe> rules = Recipe::read(recipe, &getContext());
    if (failed(rules))
      return signalPassFailure();
    RecipeApplier applier(*rules, weightsOnly);
    if (failed(applier.checkRoles()))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(applier.apply(function)))
        return signalPassFailure();
    if (failed(applier.checkAllMatched()))
      signalPassFailure();
  }
};

} // namespace
} // namespace quantc::qnn
