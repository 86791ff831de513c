// RUN: quant-opt %s --qnn-fold-constants --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-fold-constants=max-grown-bytes=16 --split-input-file | FileCheck %s --check-prefix=SMALL

// Every number below is a small integer or a power of two, so that each result
// is exact in f32 and its printed form is certain.

// A chain folds in one walk: 4 -> 1/2 -> 1/2 * 8 -> 4 + 1.
// CHECK-LABEL: func @chain_of_elementwise
func.func @chain_of_elementwise() -> tensor<2xf32> {
  %v = "tosa.const"() <{values = dense<[4.0, 16.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %eight = "tosa.const"() <{values = dense<8.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK-NOT: tosa.rsqrt
  // CHECK: %[[R:.+]] = "tosa.const"() <{values = dense<[5.000000e+00, 3.000000e+00]> : tensor<2xf32>}>
  // CHECK-NEXT: return %[[R]]
  %0 = tosa.rsqrt %v : (tensor<2xf32>) -> tensor<2xf32>
  %1 = tosa.mul %0, %eight, %shift : (tensor<2xf32>, tensor<1xf32>, tensor<1xi8>) -> tensor<2xf32>
  %2 = tosa.add %one, %1 : (tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

// Both operands broadcast, each along another axis: row [[1, 2]] minus column
// [[10], [20]]; the order of the operands of sub shows in the signs.
// CHECK-LABEL: func @broadcast_both_ways
func.func @broadcast_both_ways() -> tensor<2x2xf32> {
  %row = "tosa.const"() <{values = dense<[[1.0, 2.0]]> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  %column = "tosa.const"() <{values = dense<[[10.0], [20.0]]> : tensor<2x1xf32>}> : () -> tensor<2x1xf32>
  // CHECK: dense<{{\[\[}}-9.000000e+00, -8.000000e+00], [-1.900000e+01, -1.800000e+01]]>
  %0 = tosa.sub %row, %column : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// The functions of the C library at points where they are exact.
// CHECK-LABEL: func @functions_at_exact_points
func.func @functions_at_exact_points() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %three = "tosa.const"() <{values = dense<3.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[EXP:.+]] = "tosa.const"() <{values = dense<1.000000e+00>
  // CHECK: %[[TANH:.+]] = "tosa.const"() <{values = dense<0.000000e+00>
  // CHECK: %[[SIGMOID:.+]] = "tosa.const"() <{values = dense<5.000000e-01>
  // CHECK: %[[POW:.+]] = "tosa.const"() <{values = dense<2.700000e+01>
  // CHECK: %[[CLAMP:.+]] = "tosa.const"() <{values = dense<2.000000e+00>
  // CHECK: return %[[EXP]], %[[TANH]], %[[SIGMOID]], %[[POW]], %[[CLAMP]]
  %0 = tosa.exp %zero : (tensor<1xf32>) -> tensor<1xf32>
  %1 = tosa.tanh %zero : (tensor<1xf32>) -> tensor<1xf32>
  %2 = tosa.sigmoid %zero : (tensor<1xf32>) -> tensor<1xf32>
  %3 = tosa.pow %three, %three : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %4 = tosa.clamp %three {min_val = 0.0 : f32, max_val = 2.0 : f32} : (tensor<1xf32>) -> tensor<1xf32>
  return %0, %1, %2, %3, %4 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// -----

// maximum(NaN, 1): the operation's nan_mode decides.
// CHECK-LABEL: func @nan_mode_of_maximum
func.func @nan_mode_of_maximum() -> (tensor<1xf32>, tensor<1xf32>) {
  %nan = "tosa.const"() <{values = dense<0x7FC00000> : tensor<1xf32>}> : () -> tensor<1xf32>
  %one = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: %[[PROPAGATED:.+]] = "tosa.const"() <{values = dense<0x7FC00000>
  // CHECK: %[[IGNORED:.+]] = "tosa.const"() <{values = dense<1.000000e+00>
  // CHECK: return %[[PROPAGATED]], %[[IGNORED]]
  %0 = tosa.maximum %nan, %one {nan_mode = PROPAGATE} : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %1 = tosa.maximum %nan, %one {nan_mode = IGNORE} : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  return %0, %1 : tensor<1xf32>, tensor<1xf32>
}

// -----

// [[1, 2, 3], [4, 5, 6]] transposed, its first row cut out, padded and joined
// with another constant.
// CHECK-LABEL: func @movement
func.func @movement() -> (tensor<3x2xf32>, tensor<1x2xf32>, tensor<1x3xf32>, tensor<1x5xf32>) {
  %c = "tosa.const"() <{values = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>}> : () -> tensor<2x3xf32>
  %nine = "tosa.const"() <{values = dense<9.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %start = tosa.const_shape {values = dense<[1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %size = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 0]> : tensor<4xindex>} : () -> !tosa.shape<4>
  // CHECK: %[[T:.+]] = "tosa.const"() <{values = dense<{{\[\[}}1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]>
  // CHECK: %[[S:.+]] = "tosa.const"() <{values = dense<{{\[\[}}2.000000e+00, 5.000000e+00]]>
  // CHECK: %[[P:.+]] = "tosa.const"() <{values = dense<{{\[\[}}9.000000e+00, 2.000000e+00, 5.000000e+00]]>
  // CHECK: %[[J:.+]] = "tosa.const"() <{values = dense<{{\[\[}}2.000000e+00, 5.000000e+00, 9.000000e+00, 2.000000e+00, 5.000000e+00]]>
  // CHECK: return %[[T]], %[[S]], %[[P]], %[[J]]
  %0 = tosa.transpose %c {perms = array<i32: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = tosa.slice %0, %start, %size : (tensor<3x2xf32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x2xf32>
  %2 = tosa.pad %1, %padding, %nine : (tensor<1x2xf32>, !tosa.shape<4>, tensor<1xf32>) -> tensor<1x3xf32>
  %3 = tosa.concat %1, %2 {axis = 1 : i32} : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  return %0, %1, %2, %3 : tensor<3x2xf32>, tensor<1x2xf32>, tensor<1x3xf32>, tensor<1x5xf32>
}

// -----

// A truth value is 0 or 1, an i8 has a sign, an f16 is exact in f32.
// CHECK-LABEL: func @casts
func.func @casts() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %truth = "tosa.const"() <{values = dense<[true, false]> : tensor<2xi1>}> : () -> tensor<2xi1>
  %bytes = "tosa.const"() <{values = dense<[-128, 127]> : tensor<2xi8>}> : () -> tensor<2xi8>
  %halves = "tosa.const"() <{values = dense<[-2.0, 4.0]> : tensor<2xf16>}> : () -> tensor<2xf16>
  // CHECK: %[[T:.+]] = "tosa.const"() <{values = dense<[1.000000e+00, 0.000000e+00]>
  // CHECK: %[[B:.+]] = "tosa.const"() <{values = dense<[-1.280000e+02, 1.270000e+02]>
  // CHECK: %[[H:.+]] = "tosa.const"() <{values = dense<[-2.000000e+00, 4.000000e+00]>
  // CHECK: return %[[T]], %[[B]], %[[H]]
  %0 = tosa.cast %truth : (tensor<2xi1>) -> tensor<2xf32>
  %1 = tosa.cast %bytes : (tensor<2xi8>) -> tensor<2xf32>
  %2 = tosa.cast %halves : (tensor<2xf16>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A dense resource is read like any constant: [1, 2] reversed in sign.
// CHECK-LABEL: func @reads_resource
func.func @reads_resource() -> tensor<2xf32> {
  %c = "tosa.const"() <{values = dense_resource<numbers> : tensor<2xf32>}> : () -> tensor<2xf32>
  %zp = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // CHECK: dense<[-1.000000e+00, -2.000000e+00]>
  %0 = tosa.negate %c, %zp, %zp : (tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      numbers: "0x040000000000803F00000040"
    }
  }
#-}

// -----

// A result of more than 1 KiB whose numbers differ becomes a resource.
// CHECK-LABEL: func @writes_resource
func.func @writes_resource() -> tensor<2x300xf32> {
  %column = "tosa.const"() <{values = dense<[[1.0], [2.0]]> : tensor<2x1xf32>}> : () -> tensor<2x1xf32>
  %row = "tosa.const"() <{values = dense<3.0> : tensor<1x300xf32>}> : () -> tensor<1x300xf32>
  // CHECK: "tosa.const"() <{values = dense_resource<weights> : tensor<2x300xf32>}>
  %0 = tosa.add %column, %row : (tensor<2x1xf32>, tensor<1x300xf32>) -> tensor<2x300xf32>
  return %0 : tensor<2x300xf32>
}

// -----

// Two numbers tiled to eight: 32 bytes from 8, which the second run refuses.
// CHECK-LABEL: func @tile_grows
// SMALL-LABEL: func @tile_grows
func.func @tile_grows() -> tensor<8xf32> {
  %c = "tosa.const"() <{values = dense<[1.0, 2.0]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %times = tosa.const_shape {values = dense<4> : tensor<1xindex>} : () -> !tosa.shape<1>
  // CHECK-NOT: tosa.tile
  // SMALL: tosa.tile
  %0 = tosa.tile %c, %times : (tensor<2xf32>, !tosa.shape<1>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// Nothing to do where one operand is a value of the model.
// CHECK-LABEL: func @not_constant
func.func @not_constant(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = "tosa.const"() <{values = dense<1.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  // CHECK: tosa.add
  %0 = tosa.add %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
