// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What code generation does for weights that are stored smaller than they are
// computed with.
#ifndef QUANTC_CODEGEN_WEIGHTPASSES_TD
#define QUANTC_CODEGEN_WEIGHTPASSES_TD

include "mlir/Pass/PassBase.td"

def FuseWeightsPass : Pass<"quantc-fuse-weights", "mlir::func::FuncOp"> {
  let summary = "Dequantize weights in the registers of the kernel that reads them";
  let description = [{
    An elementwise `linalg.generic` that computes floats from constants of bytes
    alone (a dequantize of stored weights) is computed inside of each reduction
    that reads it, through reshapes if need be: one number for each number that
    the reduction reads. The whole float tensor never is in memory. What reads
    it otherwise keeps it.

    Before:
    ```mlir
    %w = linalg.generic ... ins(%bytes, %scales) -> tensor<8x16xf32>
    %r = linalg.generic ... ins(%x, %w) { ^bb0(%a, %b, %acc): mulf %a, %b; addf ... }
    ```
    After:
    ```mlir
    %r = linalg.generic ... ins(%x, %bytes, %scales)
        { ^bb0(%a, %q, %s, %acc): sitofp %q; mulf %q, %s; mulf %a, ...; addf ... }
    ```
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

#endif // QUANTC_CODEGEN_WEIGHTPASSES_TD
