// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many outputs share the pixels of a depthwise kernel.
#ifndef QUANTC_LIB_CODEGEN_DEPTHWISETILING_H
#define QUANTC_LIB_CODEGEN_DEPTHWISETILING_H

#include "DepthwisePlan.h"

namespace quantc::codegen {

/// Sets the tile of `plan`, which has all else, for a file of `registers`, and
/// whether it loads pixels again.
void chooseDepthwiseTile(DepthwisePlan &plan, int64_t registers);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_DEPTHWISETILING_H
