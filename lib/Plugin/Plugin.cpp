// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// quantc as a plugin: `mlir-opt --load-dialect-plugin=QuantcPlugin.so` adds the
// dialect and its external models, `--load-pass-plugin=` the passes and stage
// pipelines.
#include "quantc/Registration.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Quantc", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) {
            quantc::registerAllDialects(*registry);
            quantc::registerAllExtensions(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Quantc", LLVM_VERSION_STRING, [] {
            quantc::registerAllPasses();
            quantc::registerAllPipelines();
          }};
}
