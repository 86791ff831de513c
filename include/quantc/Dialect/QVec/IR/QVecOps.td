// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The line between structure and instructions: vector operations that every
// target has in some form and that no target-neutral dialect can express.
#ifndef QUANTC_DIALECT_QVEC_IR_QVECOPS
#define QUANTC_DIALECT_QVEC_IR_QVECOPS

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QVec_Dialect : Dialect {
  let name = "qvec";
  let cppNamespace = "::quantc::qvec";
  let summary = "Integer dot products on vectors";
  let description = [{
    Kernels are built from these operations on every target; what is below them
    is an instruction of one target, or the generic lowering to `vector` and
    `arith`, which is right everywhere.
  }];
}

def QVec_DotOp : Op<QVec_Dialect, "dot", [Pure, AllTypesMatch<["acc", "result"]>,
                                          AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "4-way 8-bit dot products added to 32-bit accumulators";
  let description = [{
    Lane `i` of the result is exact, with wrap-around in 32 bits:

    ```
    result[i] = acc[i] + sum over j in 0..3 of ext(lhs[4 * i + j]) * ext(rhs[4 * i + j])
    ```

    `ext` is a sign extension, or a zero extension of the side that
    `lhs_unsigned` or `rhs_unsigned` names.

    - C1: `lhs` and `rhs` have four times the elements of `acc`.

    ```mlir
    %1 = qvec.dot %acc, %a, %w {lhs_unsigned} : vector<16xi32>, vector<64xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$acc,
    VectorOfRankAndType<[1], [I8]>:$lhs, VectorOfRankAndType<[1], [I8]>:$rhs,
    UnitAttr:$lhs_unsigned, UnitAttr:$rhs_unsigned);
  let results = (outs VectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = "$acc `,` $lhs `,` $rhs attr-dict `:` type($acc) `,` type($lhs)";
  let hasVerifier = 1;
}

#endif // QUANTC_DIALECT_QVEC_IR_QVECOPS
