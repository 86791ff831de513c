// The passes of the prepare stage compute what was there before: the model
// below runs once as it stands and once prepared, and both print the same.
// Every input and weight is a small integer, so that f32 holds each sum
// exactly and no order of addition can show.

// DEFINE: %{lower} = func.func(tosa-make-broadcastable,tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor),one-shot-bufferize{bufferize-function-boundaries},func.func(convert-linalg-to-loops),convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-to-llvm,reconcile-unrealized-casts
// DEFINE: %{prepare} = func.func(qnn-fold-constants,canonicalize,qnn-matmul-to-conv,qnn-fold-pad,qnn-fold-batch-norm,qnn-fuse-clamps,canonicalize)
// DEFINE: %{run} = mlir-runner -e main -entry-point-result=void -shared-libs=%llvm_tools/../lib/libmlir_runner_utils.so,%llvm_tools/../lib/libmlir_c_runner_utils.so

// The prepared model has nothing left of what the passes remove.
// RUN: quant-opt %s --pass-pipeline='builtin.module(%{prepare})' -o %t.prepared.mlir
// RUN: FileCheck %s --input-file=%t.prepared.mlir
// RUN: quant-opt %s --pass-pipeline='builtin.module(%{lower})' | %{run} | grep -v '^Unranked' > %t.before
// RUN: quant-opt %t.prepared.mlir --pass-pipeline='builtin.module(%{lower})' | %{run} | grep -v '^Unranked' > %t.after
// RUN: diff %t.before %t.after
// RUN: FileCheck %s --input-file=%t.after --check-prefix=OUTPUT

// Numbers other than zero: a model that clamps everything away would prove
// nothing.
// OUTPUT: {{\[\[}}{{-?[1-9][0-9]*}}, {{ *}}{{-?[1-9][0-9]*}}, {{ *}}{{-?[1-9][0-9]*}}

func.func private @printMemrefF32(tensor<*xf32>)

// CHECK-LABEL: func.func @model
// CHECK-NOT: tosa.pad
// CHECK-NOT: tosa.rsqrt
// CHECK-NOT: tosa.matmul
// CHECK-NOT: tosa.maximum
// CHECK-NOT: tosa.add
// CHECK: return
func.func @model(%x: tensor<1x6x6x2xf32>) -> tensor<1x4xf32> {
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>

  // Input normalization, which has no convolution before it.
  %mean = "tosa.const"() <{values = dense<[[[[1.0, -2.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %deviation = "tosa.const"() <{values = dense<[[[[2.0, 3.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %n0 = tosa.sub %x, %mean : (tensor<1x6x6x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x6x6x2xf32>
  %n1 = tosa.mul %n0, %deviation, %shift : (tensor<1x6x6x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>) -> tensor<1x6x6x2xf32>

  // Pad, convolution with a stride, batch norm with rsqrt of the variance.
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  %w0 = "tosa.const"() <{values = dense<[[[[1.0, -1.0], [2.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, -2.0], [1.0, 0.0]], [[-1.0, 0.0], [0.0, 1.0], [2.0, 1.0]]], [[[0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]], [[2.0, 0.0], [1.0, 0.0], [0.0, -1.0]], [[1.0, -1.0], [0.0, 2.0], [1.0, 0.0]]]]> : tensor<2x3x3x2xf32>}> : () -> tensor<2x3x3x2xf32>
  %b0 = "tosa.const"() <{values = dense<[3.0, -4.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %variance = "tosa.const"() <{values = dense<[[[[4.0, 16.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %gamma = "tosa.const"() <{values = dense<[[[[4.0, -4.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %beta = "tosa.const"() <{values = dense<[[[[5.0, 7.0]]]]> : tensor<1x1x1x2xf32>}> : () -> tensor<1x1x1x2xf32>
  %p0 = tosa.pad %n1, %padding, %zp : (tensor<1x6x6x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x7x7x2xf32>
  %c0 = tosa.conv2d %p0, %w0, %b0, %zp, %zp {acc_type = f32, pad = array<i64: 0, 1, 1, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x7x7x2xf32>, tensor<2x3x3x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x2xf32>
  %r0 = tosa.rsqrt %variance : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %g0 = tosa.mul %gamma, %r0, %shift : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>) -> tensor<1x1x1x2xf32>
  %s0 = tosa.mul %c0, %g0, %shift : (tensor<1x6x6x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>) -> tensor<1x6x6x2xf32>
  %a0 = tosa.add %s0, %beta : (tensor<1x6x6x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x6x6x2xf32>

  // A ReLU behind the pooling, and one more pooling padded with zero.
  %m0 = tosa.max_pool2d %a0 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x6x6x2xf32>) -> tensor<1x3x3x2xf32>
  %relu = tosa.maximum %m0, %zero : (tensor<1x3x3x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x3x3x2xf32>
  %p1 = tosa.pad %relu, %padding, %zp : (tensor<1x3x3x2xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x4x4x2xf32>
  %m1 = tosa.max_pool2d %p1 {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>

  // Depthwise with multiplier 2 and a scale a channel.
  %w1 = "tosa.const"() <{values = dense<[[[[1.0, 2.0], [-1.0, 1.0]], [[0.0, 1.0], [2.0, -1.0]]], [[[1.0, -1.0], [0.0, 1.0]], [[-2.0, 1.0], [1.0, 1.0]]]]> : tensor<2x2x2x2xf32>}> : () -> tensor<2x2x2x2xf32>
  %b1 = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %scale = "tosa.const"() <{values = dense<[[[[1.0, -2.0, 3.0, 4.0]]]]> : tensor<1x1x1x4xf32>}> : () -> tensor<1x1x1x4xf32>
  %ten = "tosa.const"() <{values = dense<10.0> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %c1 = tosa.depthwise_conv2d %m1, %w1, %b1, %zp, %zp {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x2x2x2xf32>, tensor<2x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x4xf32>
  %s1 = tosa.mul %c1, %scale, %shift : (tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>, tensor<1xi8>) -> tensor<1x1x1x4xf32>
  %d1 = tosa.sub %ten, %s1 : (tensor<1x1x1x1xf32>, tensor<1x1x1x4xf32>) -> tensor<1x1x1x4xf32>

  // A fully connected layer with its bias apart.
  %row = tosa.const_shape {values = dense<[1, 1, 4]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %flat = tosa.const_shape {values = dense<[1, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %matrix = "tosa.const"() <{values = dense<[[[1.0, 2.0, 0.0, 1.0], [-1.0, 0.0, 1.0, 2.0], [1.0, 1.0, -1.0, 0.0], [0.0, 1.0, 2.0, -2.0]]]> : tensor<1x4x4xf32>}> : () -> tensor<1x4x4xf32>
  %bias = "tosa.const"() <{values = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>}> : () -> tensor<1x4xf32>
  %f0 = tosa.reshape %d1, %row : (tensor<1x1x1x4xf32>, !tosa.shape<3>) -> tensor<1x1x4xf32>
  %f1 = tosa.matmul %f0, %matrix, %zp, %zp : (tensor<1x1x4xf32>, tensor<1x4x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4xf32>
  %f2 = tosa.reshape %f1, %flat : (tensor<1x1x4xf32>, !tosa.shape<2>) -> tensor<1x4xf32>
  %f3 = tosa.add %f2, %bias : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %f3 : tensor<1x4xf32>
}

// The input counts from -9 to 8 and over again.
func.func @main() {
  %x = tensor.generate {
  ^bb0(%n: index, %h: index, %w: index, %c: index):
    %two = arith.constant 2 : index
    %twelve = arith.constant 12 : index
    %eighteen = arith.constant 18 : index
    %nine = arith.constant 9 : index
    %row = arith.muli %h, %twelve : index
    %pixel = arith.muli %w, %two : index
    %0 = arith.addi %row, %pixel : index
    %1 = arith.addi %0, %c : index
    %2 = arith.remui %1, %eighteen : index
    %3 = arith.subi %2, %nine : index
    %4 = arith.index_cast %3 : index to i32
    %5 = arith.sitofp %4 : i32 to f32
    tensor.yield %5 : f32
  } : tensor<1x6x6x2xf32>
  %y = func.call @model(%x) : (tensor<1x6x6x2xf32>) -> tensor<1x4xf32>
  %cast = tensor.cast %y : tensor<1x4xf32> to tensor<*xf32>
  func.call @printMemrefF32(%cast) : (tensor<*xf32>) -> ()
  return
}
