// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects the operators of all families.

#include "Converters.h"

namespace quantc::import {

const OperatorTable &OperatorTable::get() {
  static const OperatorTable table = [] {
    OperatorTable filled;
    registerConvolutions(filled);
    registerMatrixProducts(filled);
    registerElementwise(filled);
    registerActivations(filled);
    registerNormalization(filled);
    registerPools(filled);
    registerReductions(filled);
    registerShapes(filled);
    registerSlices(filled);
    registerQuantization(filled);
    registerQuantizedProducts(filled);
    registerFolders(filled);
    filled.markMoving({"Concat", "Flatten", "MaxPool", "Reshape", "Slice",
                       "Split", "Squeeze", "Transpose", "Unsqueeze"});
    return filled;
  }();
  return table;
}

} // namespace quantc::import
