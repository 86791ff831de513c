// What linalg computes and what TOSA computes in its place are printed and
// compared. All numbers are small integers, so that f32 holds each sum exactly
// and no order of addition can show.

// DEFINE: %{lower} = func.func(tosa-make-broadcastable,tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor),one-shot-bufferize{bufferize-function-boundaries},func.func(convert-linalg-to-loops),convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-to-llvm,reconcile-unrealized-casts
// DEFINE: %{run} = mlir-runner -e main -entry-point-result=void -shared-libs=%llvm_tools/../lib/libmlir_runner_utils.so,%llvm_tools/../lib/libmlir_c_runner_utils.so
// RUN: quant-opt %s --convert-linalg-to-tosa -o %t.tosa.mlir
// RUN: FileCheck %s --input-file=%t.tosa.mlir
// RUN: quant-opt %s --pass-pipeline='builtin.module(%{lower})' | %{run} | grep -v '^Unranked' > %t.before
// RUN: quant-opt %t.tosa.mlir --pass-pipeline='builtin.module(%{lower})' | %{run} | grep -v '^Unranked' > %t.after
// RUN: diff %t.before %t.after
// RUN: FileCheck %s --input-file=%t.after --check-prefix=OUTPUT

// No operation of linalg is left to itself but the ramp.
// CHECK-LABEL: func.func private @products
// CHECK-NOT: linalg.

// Numbers other than zero: results that are clamped away would prove nothing.
// OUTPUT: {{\[\[}}{{-?[1-9][0-9]*}}, {{ *}}{{-?[1-9][0-9]*}}

func.func private @printMemrefF32(tensor<*xf32>)

#id1 = affine_map<(i) -> (i)>

// 1, -2, 3, -4, ...: what an index yields is no operation of TOSA.
func.func private @ramp() -> tensor<162xf32> {
  %empty = tensor.empty() : tensor<162xf32>
  %0 = linalg.generic {indexing_maps = [#id1], iterator_types = ["parallel"]} outs(%empty : tensor<162xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %one = arith.constant 1 : index
    %two = arith.constant 2 : index
    %seven = arith.constant 7 : index
    %odd = arith.remui %i, %two : index
    %small = arith.remui %i, %seven : index
    %next = arith.addi %small, %one : index
    %int = arith.index_cast %next : index to i32
    %sign = arith.index_cast %odd : index to i32
    %f = arith.sitofp %int : i32 to f32
    %s = arith.sitofp %sign : i32 to f32
    %minus2 = arith.constant -2.0 : f32
    %plus1 = arith.constant 1.0 : f32
    %factor0 = arith.mulf %s, %minus2 : f32
    %factor = arith.addf %factor0, %plus1 : f32
    %r = arith.mulf %f, %factor : f32
    linalg.yield %r : f32
  } -> tensor<162xf32>
  return %0 : tensor<162xf32>
}

#km = affine_map<(m, n, k) -> (k, m)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
#bmk = affine_map<(b, m, n, k) -> (b, m, k)>
#bnk = affine_map<(b, m, n, k) -> (b, n, k)>
#bmn = affine_map<(b, m, n, k) -> (b, m, n)>

// Both operands transposed, and accumulators that start at numbers; then a
// batch whose second operand is transposed.
func.func private @products(%numbers: tensor<162xf32>) -> tensor<2x2x3xf32> {
  %a0 = tensor.extract_slice %numbers[0] [12] [1] : tensor<162xf32> to tensor<12xf32>
  %a = tensor.expand_shape %a0 [[0, 1]] output_shape [4, 3] : tensor<12xf32> into tensor<4x3xf32>
  %b0 = tensor.extract_slice %numbers[30] [16] [1] : tensor<162xf32> to tensor<16xf32>
  %b = tensor.expand_shape %b0 [[0, 1]] output_shape [4, 4] : tensor<16xf32> into tensor<4x4xf32>
  %start0 = tensor.extract_slice %numbers[50] [12] [1] : tensor<162xf32> to tensor<12xf32>
  %start = tensor.expand_shape %start0 [[0, 1]] output_shape [3, 4] : tensor<12xf32> into tensor<3x4xf32>
  %0 = linalg.matmul indexing_maps = [#km, #nk, #mn] ins(%a, %b : tensor<4x3xf32>, tensor<4x4xf32>) outs(%start : tensor<3x4xf32>) -> tensor<3x4xf32>
  %flat = tensor.collapse_shape %0 [[0, 1]] : tensor<3x4xf32> into tensor<12xf32>
  %c = tensor.expand_shape %flat [[0, 1, 2]] output_shape [2, 2, 3] : tensor<12xf32> into tensor<2x2x3xf32>
  %d0 = tensor.extract_slice %numbers[70] [18] [1] : tensor<162xf32> to tensor<18xf32>
  %d = tensor.expand_shape %d0 [[0, 1, 2]] output_shape [2, 3, 3] : tensor<18xf32> into tensor<2x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x2x3xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %1 = linalg.batch_matmul indexing_maps = [#bmk, #bnk, #bmn] ins(%c, %d : tensor<2x2x3xf32>, tensor<2x3x3xf32>) outs(%fill : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  return %1 : tensor<2x2x3xf32>
}

#a4 = affine_map<(b, c, m, n, k) -> (b, m, c, k)>
#b4 = affine_map<(b, c, m, n, k) -> (b, c, n, k)>
#c4 = affine_map<(b, c, m, n, k) -> (b, c, m, n)>

// Two dimensions of batches with a transpose between them, as attention has;
// then a matrix and a vector.
func.func private @batches(%numbers: tensor<162xf32>) -> tensor<4xf32> {
  %a0 = tensor.extract_slice %numbers[5] [32] [1] : tensor<162xf32> to tensor<32xf32>
  %a = tensor.expand_shape %a0 [[0, 1, 2, 3]] output_shape [2, 2, 2, 4] : tensor<32xf32> into tensor<2x2x2x4xf32>
  %b0 = tensor.extract_slice %numbers[40] [32] [1] : tensor<162xf32> to tensor<32xf32>
  %b = tensor.expand_shape %b0 [[0, 1, 2, 3]] output_shape [2, 2, 2, 4] : tensor<32xf32> into tensor<2x2x2x4xf32>
  %init = arith.constant dense<0.0> : tensor<2x2x2x2xf32>
  %0 = linalg.generic {indexing_maps = [#a4, #b4, #c4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%a, %b : tensor<2x2x2x4xf32>, tensor<2x2x2x4xf32>) outs(%init : tensor<2x2x2x2xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %p = arith.mulf %l, %r : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x2x2x2xf32>
  %m = tensor.collapse_shape %0 [[0, 1], [2, 3]] : tensor<2x2x2x2xf32> into tensor<4x4xf32>
  %v = tensor.extract_slice %numbers[2] [4] [1] : tensor<162xf32> to tensor<4xf32>
  %none = arith.constant dense<0.0> : tensor<4xf32>
  %1 = linalg.matvec ins(%m, %v : tensor<4x4xf32>, tensor<4xf32>) outs(%none : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.vecmat ins(%1, %m : tensor<4xf32>, tensor<4x4xf32>) outs(%none : tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

#nchw = affine_map<(n, c, h, w) -> (n, c, h, w)>

// Eight rows in windows of three, two apart: the last row fills none. A bias, a
// rectifier that is spelled as a choice, and a maximum over what is left.
func.func private @channels_first(%numbers: tensor<162xf32>) -> tensor<1x4x1x1xf32> {
  %x0 = tensor.extract_slice %numbers[0] [128] [1] : tensor<162xf32> to tensor<128xf32>
  %x = tensor.expand_shape %x0 [[0, 1, 2, 3]] output_shape [1, 2, 8, 8] : tensor<128xf32> into tensor<1x2x8x8xf32>
  %w0 = tensor.extract_slice %numbers[11] [72] [1] : tensor<162xf32> to tensor<72xf32>
  %w = tensor.expand_shape %w0 [[0, 1, 2, 3]] output_shape [4, 2, 3, 3] : tensor<72xf32> into tensor<4x2x3x3xf32>
  %bias = tensor.extract_slice %numbers[20] [4] [1] : tensor<162xf32> to tensor<4xf32>
  %empty = tensor.empty() : tensor<1x4x3x3xf32>
  %start = linalg.broadcast ins(%bias : tensor<4xf32>) outs(%empty : tensor<1x4x3x3xf32>) dimensions = [0, 2, 3]
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<2> : vector<2xi64>, dilations = dense<1> : vector<2xi64>} ins(%x, %w : tensor<1x2x8x8xf32>, tensor<4x2x3x3xf32>) outs(%start : tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  %1 = linalg.generic {indexing_maps = [#nchw, #nchw], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%0 : tensor<1x4x3x3xf32>) outs(%empty : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %zero = arith.constant 0.0 : f32
    %positive = arith.cmpf ugt, %in, %zero : f32
    %r = arith.select %positive, %in, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x4x3x3xf32>
  %k = tensor.empty() : tensor<2x2xf32>
  %least = arith.constant 0xFF800000 : f32
  %small = tensor.empty() : tensor<1x4x1x1xf32>
  %init = linalg.fill ins(%least : f32) outs(%small : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %2 = linalg.pooling_nchw_max {strides = dense<2> : vector<2xi64>, dilations = dense<1> : vector<2xi64>} ins(%1, %k : tensor<1x4x3x3xf32>, tensor<2x2xf32>) outs(%init : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  return %2 : tensor<1x4x1x1xf32>
}

// A padded image, dilated taps in the layout of TensorFlow, two results for
// each channel, and a sum over windows of four places (a power of two: a mean
// of them is exact).
func.func private @channels_last(%numbers: tensor<162xf32>) -> tensor<1x2x2x6xf32> {
  %x0 = tensor.extract_slice %numbers[3] [75] [1] : tensor<162xf32> to tensor<75xf32>
  %x1 = tensor.expand_shape %x0 [[0, 1, 2, 3]] output_shape [1, 5, 5, 3] : tensor<75xf32> into tensor<1x5x5x3xf32>
  %one = arith.constant 1.0 : f32
  %x = tensor.pad %x1 low[0, 1, 2, 0] high[0, 1, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %one : f32
  } : tensor<1x5x5x3xf32> to tensor<1x7x7x3xf32>
  %w0 = tensor.extract_slice %numbers[40] [36] [1] : tensor<162xf32> to tensor<36xf32>
  %w = tensor.expand_shape %w0 [[0, 1, 2, 3]] output_shape [2, 2, 3, 3] : tensor<36xf32> into tensor<2x2x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<1x5x5x3xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<1x5x5x3xf32>) -> tensor<1x5x5x3xf32>
  %0 = linalg.conv_2d_nhwc_hwcf {strides = dense<1> : vector<2xi64>, dilations = dense<2> : vector<2xi64>} ins(%x, %w : tensor<1x7x7x3xf32>, tensor<2x2x3x3xf32>) outs(%f0 : tensor<1x5x5x3xf32>) -> tensor<1x5x5x3xf32>
  %v0 = tensor.extract_slice %numbers[9] [24] [1] : tensor<162xf32> to tensor<24xf32>
  %v = tensor.expand_shape %v0 [[0, 1, 2, 3]] output_shape [2, 2, 3, 2] : tensor<24xf32> into tensor<2x2x3x2xf32>
  %e1 = tensor.empty() : tensor<1x4x4x3x2xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<1x4x4x3x2xf32>) -> tensor<1x4x4x3x2xf32>
  %1 = linalg.depthwise_conv_2d_nhwc_hwcm {strides = dense<1> : vector<2xi64>, dilations = dense<1> : vector<2xi64>} ins(%0, %v : tensor<1x5x5x3xf32>, tensor<2x2x3x2xf32>) outs(%f1 : tensor<1x4x4x3x2xf32>) -> tensor<1x4x4x3x2xf32>
  %2 = tensor.collapse_shape %1 [[0], [1], [2], [3, 4]] : tensor<1x4x4x3x2xf32> into tensor<1x4x4x6xf32>
  %k = tensor.empty() : tensor<2x2xf32>
  %e2 = tensor.empty() : tensor<1x2x2x6xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x2x2x6xf32>) -> tensor<1x2x2x6xf32>
  %3 = linalg.pooling_nhwc_sum {strides = dense<2> : vector<2xi64>, dilations = dense<1> : vector<2xi64>} ins(%2, %k : tensor<1x4x4x6xf32>, tensor<2x2xf32>) outs(%f2 : tensor<1x2x2x6xf32>) -> tensor<1x2x2x6xf32>
  return %3 : tensor<1x2x2x6xf32>
}

#ij = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
#j = affine_map<(i, j) -> (j)>
#i0 = affine_map<(i, j) -> (i, 0)>

// Operands that are transposed, or lack a dimension; a transpose; a divisor
// whose inverse is exact.
func.func private @elementwise(%numbers: tensor<162xf32>) -> tensor<3x2xf32> {
  %a0 = tensor.extract_slice %numbers[0] [6] [1] : tensor<162xf32> to tensor<6xf32>
  %a = tensor.expand_shape %a0 [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
  %b0 = tensor.extract_slice %numbers[8] [6] [1] : tensor<162xf32> to tensor<6xf32>
  %b = tensor.expand_shape %b0 [[0, 1]] output_shape [3, 2] : tensor<6xf32> into tensor<3x2xf32>
  %row = tensor.extract_slice %numbers[17] [3] [1] : tensor<162xf32> to tensor<3xf32>
  %c0 = tensor.extract_slice %numbers[25] [2] [1] : tensor<162xf32> to tensor<2xf32>
  %c = tensor.expand_shape %c0 [[0, 1]] output_shape [2, 1] : tensor<2xf32> into tensor<2x1xf32>
  %empty = tensor.empty() : tensor<2x3xf32>
  %half = arith.constant 5.000000e-01 : f32
  %0 = linalg.generic {indexing_maps = [#ij, #ji, #j, #i0, #ij], iterator_types = ["parallel", "parallel"]} ins(%a, %b, %row, %c : tensor<2x3xf32>, tensor<3x2xf32>, tensor<3xf32>, tensor<2x1xf32>) outs(%empty : tensor<2x3xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32, %s: f32, %out: f32):
    %t = arith.mulf %p, %q : f32
    %u = arith.subf %t, %r : f32
    %v = arith.negf %s : f32
    %w = arith.minimumf %u, %v : f32
    %x = math.absf %w : f32
    %y = arith.divf %x, %half : f32
    linalg.yield %y : f32
  } -> tensor<2x3xf32>
  %1 = linalg.add ins(%0, %a : tensor<2x3xf32>, tensor<2x3xf32>) outs(%empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %e1 = tensor.empty() : tensor<3x2xf32>
  %2 = linalg.transpose ins(%1 : tensor<2x3xf32>) outs(%e1 : tensor<3x2xf32>) permutation = [1, 0]
  return %2 : tensor<3x2xf32>
}

func.func @main() {
  %numbers = call @ramp() : () -> tensor<162xf32>
  %0 = call @products(%numbers) : (tensor<162xf32>) -> tensor<2x2x3xf32>
  %1 = call @channels_first(%numbers) : (tensor<162xf32>) -> tensor<1x4x1x1xf32>
  %2 = call @channels_last(%numbers) : (tensor<162xf32>) -> tensor<1x2x2x6xf32>
  %3 = call @elementwise(%numbers) : (tensor<162xf32>) -> tensor<3x2xf32>
  %4 = call @batches(%numbers) : (tensor<162xf32>) -> tensor<4xf32>
  %p3 = tensor.cast %3 : tensor<3x2xf32> to tensor<*xf32>
  call @printMemrefF32(%p3) : (tensor<*xf32>) -> ()
  %p0 = tensor.cast %0 : tensor<2x2x3xf32> to tensor<*xf32>
  call @printMemrefF32(%p0) : (tensor<*xf32>) -> ()
  %p1 = tensor.cast %1 : tensor<1x4x1x1xf32> to tensor<*xf32>
  call @printMemrefF32(%p1) : (tensor<*xf32>) -> ()
  %p2 = tensor.cast %2 : tensor<1x2x2x6xf32> to tensor<*xf32>
  call @printMemrefF32(%p2) : (tensor<*xf32>) -> ()
  %p4 = tensor.cast %4 : tensor<4xf32> to tensor<*xf32>
  call @printMemrefF32(%p4) : (tensor<*xf32>) -> ()
  return
}
