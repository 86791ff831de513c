// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Drives a model through the stages. Each stage is a pass pipeline of its own
// pass manager, so that an error belongs to one stage and the road can end
// after any of them.
#include "Accuracy.h"
#include "ErrorAttribution.h"

#include "quantc/Driver/ModelForm.h"
#include "quantc/Driver/ReportedError.h"

#include "quantc/Codegen/Pipelines.h"
#include "quantc/Conversion/Passes.h"
#include "quantc/Dialect/QNN/Transforms/Calibration.h"
#include "quantc/Dialect/QNN/Transforms/Passes.h"
#include "quantc/Pipelines/Stages.h"
#include "quantc/Registration.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace quantc {

void registerCompilerDialects(DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  quantc::registerAllDialects(registry);
  quantc::registerAllExtensions(registry);
  target::registerTranslations(registry);
}

static llvm::Error stageFailed(llvm::StringRef stage, const ErrorWatch &watch) {
  return watch.fail("the " + stage + " stage failed");
}

namespace {

class Driver {
public:
  Driver(ModuleOp module, const CompileOptions &options)
      : module(module), options(options), start(findReachedStage(module)) {}

  llvm::Error run() {
    setModelName();
    if (reached(Stage::Import))
      return llvm::Error::success();
    if (llvm::Error error = prepare())
      return error;
    if (reached(Stage::Prepare))
      return llvm::Error::success();
    if (llvm::Error error = applyRecipe())
      return error;
    if (options.mode != Mode::Float)
      if (llvm::Error error = options.mode == Mode::Static
                                  ? quantize()
                                  : quantizeUncalibrated())
        return error;
    if (options.stopAfter < Stage::Lower)
      return llvm::Error::success();
    return lowerAndGenerateCode();
  }

  llvm::Error lowerAndGenerateCode() {
    setModelName();
    llvm::Expected<target::Target> target =
        target::Target::create(options.target);
    if (!target)
      return target.takeError();
    if (llvm::Error error = lower(*target))
      return error;
    if (reached(Stage::Lower))
      return llvm::Error::success();
    target->record(module);
    return runStage("codegen", [&](OpPassManager &pm) {
      codegen::CodegenOptions codegenOptions;
      codegenOptions.vectorBits = target->getISA().vectorBits;
      codegenOptions.isa = target->getISA().name.str();
      codegenOptions.profile = options.profile;
      codegenOptions.threads = options.threads;
      codegen::buildCodegenPipeline(pm, codegenOptions);
      codegen::LLVMOptions llvmOptions;
      llvmOptions.sharedLibrary = options.sharedLibrary;
      llvmOptions.isa = target->getISA().name.str();
      codegen::buildLLVMPipeline(pm, llvmOptions);
    });
  }

private:
  void setModelName() {
    module->setAttr(qnn::kModelNameAttr,
                    StringAttr::get(module.getContext(), options.modelName));
  }

  /// Whether `stage` is behind the form in which the module came.
  bool isDone(Stage stage) const { return start >= stage; }

  bool reached(Stage stage) const { return options.stopAfter == stage; }

  llvm::Error runStage(llvm::StringRef name,
                       llvm::function_ref<void(OpPassManager &)> build) {
    ErrorWatch watch(module.getContext());
    PassManager pm(module.getContext());
    // Once a stage: after every pass it is a tenth of compiling a small model.
    pm.enableVerifier(false);
    if (options.configurePasses && failed(options.configurePasses(pm)))
      return stageFailed(name, watch);
    build(pm);
    if (failed(pm.run(module)) || failed(verify(module)))
      return stageFailed(name, watch);
    return llvm::Error::success();
  }

  llvm::Error lower(const target::Target &target) {
    if (!isDone(Stage::Lower))
      return runStage("lower", [&](OpPassManager &pm) {
        LowerOptions lowerOptions;
        const codegen::ISA &isa = target.getISA();
        lowerOptions.unsignedActivations = isa.unsignedActivations;
        lowerOptions.signedActivations =
            !isa.unsignedActivations &&
            isa.dot != codegen::DotInstruction::None;
        lowerOptions.verifyIntegerOnly = options.failOnFloat;
        buildLowerPipeline(pm, lowerOptions);
      });
    if (!options.failOnFloat)
      return llvm::Error::success();
    return runStage("lower", [](OpPassManager &pm) {
      pm.addNestedPass<func::FuncOp>(conversion::createVerifyIntegerOnlyPass());
    });
  }

  llvm::Error prepare() {
    // A model that comes with its scales is prepared like any other; for one
    // that was prepared before there is nothing to do.
    bool isPrepared = isDone(Stage::Calibrate) && start != Stage::Quantize;
    if (isPrepared)
      return llvm::Error::success();
    return runStage("prepare", [](OpPassManager &pm) {
      buildPreparePipeline(pm, PrepareOptions());
    });
  }

  llvm::Error quantize() {
    if (!isDone(Stage::Quantize))
      if (llvm::Error error = calibrateModule())
        return error;
    if (reached(Stage::Calibrate))
      return llvm::Error::success();
    if (!isDone(Stage::Quantize)) {
      if (llvm::Error error = improveAndReport())
        return error;
      if (llvm::Error error = runStage("quantize", [](OpPassManager &pm) {
            buildQuantizePipeline(pm, QuantizeOptions());
          }))
        return error;
    }
    if (start == Stage::Quantize)
      if (llvm::Error error = completeQDQ())
        return error;
    if (reached(Stage::Quantize) || isDone(Stage::Lower))
      return llvm::Error::success();
    return legalize();
  }

  llvm::Error completeQDQ() {
    return runStage("quantize",
                    [](OpPassManager &pm) { buildCompleteQDQPipeline(pm); });
  }

  /// The modes that quantize without ranges. Floats between the contractions
  /// are what they are for: nothing to report.
  llvm::Error quantizeUncalibrated() {
    auto build = [&](OpPassManager &pm) {
      if (options.mode == Mode::Dynamic)
        return buildQuantizeDynamicPipeline(pm);
      QuantizeWeightsOptions weights;
      weights.bits = options.weightBits.value_or(8);
      weights.block = options.weightBlock.value_or(32);
      buildQuantizeWeightsPipeline(pm, weights);
    };
    if (llvm::Error error = runStage("quantize", build))
      return error;
    return reached(Stage::Quantize) ? llvm::Error::success() : legalize();
  }

  /// What the command line says, or else the model, unless the arithmetic has
  /// to be of integers.
  qnn::RoundingMode chooseRounding() const {
    auto own = module->getAttrOfType<qnn::RoundingModeAttr>(qnn::kRoundingAttr);
    bool isFloat = own && own.getValue() == qnn::RoundingMode::FloatEven;
    if (options.rounding || !own || (isFloat && options.failOnFloat))
      return options.rounding.value_or(qnn::RoundingMode::Single);
    return own.getValue();
  }

  llvm::Error legalize() {
    // Also in qnn form: the stage changes nothing that is done, and the
    // boundary and what stayed float are questions of this run.
    return runStage("legalize", [&](OpPassManager &pm) {
      LegalizeOptions legalizeOptions;
      legalizeOptions.reportFloat = options.mode == Mode::Static;
      legalizeOptions.rounding = chooseRounding();
      legalizeOptions.integerBoundary = options.boundary == Boundary::Integer;
      legalizeOptions.failOnFloat = options.failOnFloat;
      buildLegalizePipeline(pm, legalizeOptions);
    });
  }

  /// The report compares what will be quantized with the graph before any pass
  /// that changes the function.
  llvm::Error improveAndReport() {
    if (!options.errorReport)
      return improveAccuracy(module, options);
    ErrorAttribution attribution;
    if (llvm::Error error = improveAccuracy(module, options, &attribution))
      return error;
    auto report = attribution.measure(module, options);
    if (!report)
      return report.takeError();
    *options.errorReport = std::move(*report);
    return llvm::Error::success();
  }

  /// Before ranges are chosen, because they depend on the policy.
  llvm::Error applyRecipe() {
    if (options.quantizationRecipe.empty() || isDone(Stage::Quantize))
      return llvm::Error::success();
    return runStage("recipe", [&](OpPassManager &pm) {
      qnn::ApplyRecipePassOptions recipe;
      recipe.recipe = options.quantizationRecipe;
      recipe.weightsOnly = options.mode != Mode::Static;
      pm.addPass(qnn::createApplyRecipePass(recipe));
    });
  }

  /// Ranges from a table, from data, or from the module itself, which may carry
  /// them already.
  llvm::Error calibrateModule() {
    if (!options.calibrationData.empty() || !options.calibrationTable.empty())
      if (llvm::Error error = applyRanges())
        return error;
    return runStage("calibrate", [](OpPassManager &pm) {
      pm.addNestedPass<func::FuncOp>(qnn::createVerifyCalibratedPass());
    });
  }

  llvm::Error applyRanges() {
    llvm::Expected<CalibrationTable> table =
        options.calibrationTable.empty()
            ? calibrate(module, options)
            : CalibrationTable::read(options.calibrationTable);
    if (!table)
      return table.takeError();
    ErrorWatch watch(module.getContext());
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal() &&
          failed(qnn::applyCalibration(function, *table,
                                       options.calibrationTable)))
        return stageFailed("calibrate", watch);
    if (options.measuredTable)
      *options.measuredTable = std::move(*table);
    return llvm::Error::success();
  }

  ModuleOp module;
  const CompileOptions &options;
  /// The form in which the module came.
  Stage start;
};

} // namespace

llvm::Error compile(ModuleOp module, const CompileOptions &options) {
  return Driver(module, options).run();
}

llvm::Error compileToLLVM(ModuleOp module, const CompileOptions &options) {
  return Driver(module, options).lowerAndGenerateCode();
}

} // namespace quantc
