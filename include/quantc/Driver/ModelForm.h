// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where on the road a module stands, read from what is in it: the driver goes
// on from there, whoever wrote the file.
#ifndef QUANTC_DRIVER_MODELFORM_H
#define QUANTC_DRIVER_MODELFORM_H

#include "quantc/Driver/Compiler.h"

namespace quantc {

/// The last stage that `module` has behind it. A prepared graph is a float
/// graph like an imported one, so both are `Import`:
///
///   Import     no operation of the forms below
///   Calibrate  a range is attached to a value
///   Quantize   a qnn.quantize or qnn.dequantize
///   Legalize   an operation that computes on quantized tensors
///   Lower      a linalg.generic
Stage findReachedStage(mlir::ModuleOp module);

/// "import", "prepare", ...: the value of --stop-after.
llvm::StringRef getStageName(Stage stage);

/// What a module is in behind `stage`: "a float graph", "QDQ form", ...
llvm::StringRef getFormName(Stage stage);

} // namespace quantc

#endif // QUANTC_DRIVER_MODELFORM_H
