// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says how each layer is computed, and why so, as one remark of the category
// `qnn-kernel`. Decides nothing.
#ifndef QUANTC_LIB_CODEGEN_KERNELREMARKS_H
#define QUANTC_LIB_CODEGEN_KERNELREMARKS_H

#include "DepthwisePlan.h"
#include "KernelEmitter.h"
#include "RowReduction.h"
#include "TilePlan.h"

namespace quantc::codegen {

/// Reports the kernel of `group` that `plan` describes.
void remarkKernel(KernelGroup &group, const KernelPlan &plan, const ISA &isa);

/// Reports the depthwise kernel of `group` that `plan` describes.
void remarkDepthwise(KernelGroup &group, const DepthwisePlan &plan,
                     const ISA &isa);

/// Reports the row reduction of `group` that `plan` describes.
void remarkRowReduction(KernelGroup &group, const RowReduction &plan);

/// How the tiles of `plan` compute `group`.
void remarkTiles(KernelGroup &group, const TilePlan &plan, const ISA &isa);

} // namespace quantc::codegen

#endif // QUANTC_LIB_CODEGEN_KERNELREMARKS_H
