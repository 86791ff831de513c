// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated dispatch of QuantizableOpInterface.
#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.h"

#include "quantc/Dialect/QNN/IR/QuantizableOpInterface.cpp.inc"
