// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two float operations that quantc has never heard of. What they are in
// integers is said in Quantization.cpp, not here.
#ifndef ACME_ACMEOPS
#define ACME_ACMEOPS

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Acme_Dialect : Dialect {
  let name = "acme";
  let cppNamespace = "::acme";
  let summary = "Float operations of a compiler that embeds quantc";
}

def Acme_HardMishOp : Op<Acme_Dialect, "hard_mish", [Pure, SameOperandsAndResultType]> {
  let summary = "Piecewise form of mish";
  let description = [{
    `x * clip(x + 2, 0, 2) / 2` for each element: zero below -2, the identity
    above 0, a parabola between.

    ```mlir
    %y = acme.hard_mish %x : tensor<1x8xf32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$input);
  let results = (outs RankedTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Acme_BlurPoolOp : Op<Acme_Dialect, "blur_pool", [Pure]> {
  let summary = "Anti-aliased downsampling by two";
  let description = [{
    Blurs each channel of an NHWC image with the binomial filter
    `[1, 2, 1] x [1, 2, 1] / 16`, without padding, and keeps every second pixel.

    ```mlir
    %y = acme.blur_pool %x : tensor<1x9x9x4xf32> -> tensor<1x4x4x4xf32>
    ```
  }];
  let arguments = (ins 4DTensorOf<[F32]>:$input);
  let results = (outs 4DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif // ACME_ACMEOPS
