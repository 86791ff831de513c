// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The line between structure and instructions: vector operations that every
// target has in some form and that no target-neutral dialect can express.
#ifndef QUANTC_DIALECT_QVEC_IR_QVECOPS
#define QUANTC_DIALECT_QVEC_IR_QVECOPS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QVec_Dialect : Dialect {
  let name = "qvec";
  let cppNamespace = "::quantc::qvec";
  let summary = "Integer dot products and what surrounds them on vectors";
  let description = [{
    Kernels are built from these operations on every target; what is below them
    is an instruction of one target, or the generic lowering to `vector` and
    `arith`, which is right everywhere.
  }];
  let useDefaultTypePrinterParser = 1;
}

def QVec_TileType : TypeDef<QVec_Dialect, "Tile"> {
  let mnemonic = "tile";
  let summary = "A register of two dimensions";
  let description = [{
    Rows of equally many elements. A tile is loaded from memory, computed with and
    stored to memory as a whole; nothing reads one of its elements.

    ```mlir
    !qvec.tile<16x64xi8>
    ```
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$columns,
                        "::mlir::IntegerType":$elementType);
  let hasCustomAssemblyFormat = 1;
}

class QVec_TileOf<Type element> : Type<
    And<[CPred<"::llvm::isa<::quantc::qvec::TileType>($_self)">,
         SubstLeaves<"$_self",
           "::llvm::cast<::quantc::qvec::TileType>($_self).getElementType()",
           element.predicate>]>,
    "tile of " # element.summary # " values", "::quantc::qvec::TileType">;

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

def QVec_DotWordsOp
    : Op<QVec_Dialect, "dot_words", [Pure, AllTypesMatch<["acc", "result"]>,
                                     AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "2-way 16-bit dot products added to 32-bit accumulators";
  let description = [{
    Lane `i` of the result is exact, with wrap-around in 32 bits:

    ```
    result[i] = acc[i] + sext(lhs[2 * i]) * sext(rhs[2 * i])
                       + sext(lhs[2 * i + 1]) * sext(rhs[2 * i + 1])
    ```

    - C2: `lhs` and `rhs` have twice the elements of `acc`.

    ```mlir
    %1 = qvec.dot_words %acc, %a, %w : vector<8xi32>, vector<16xi16>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$acc,
    VectorOfRankAndType<[1], [I16]>:$lhs, VectorOfRankAndType<[1], [I16]>:$rhs);
  let results = (outs VectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = "$acc `,` $lhs `,` $rhs attr-dict `:` type($acc) `,` type($lhs)";
  let hasVerifier = 1;
}

def QVec_DotPairsOp : Op<QVec_Dialect, "dot_pairs",
    [Pure, AllTypesMatch<["acc", "result"]>, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Products of two rows of 8 bytes with two";
  let description = [{
    Exact, with wrap-around in 32 bits, for `i` and `j` of 0 and 1:

    ```
    result[2 * i + j] = acc[2 * i + j] + sum over k in 0..7 of sext(lhs[8 * i + k]) * sext(rhs[8 * j + k])
    ```

    ```mlir
    %1 = qvec.dot_pairs %acc, %a, %w : vector<4xi32>, vector<16xi8>
    ```
  }];
  let arguments = (ins VectorOfLengthAndType<[4], [I32]>:$acc,
    VectorOfLengthAndType<[16], [I8]>:$lhs, VectorOfLengthAndType<[16], [I8]>:$rhs);
  let results = (outs VectorOfLengthAndType<[4], [I32]>:$result);
  let assemblyFormat = "$acc `,` $lhs `,` $rhs attr-dict `:` type($acc) `,` type($lhs)";
}

def QVec_DotHalvesOp : Op<QVec_Dialect, "dot_halves",
    [Pure, AllTypesMatch<["acc", "result"]>, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Four parts of the dot product of 16 bytes";
  let description = [{
    Lane `i` takes two neighbouring products of each half, exactly, with wrap-around
    in 32 bits:

    ```
    result[i] = acc[i] + sum over h in 0..1, and over j in 0..1, of
                sext(lhs[8 * h + 2 * i + j]) * sext(rhs[8 * h + 2 * i + j])
    ```

    No element of `rhs` may be -128: then two products fit 16 bits.

    ```mlir
    %1 = qvec.dot_halves %acc, %a, %w : vector<4xi32>, vector<16xi8>
    ```
  }];
  let arguments = (ins VectorOfLengthAndType<[4], [I32]>:$acc,
    VectorOfLengthAndType<[16], [I8]>:$lhs, VectorOfLengthAndType<[16], [I8]>:$rhs);
  let results = (outs VectorOfLengthAndType<[4], [I32]>:$result);
  let assemblyFormat = "$acc `,` $lhs `,` $rhs attr-dict `:` type($acc) `,` type($lhs)";
}

def QVec_PackOp : Op<QVec_Dialect, "pack", [Pure, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Saturating narrowing of two vectors, 128 bits at a time";
  let description = [{
    Each element becomes half as wide, signed elements with saturation: to the
    signed range, or with `result_unsigned` to the unsigned one. In each 128 bits of the
    result the first half comes from the same 128 bits of `lhs` and the second
    from those of `rhs`. With `n` elements in 128 bits of an operand:

    ```
    result[2 * n * p + i]     = saturate(lhs[n * p + i])    for i in 0..n-1
    result[2 * n * p + n + i] = saturate(rhs[n * p + i])
    ```

    - C3: the operands are a multiple of 128 bits.
    - C4: the elements of the result are half as wide as those of the operands,
      and there are twice as many.

    ```mlir
    %1 = qvec.pack %a, %b : vector<16xi32> to vector<32xi16>
    %2 = qvec.pack %1, %1 {result_unsigned} : vector<32xi16> to vector<64xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I16, I32]>:$lhs,
    VectorOfRankAndType<[1], [I16, I32]>:$rhs, UnitAttr:$result_unsigned);
  let results = (outs VectorOfRankAndType<[1], [I8, I16]>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `to` type($result)";
  let hasVerifier = 1;
}

def QVec_StayOp : Op<QVec_Dialect, "stay", [Pure]> {
  let summary = "An index whose loads stay in their loop";
  let description = [{
    The result is `index`. The compiler must not find out: it takes the result for
    one that depends on `iteration`, a value of the loop around. A load at this
    index is then left in the loop, where it is an operand of an instruction. A
    kernel with more constants than registers would otherwise get them loaded in
    front of the loop, and kept on the stack.

    The same holds for the values `after`: a load at this index stays behind what
    computes them. A long body would otherwise begin everywhere at once; so parts
    of it stay one behind the other. Only the compiler waits: the machine sees no
    dependence. Vectors that are no register of the target are left out.

    ```mlir
    %1 = qvec.stay %block in %x
    %2 = qvec.stay %block in %x after %a, %b : vector<4xi32>, vector<4xi32>
    ```
  }];
  let arguments = (ins Index:$index, Index:$iteration,
    Variadic<VectorOfNonZeroRankOf<[AnySignlessInteger, AnyFloat]>>:$after);
  let results = (outs Index:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$index, "::mlir::Value":$iteration,
    CArg<"::mlir::ValueRange", "{}">:$after)>];
  let assemblyFormat = "$index `in` $iteration (`after` $after^ `:` type($after))? attr-dict";
}

def QVec_LookupOp : Op<QVec_Dialect, "lookup", [Pure, AllTypesMatch<["indices", "result"]>]> {
  let summary = "Bytes of a constant table";
  let description = [{
    ```
    result[i] = table[zext(indices[i])]
    ```

    - C5: the table has 256 entries, one for each byte.

    ```mlir
    %1 = qvec.lookup %0 {table = array<i8: 0, 1, 2, ...>} : vector<64xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8]>:$indices,
    DenseI8ArrayAttr:$table);
  let results = (outs VectorOfRankAndType<[1], [I8]>:$result);
  let assemblyFormat = "$indices attr-dict `:` type($indices)";
  let hasVerifier = 1;
}

def QVec_TileZeroOp : Op<QVec_Dialect, "tile_zero", [Pure]> {
  let summary = "A tile of zeros";
  let description = [{
    ```mlir
    %1 = qvec.tile_zero : !qvec.tile<16x16xi32>
    ```
  }];
  let results = (outs QVec_TileOf<I32>:$result);
  let assemblyFormat = "attr-dict `:` qualified(type($result))";
}

def QVec_TileLoadOp : Op<QVec_Dialect, "tile_load",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A tile whose rows lie apart in memory";
  let description = [{
    Row `r` starts `r * step` further along dimension `dim` of `source` than row 0
    does, and continues along the last dimension:

    ```
    result[r][c] = source[indices[0], ..., indices[dim] + r * step, ..., indices[last] + c]
    ```

    The elements of a row are neighbours in memory. All of them must be inside
    of `source`.

    - C6: there is one index for each dimension of `source`.
    - C7: `dim` is a dimension of `source`.

    ```mlir
    %1 = qvec.tile_load %x[%i, %j] along 1 by 64 : tensor<14x1024xi8>, !qvec.tile<14x48xi8>
    ```
  }];
  let arguments = (ins AnyTypeOf<[StaticShapeTensorOf<[I8]>, MemRefOf<[I8]>]>:$source,
    Variadic<Index>:$indices, I64Attr:$dim, I64Attr:$step);
  let results = (outs QVec_TileOf<I8>:$result);
  let assemblyFormat = [{
    $source `[` $indices `]` `along` $dim `by` $step attr-dict `:` type($source) `,`
    qualified(type($result))
  }];
  let hasVerifier = 1;
}

def QVec_TileDotOp
    : Op<QVec_Dialect, "tile_dot", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "4-way 8-bit dot products of all rows with all columns";
  let description = [{
    Each element is exact, with wrap-around in 32 bits:

    ```
    result[m][n] = acc[m][n] + sum over k, and over j in 0..3, of
                   ext(lhs[m][4 * k + j]) * ext(rhs[k][4 * n + j])
    ```

    `ext` is a sign extension, or a zero extension of the side that
    `lhs_unsigned` or `rhs_unsigned` names. A row of `rhs` is what `qvec.dot` takes:
    four products of each column.

    - C8: `lhs` has the rows of `acc`, and four columns for each row of `rhs`.
    - C9: `rhs` has four times the columns of `acc`.

    ```mlir
    %1 = qvec.tile_dot %acc, %a, %w {lhs_unsigned} : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
    ```
  }];
  let arguments = (ins QVec_TileOf<I32>:$acc, QVec_TileOf<I8>:$lhs,
    QVec_TileOf<I8>:$rhs, UnitAttr:$lhs_unsigned, UnitAttr:$rhs_unsigned);
  let results = (outs QVec_TileOf<I32>:$result);
  let assemblyFormat = [{
    $acc `,` $lhs `,` $rhs attr-dict `:` qualified(type($acc)) `,`
    qualified(type($lhs)) `,` qualified(type($rhs))
  }];
  let hasVerifier = 1;
}

def QVec_TileStoreOp : Op<QVec_Dialect, "tile_store"> {
  let summary = "Writes a tile to rows of memory";
  let description = [{
    ```
    dest[..., indices[last - 1] + r, indices[last] + c] = tile[r][c]
    ```

    - C10: `dest` has at least two dimensions, and one index for each.

    ```mlir
    qvec.tile_store %1, %sums[%i, %j] : !qvec.tile<16x16xi32>, memref<32x32xi32>
    ```
  }];
  let arguments = (ins QVec_TileOf<I32>:$tile,
    Arg<MemRefOf<[I32]>, "rows", [MemWrite]>:$dest, Variadic<Index>:$indices);
  let assemblyFormat = [{
    $tile `,` $dest `[` $indices `]` attr-dict `:` qualified(type($tile)) `,` type($dest)
  }];
  let hasVerifier = 1;
}

#endif // QUANTC_DIALECT_QVEC_IR_QVECOPS
