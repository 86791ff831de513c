// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes between linalg on tensors and the LLVM dialect. Upstream owns the
// bufferization and the dialect conversions; what stands here decides kernels,
// memory and the C interface.
#ifndef QUANTC_CODEGEN_PASSES_TD
#define QUANTC_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"
include "quantc/Codegen/WeightPasses.td"

def NormalizeStructuredOpsPass
    : Pass<"quantc-normalize-structured-ops", "mlir::func::FuncOp"> {
  let summary = "Bring structured operations to linalg.generic";
  let description = [{
    Every tensor computation that the later passes look at becomes a
    `linalg.generic`, so that they need not know any operation by name:

    - `tensor.pad` becomes a fill of the padded tensor and an insertion;
      `tensor.concat` becomes insertions;
    - `linalg.softmax` becomes reductions and elementwise operations;
    - a depthwise convolution with channel multiplier 1 loses that dimension;
    - reshapes and transposes of constants are computed now, in whatever form
      (dense, splat, resource) the constant is stored;
    - `linalg.softmax` becomes the operations that it stands for;
    - named linalg operations are generalized.

    Nothing is refused; an operation that has no generic form stays as it is.
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect",
                           "mlir::arith::ArithDialect"];
}

def FuseElementwisePass
    : Pass<"quantc-fuse-elementwise", "mlir::func::FuncOp"> {
  let summary = "Compute chains of elementwise operations at once";
  let description = [{
    An elementwise `linalg.generic` is merged into its only reader if that is
    elementwise too and reads each element once. One that a reduction reads stays:
    computed inside the reduction it would be computed again for every product that
    it takes part in, and it could not be the epilogue of the reduction in front of
    it. Only a transpose is no computation: a reduction reads through it, unless
    that moves the innermost dimension. The sum of a single tensor also reads through one
    that makes the reduced dimension the innermost.
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def RequantizeInFloatPass
    : Pass<"quantc-requantize-in-float", "mlir::func::FuncOp"> {
  let summary = "Requantize by one f32 multiplication where that is exact";
  let description = [{
    A `linalg.generic` that scales the accumulators of a reduction of bytes by
    the high words of 64-bit products (N25 of docs/Numerics.md) does so with a
    conversion to f32, a multiplication and an addition instead, if this is
    proven to give the same integers for every accumulator (N31): half of the
    instructions. Multipliers, offsets and shifts must be constants, the result
    clamped to a range of 255 around the zero point. Constant weights with a
    dimension of channels bound the accumulators of each channel.

    What is not proven stays as it is.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::linalg::LinalgDialect"];
}

def PackConstantsPass : Pass<"quantc-pack-constants", "mlir::func::FuncOp"> {
  let summary = "Lay constants out in the order in which kernels read them";
  let description = [{
    The kernel of a `linalg.generic` is vectorized along one parallel loop. A
    constant operand (weights) that this loop walks with a stride is transposed
    at compile time so that the loop becomes its innermost dimension: OHWI
    convolution weights become HWIO, a transposed matrix becomes row major.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "256",
           "Width of a vector register of the target in bits (128, 256, 512)">
  ];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::arith::ArithDialect"];
}

def DecomposePadsPass : Pass<"quantc-decompose-pads", "mlir::func::FuncOp"> {
  let summary = "Take pads apart into a filled frame and an insertion";
  let description = [{
    Each `tensor.pad` of a constant becomes a `linalg.fill` of the padded shape
    and a `tensor.insert_slice`, so that what produces the image can write into
    the frame.

    A border of zeros that is read by packed dot products alone stays a
    `tensor.pad`: it is never written, because the kernels leave out what lies
    in it. For that a group of four products must not lie half in the border.
    So does a border of any value around the image of a depthwise kernel of dot
    products, which makes up the pixels in it.
    *Refuses* an `isa` that is no row of the table.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "256",
           "Width of a vector register of the target in bits (128, 256, 512)">,
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Row of the ISA table: which kernels there are">
  ];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect",
                           "mlir::arith::ArithDialect"];
}

def PackDotProductsPass
    : Pass<"quantc-pack-dot-products", "mlir::func::FuncOp"> {
  let summary = "Lay 8-bit weights out for dot-product instructions";
  let description = [{
    For a `linalg.generic` that adds up products of 8-bit activations and
    constant 8-bit weights in 32 bits:

    - the loop over a row of a convolution's kernel (dilation 1) and the loop
      over the input channels become one, because a row of an NHWC image is
      contiguous: no buffer of patches is built;
    - weights of `K` products and `C` output channels are packed as
      `[ceil(C / P), ..., ceil(K / 4), P * 4]`: the panel of `P` channels that a
      kernel holds in registers is read from one stream of memory, four products
      of one channel side by side, missing ones zero. The indexing map says so,
      and the operation means what it meant before.
    - the last group of four is filled up where the image can be read behind the
      window: the pad of an image whose rows are too short is widened.

    A right side that is no constant, in a product of two activations, is packed
    by an operation in front of it, where at least 4 rows read it: one
    `linalg.generic` that takes over what computes it element by element.

    Other operations are left alone. *Refuses* an `isa` that is no row of the table.
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect",
                           "mlir::arith::ArithDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "256",
           "Width of a vector register of the target in bits">,
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Row of the ISA table: how weights are read">];
}

def VectorizeKernelsPass
    : Pass<"quantc-vectorize-kernels", "mlir::func::FuncOp"> {
  let summary = "Turn linalg.generic into register-tiled vector loops";
  let description = [{
    Each reduction (convolution, matmul, pooling) is grouped with the fill or
    broadcast that initializes it and with the elementwise operations that are
    the only readers of its result (bias, clamp, requantize, residual add). A
    group becomes one loop nest: the accumulators of a tile of the output live
    in vector registers over all reduction loops, the elementwise operations
    are applied to them there, and the result is stored once. No tensor of
    accumulators remains between two operations of a group.

    Loops are tiled without remainder: what is left of a dimension gets its own
    copy of the kernel, with a shorter vector where it must. The order of the
    additions of an output element is that of the linalg loops.

    A reduction over packed weights is computed by `qvec.dot`, or by
    `qvec.tile_dot` where the target has registers of two dimensions and the
    shape fills them: blocks of sums, 2 x 2 tiles, stay in registers over the
    reduction and pass through a piece of stack before the other operations of the
    group are applied; a block at the end of a loop is moved back until it fits.

    Where the image of a `qvec.dot` has a border of zeros, kernel rows outside of
    the image are not run through,
    and tiles at the left and right end leave the pixels outside out. A reduction
    of integers along the innermost dimension of what it reads (the sum or the
    maximum of a row) is computed by vectors along that dimension.

    An operation outside of this form (dynamic shape, several results, regions
    or effects in its body) stays and is lowered to plain loops later.
    *Refuses* an `isa` that is no row of the table.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "256",
           "Width of a vector register of the target in bits (128, 256, 512)">,
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Row of the ISA table: how many registers a dot product takes">
  ];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::math::MathDialect", "mlir::scf::SCFDialect",
    "mlir::tensor::TensorDialect", "mlir::vector::VectorDialect",
    "::quantc::qvec::QVecDialect"];
}

def PlaceDestinationsPass
    : Pass<"quantc-place-destinations", "mlir::func::FuncOp"> {
  let summary = "Create the destination of an insertion before what is inserted";
  let description = [{
    A kernel can write straight into the interior of a padded tensor, or into its
    part of a concatenation, only if that tensor exists before the kernel. This
    pass moves the computation of the destination of each `tensor.insert_slice`
    in front of the operation that produces its source, reshaped or not, where
    nothing forbids it. Upstream's empty tensor elimination then removes the
    copy.
  }];
}

def UseDestinationsPass
    : Pass<"quantc-use-destinations", "mlir::ModuleOp"> {
  let summary = "Return results through memory of the caller";
  let description = [{
    Requires a module with exactly one public function with a body, on tensors
    of static shape. Its results become trailing memref arguments, which it
    fills. What the C interface needs to know of the signature (names, shapes,
    element types, quantization) is recorded in the module attribute
    `qnn.interface` before types lose it:

    - `qnn.name` on arguments and results: the name (`inputN`, `outputN` without);
    - `qnn.scale` (f64) and `qnn.zero_point` (i64): a quantized boundary;
    - `qnn.unsigned` (unit): the integers of the boundary are unsigned.
  }];
  let dependentDialects = ["mlir::bufferization::BufferizationDialect",
                           "mlir::memref::MemRefDialect"];
}

def LowerObservePass : Pass<"quantc-lower-observe", "mlir::ModuleOp"> {
  let summary = "Call back the host with each observed tensor";
  let description = [{
    Each `qnn.observe` becomes a call of the external function
    `quantc_observe(context, index, data, count)`, where `index` counts the
    observers in the order of the function and `count` is the number of
    elements. The public function gets a trailing argument of type `!llvm.ptr`
    with the attribute `qnn.context`, which is handed through. A module without
    observers is left alone.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::bufferization::BufferizationDialect",
    "mlir::func::FuncDialect", "mlir::LLVM::LLVMDialect",
    "mlir::memref::MemRefDialect"];
}

def LowerCopiesPass : Pass<"quantc-lower-copies", "mlir::func::FuncOp"> {
  let summary = "Expand copies between strided buffers to vector loops";
  let description = [{
    A `memref.copy` between two contiguous buffers becomes `memcpy` in upstream's
    lowering. Any other one would become a call of a runtime library, which a
    compiled model does not have: it becomes loops over vector loads and stores.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "256",
           "Width of a vector register of the target in bits (128, 256, 512)">
  ];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::scf::SCFDialect",
                           "mlir::vector::VectorDialect"];
}

def PrefetchPass : Pass<"quantc-prefetch", "mlir::func::FuncOp"> {
  let summary = "Prefetch what kernels of dot products need later";
  let description = [{
    - Where a `qvec.dot` reads packed weights of several panels, at least
      `min-weights` bytes in all and each panel more than once, the same place
      of the next panel is prefetched into the second level of caches. The last
      panel prefetches what lies behind the weights, which reads nothing.
    - What a tile reads and writes when its sums are complete, of images of at
      least `min-image` elements, is prefetched before the loop of the dot
      products.
  }];
  let options = [
    Option<"minWeights", "min-weights", "int64_t", "65536",
           "Bytes of weights from which on they are not expected in a cache">,
    Option<"minImage", "min-image", "int64_t", "131072",
           "Elements of an image from which on it is not expected in a cache">
  ];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::memref::MemRefDialect"];
}

def PlanMemoryPass : Pass<"quantc-plan-memory", "mlir::ModuleOp"> {
  let summary = "Give every buffer a place in one arena";
  let description = [{
    All `memref.alloc` of the public function become views of one trailing
    argument `memref<Nxi8>`. Two buffers share bytes if no operation lies
    between the first and last use of both; aliases (views, loop arguments) are
    followed. Several orders of greedy placement are tried, at multiples of 64
    bytes, and the smallest plan is taken. N is recorded as the function's
    attribute `qnn.arena_size`, and in `qnn.interface` beside it the lower bound:
    the largest sum of buffers that are alive together. A remark names both.

    An allocation in a loop is placed like one in front of that loop. An
    allocation of dynamic size, or one that a loop carries from one iteration to
    the next, is an error: a compiled model has no heap.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::memref::MemRefDialect"];
}

def RecordMacsPass : Pass<"quantc-record-macs", "mlir::func::FuncOp"> {
  let summary = "Count the multiply-adds of each node";
  let description = [{
    Stores the number of products that each node of the model adds up in the
    function's attribute `qnn.macs`, a dictionary with the names of the
    locations as keys, together with the type of the sum. Counted are the iterations of every `linalg.generic` of
    static shape that adds a product to its accumulator. Nothing else changes.

    ```mlir
    // Before: linalg.generic over 4 x 8 x 16 iterations at loc("fc")
    func.func @model(...) attributes {qnn.macs = {fc = [512, i32]}}
    ```
  }];
}

def InstrumentLayersPass
    : Pass<"quantc-instrument-layers", "mlir::ModuleOp"> {
  let summary = "Call back the host between layers";
  let description = [{
    Requires the attribute `qnn.interface` and a public function of one block on
    memrefs. Its operations with side effects are cut into segments: neighbours
    whose locations hold the same names. Segments with the same names, or with
    a part of another one's, are one layer.

    The public function gets the argument of type `!llvm.ptr` with the attribute
    `qnn.context` behind its inputs. It points to a pointer to a function
    `void callback(void *context, int64_t index)`, which is called with `i` in
    front of segment `i` and with the number of segments at the end. No symbol
    of the host is referred to, so a shared library needs nothing to be loaded.

    `qnn.interface` gets the entry `profile`: each layer's name, its multiply-adds
    (from `qnn.macs`, which is removed) and the bytes of the distinct buffers
    that it reads or writes, and for each segment the number of its layer.

    *Refuses* a function that has a context already (observers).
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}

def OutlineKernelsPass : Pass<"quantc-outline-kernels", "mlir::ModuleOp"> {
  let summary = "Compute equal layers with one function";
  let description = [{
    Requires planned memory (`--quantc-plan-memory`). Loop nests of the public
    function's entry block (or of the region of its team of threads) that are
    equal but for the buffers, the constants that are no sizes or addresses, and
    their locations become one private function, which is called in their place.
    It is named after the nodes that the first of them computes.

    What differs is an argument: memrefs, and values of scalars and vectors.
    What LLVM knew about buffers goes along: `llvm.noalias` on an argument that
    shares no byte with another one in any call, `llvm.align` on one that begins
    at a multiple of 64 bytes in all of them. A nest without an equal stays, and
    so does one that is hardly longer than a call; but a nest that computes on
    tiles becomes a function always, because their shapes are those of one.

    ```mlir
    // Before: two layers of one shape.
    scf.for %i = ... { ... %w0 ... memref.store %r, %a[%i] : memref<64xi8> }
    scf.for %i = ... { ... %w1 ... memref.store %r, %b[%i] : memref<64xi8> }
    // After:
    call @kernel_conv1(%w0, %a) : (memref<16xi8>, memref<64xi8>) -> ()
    call @kernel_conv1(%w1, %b) : (memref<16xi8>, memref<64xi8>) -> ()
    ```
  }];
  let options = [
    Option<"minOperations", "min-operations", "unsigned", "24",
           "Shorter nests (a fill, a copy) stay where they are">
  ];
  let dependentDialects = ["mlir::func::FuncDialect",
                           "mlir::LLVM::LLVMDialect"];
}

def ParallelizeKernelsPass
    : Pass<"quantc-parallelize-kernels", "mlir::ModuleOp"> {
  let summary = "Share kernels out to a team of threads";
  let description = [{
    Requires planned memory (`--quantc-plan-memory`). The body of the public
    function becomes one `omp.parallel` region of `threads` threads:

    - a loop of the entry block whose iterations are independent (the kernel
      emitter marks it with `qvec.parallel`) and that computes enough becomes an
      `omp.wsloop` with a static schedule. If it runs over constants (panels of weights), has
      a loop over something else (rows) as its only content and reads less of
      constants than of other memory, that inner loop is shared instead: a thread
      keeps its rows from layer to layer. A loop that cannot be dealt out evenly is joined with the
      only loop inside it;
    - whatever else writes memory is done by one thread, in an `omp.masked`
      region;
    - an `omp.barrier` stands where an operation touches bytes that another
      thread may still read or write.

    Each element is computed by one thread, by the instructions of the model of
    one thread: the bits do not depend on `threads`. The arena does not grow.

    With 1 thread nothing changes. Where kernels are not worth it, or where a value
    that is not in memory would have to be handed from thread to thread, the
    model stays on one thread, with a remark. *Refuses* 0 threads.
  }];
  let options = [
    Option<"threads", "threads", "unsigned", "1",
           "Threads of the team, the calling one among them (1 or more)">,
    Option<"minWork", "min-work", "int64_t", "15000",
           "Smallest loop that is shared out, in 256-bit operations: a few "
           "microseconds, several times what a barrier takes; the model needs 20 "
           "times as much for a team">
  ];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::omp::OpenMPDialect"];
}

def ExpandMathPass : Pass<"quantc-expand-math", "mlir::func::FuncOp"> {
  let summary = "Expand roundings that baseline targets lack";
  let description = [{
    `math.roundeven`, `math.floor` and `math.ceil` on f32 become arithmetic that every target
    has, on scalars and vectors. LLVM would call libm for them on x86-64 before
    SSE4.1, and an integer model must not depend on libm. The results are equal
    for all inputs, NaN, infinities and the sign of zero included.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::math::MathDialect"];
}

def ExportCInterfacePass
    : Pass<"quantc-export-c-interface", "mlir::ModuleOp"> {
  let summary = "Define the C symbols of a compiled model";
  let description = [{
    Requires a module in the LLVM dialect with the attribute `qnn.interface`.
    With NAME the module's `qnn.model_name`, it makes everything else internal
    and defines

    - `void NAME_run(ptr inputs, ptr outputs, ptr arena)`, with a fourth
      argument `ptr context` in a module that has observers;
    - `NAME_arena_size`, a 64-bit constant;
    - `NAME_descriptor`, the JSON description as a constant C string, and with
      the option `shared-library` its second name `quantc_model_descriptor`.
  }];
  let options = [
    Option<"sharedLibrary", "shared-library", "bool", "false",
           "Also define quantc_model_descriptor, the name that a loader looks up">
  ];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}

def LowerTilesPass : Pass<"quantc-lower-tiles", "mlir::func::FuncOp"> {
  let summary = "Replace tiles by registers of the target or by vectors";
  let description = [{
    Values of `!qvec.tile` become values of a type that the target has registers
    for (`amx`), or vectors of two dimensions, and the operations on them
    instructions, or dot products of their rows. Loops carry the new type. A
    `memref.alloca` moves to the beginning of the function or of the region that
    a thread runs, where it is allocated once.

    *Refuses* an `isa` that is no row of the table, and a tile that is larger
    than a register of it.

    ```mlir
    // Before
    %1 = qvec.tile_dot %sum, %a, %w {lhs_unsigned} : !qvec.tile<14x16xi32>, !qvec.tile<14x48xi8>, !qvec.tile<12x64xi8>
    // After, isa=amx
    %1 = llvm.call_intrinsic "llvm.x86.tdpbusd.internal"(%rows, %c64, %c48, %sum, %a, %w) : (i16, i16, i16, !llvm.x86_amx, !llvm.x86_amx, !llvm.x86_amx) -> !llvm.x86_amx
    ```
  }];
  let options = [
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Row of the ISA table: whether there are registers for tiles">
  ];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::LLVM::LLVMDialect",
                           "mlir::vector::VectorDialect",
                           "::quantc::qvec::QVecDialect"];
}

def LowerQVecPass : Pass<"quantc-lower-qvec", "mlir::func::FuncOp"> {
  let summary = "Lower qvec operations to instructions of the target";
  let description = [{
    `qvec.dot` becomes `vpdpbusd` (unsigned left side, signed right side) or
    `pmaddwd` on even and odd bytes on x86, `sdot` (both sides signed) on AArch64,
    as the row of the ISA table allows, and vector arithmetic on every other target.
    `qvec.dot_pairs` becomes `smmla`, `qvec.dot_halves` `smull`, `smlal2` and `sadalp`.
    `qvec.lookup` becomes `vpermi2b` or `pshufb`, or `tbl` and `tbx`, `qvec.pack`
    the packs of SSE2 and wider. All forms give the same bits. Whole rows that are
    written one behind the other become one run.

    On x86 two forms of `arith` are part of a requantize as well: the high words
    of `arith.mulsi_extended` become products of the even and of the odd
    elements, and a clamp to bytes with a truncation becomes packs, which clamp
    by themselves, where two or four registers become one. On AArch64 the high words
    of a factor marked `qvec.nonnegative` become `sqdmulh`.

    *Refuses* an `isa` that is no row of the table.
  }];
  let options = [
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Row of the ISA table (avx512vbmi, avx512vnni, avxvnni, avx512, "
           "avx2, sse41, sse2, i8mm, dotprod, neon, generic)">
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::arith::ArithDialect",
                           "mlir::LLVM::LLVMDialect",
                           "mlir::memref::MemRefDialect",
                           "mlir::vector::VectorDialect"];
}

#endif // QUANTC_CODEGEN_PASSES_TD
