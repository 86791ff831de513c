// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An embedder's operation that has quantc's interface from the start.
include "quantc/Dialect/QNN/IR/QuantizableOpInterface.td"

def Own_Dialect : Dialect {
  let name = "own";
  let cppNamespace = "::own";
}

def Own_ActOp : Op<Own_Dialect, "act",
    [DeclareOpInterfaceMethods<QNN_QuantizableOpInterface, ["evaluateScalar"]>]> {
  let arguments = (ins RankedTensorOf<[F32]>:$input);
  let results = (outs RankedTensorOf<[F32]>:$result);
}
