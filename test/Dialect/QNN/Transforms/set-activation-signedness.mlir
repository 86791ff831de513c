// Storage and zero point move by 128, and with them whatever is stored in an
// operation. That no result changes is executed in the conversion's unit tests,
// for every operation.

// RUN: quant-opt %s --qnn-set-activation-signedness --split-input-file --verify-each | FileCheck %s
// Once more changes nothing.
// RUN: quant-opt %s --qnn-set-activation-signedness --split-input-file > %t.once
// RUN: quant-opt %t.once --qnn-set-activation-signedness --split-input-file | diff %t.once -
// And the way back ends where the signed form of the original is.
// RUN: quant-opt %s --qnn-set-activation-signedness=unsigned=false --canonicalize --split-input-file > %t.signed
// RUN: quant-opt %t.once --qnn-set-activation-signedness=unsigned=false --canonicalize --split-input-file | diff %t.signed -
// RUN: FileCheck %s --check-prefix=SIGNED < %t.signed

// The boundary keeps its types; a requantize with multiplier 1 stands there.
// The clamp moves, the weights (signed, symmetric) and the bias do not.
// CHECK-LABEL: func.func @conv_2d
// CHECK-SAME: (%[[X:.+]]: tensor<1x3x3x4x!quant.uniform<i8:f32, 5.000000e-01:-3>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 1.000000e+00:1>>
// CHECK-NEXT: %[[IN:.+]] = qnn.requantize %[[X]] : {{.*}} -> tensor<1x3x3x4x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK-NEXT: %[[W:.+]] = qnn.constant dense<-7> : tensor<2x1x1x4xi8> as tensor<2x1x1x4x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>>
// CHECK-NEXT: %[[B:.+]] = qnn.constant dense<9> : tensor<2xi32>
// CHECK-NEXT: %[[R:.+]] = qnn.conv_2d %[[IN]], %[[W]], %[[B]] {clamp = array<i32: 123, 135>} : {{.*}} -> tensor<1x3x3x2x!quant.uniform<u8:f32, 1.000000e+00:129>>
// CHECK-NEXT: %[[OUT:.+]] = qnn.requantize %[[R]] : {{.*}} -> tensor<1x3x3x2x!quant.uniform<i8:f32, 1.000000e+00:1>>
// CHECK-NEXT: return %[[OUT]]

// Signed already: nothing to do.
// SIGNED-LABEL: func.func @conv_2d
// SIGNED-NOT: qnn.requantize
// SIGNED: qnn.conv_2d {{.*}} {clamp = array<i32: -5, 7>} : {{.*}} -> tensor<1x3x3x2x!quant.uniform<i8:f32, 1.000000e+00:1>>
// SIGNED-NEXT: return
func.func @conv_2d(%x: tensor<1x3x3x4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 1.0:1>> {
  %w = qnn.constant dense<-7> : tensor<2x1x1x4xi8> as tensor<2x1x1x4x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %b = qnn.constant dense<9> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32, 0.125>>
  %0 = qnn.conv_2d %x, %w, %b {clamp = array<i32: -5, 7>} : (tensor<1x3x3x4x!quant.uniform<i8:f32, 0.5:-3>>, tensor<2x1x1x4x!quant.uniform<i8<-127:127>:f32, 0.25>>, tensor<2x!quant.uniform<i32:f32, 0.125>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 1.0:1>>
  return %0 : tensor<1x3x3x2x!quant.uniform<i8:f32, 1.0:1>>
}

// -----

// Per-axis weights, and the other two operations that have weights.
// CHECK-LABEL: func.func @depthwise_and_fully_connected
// CHECK: qnn.constant {{.*}} as tensor<1x1x4x!quant.uniform<i8<-127:127>:f32:2,
// CHECK: qnn.depthwise_conv_2d {{.*}} -> tensor<1x1x1x4x!quant.uniform<u8:f32, 1.000000e+00:130>>
// CHECK: qnn.reshape {{.*}} : tensor<1x1x1x4x!quant.uniform<u8:f32, 1.000000e+00:130>> -> tensor<1x4x!quant.uniform<u8:f32, 1.000000e+00:130>>
// CHECK: qnn.fully_connected {{.*}} tensor<2x4x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>>, {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 1.000000e+00:128>>
func.func @depthwise_and_fully_connected(%x: tensor<1x1x1x4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x2x!quant.uniform<i8:f32, 1.0>> {
  %d = qnn.constant dense<1> : tensor<1x1x4xi8> as tensor<1x1x4x!quant.uniform<i8<-127:127>:f32:2, {0.25, 0.5, 0.25, 0.5}>>
  %db = qnn.constant dense<0> : tensor<4xi32> as tensor<4x!quant.uniform<i32:f32:0, {0.125, 0.25, 0.125, 0.25}>>
  %w = qnn.constant dense<1> : tensor<2x4xi8> as tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32, 0.25>>
  %0 = qnn.depthwise_conv_2d %x, %d, %db : (tensor<1x1x1x4x!quant.uniform<i8:f32, 0.5:-3>>, tensor<1x1x4x!quant.uniform<i8<-127:127>:f32:2, {0.25, 0.5, 0.25, 0.5}>>, tensor<4x!quant.uniform<i32:f32:0, {0.125, 0.25, 0.125, 0.25}>>) -> tensor<1x1x1x4x!quant.uniform<i8:f32, 1.0:2>>
  %1 = qnn.reshape %0 : tensor<1x1x1x4x!quant.uniform<i8:f32, 1.0:2>> -> tensor<1x4x!quant.uniform<i8:f32, 1.0:2>>
  %2 = qnn.fully_connected %1, %w, %b : (tensor<1x4x!quant.uniform<i8:f32, 1.0:2>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.25>>, tensor<2x!quant.uniform<i32:f32, 0.25>>) -> tensor<1x2x!quant.uniform<i8:f32, 1.0>>
  return %2 : tensor<1x2x!quant.uniform<i8:f32, 1.0>>
}

// -----

// The padding value and the stored elements move (255 prints as -1 in a signless
// byte); a concatenation still joins equal types. 8 bits of a narrower range
// stay as narrow.
// CHECK-LABEL: func.func @movement
// CHECK: %[[C:.+]] = qnn.constant dense<[125, 0, -1]> : tensor<3xi8> as tensor<3x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK: qnn.pad {{.*}} {high = array<i64: 1>, low = array<i64: 1>, value = 125 : i64} : {{.*}} -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK: qnn.concat %{{.+}}, %[[C]] {{.*}} -> tensor<7x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK: qnn.slice {{.*}} -> tensor<6x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK: qnn.requantize {{.*}} -> tensor<6x!quant.uniform<u8<1:255>:f32, 2.500000e-01:128>>
// CHECK: qnn.transpose
func.func @movement(%x: tensor<2x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<3x2x!quant.uniform<i8<-127:127>:f32, 0.25>> {
  %c = qnn.constant dense<[-3, -128, 127]> : tensor<3xi8> as tensor<3x!quant.uniform<i8:f32, 0.5:-3>>
  %0 = qnn.pad %x {low = array<i64: 1>, high = array<i64: 1>, value = -3 : i64} : tensor<2x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
  %1 = qnn.concat %0, %c {axis = 0 : i64} : (tensor<4x!quant.uniform<i8:f32, 0.5:-3>>, tensor<3x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<7x!quant.uniform<i8:f32, 0.5:-3>>
  %2 = qnn.slice %1 {start = array<i64: 1>} : tensor<7x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<6x!quant.uniform<i8:f32, 0.5:-3>>
  %3 = qnn.requantize %2 : tensor<6x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<6x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %4 = qnn.reshape %3 : tensor<6x!quant.uniform<i8<-127:127>:f32, 0.25>> -> tensor<2x3x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %5 = qnn.transpose %4 {permutation = array<i64: 1, 0>} : tensor<2x3x!quant.uniform<i8<-127:127>:f32, 0.25>> -> tensor<3x2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  return %5 : tensor<3x2x!quant.uniform<i8<-127:127>:f32, 0.25>>
}

// -----

// A table is ordered by the input's values, which keep their order: its entries
// move, their places do not. Elementwise operations, pooling and softmax need
// their types alone.
// CHECK-LABEL: func.func @tables_and_types
// CHECK: qnn.lookup %{{.+}}, dense<-121> : tensor<256xi8> : tensor<1x2x2x4x!quant.uniform<u8:f32, 5.000000e-01:125>> -> tensor<1x2x2x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.add {{.*}} -> tensor<1x2x2x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.sub {{.*}} -> tensor<1x2x2x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.mul {{.*}} -> tensor<1x2x2x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.max_pool_2d {{.*}} -> tensor<1x1x1x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.avg_pool_2d {{.*}} -> tensor<1x1x1x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.softmax {{.*}} -> tensor<1x4x!quant.uniform<u8:f32, 3.906250e-03>>

// SIGNED-LABEL: func.func @tables_and_types
// SIGNED: qnn.lookup %{{.+}}, dense<7> : tensor<256xi8>
// SIGNED: qnn.softmax {{.*}} -> tensor<1x4x!quant.uniform<i8:f32, 3.906250e-03:-128>>
!t = !quant.uniform<i8:f32, 0.5>
func.func @tables_and_types(%x: tensor<1x2x2x4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x4x!quant.uniform<i8:f32, 0.00390625:-128>> {
  %0 = qnn.lookup %x, dense<7> : tensor<256xi8> : tensor<1x2x2x4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<1x2x2x4x!t>
  %1 = qnn.add %0, %x : (tensor<1x2x2x4x!t>, tensor<1x2x2x4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x2x2x4x!t>
  %2 = qnn.sub %1, %0 : (tensor<1x2x2x4x!t>, tensor<1x2x2x4x!t>) -> tensor<1x2x2x4x!t>
  %3 = qnn.mul %2, %0 : (tensor<1x2x2x4x!t>, tensor<1x2x2x4x!t>) -> tensor<1x2x2x4x!t>
  %4 = qnn.max_pool_2d %3 {kernel = array<i64: 2, 2>} : tensor<1x2x2x4x!t> -> tensor<1x1x1x4x!t>
  %5 = qnn.avg_pool_2d %4 {kernel = array<i64: 1, 1>} : tensor<1x1x1x4x!t> -> tensor<1x1x1x4x!t>
  %6 = qnn.reshape %5 : tensor<1x1x1x4x!t> -> tensor<1x4x!t>
  %7 = qnn.softmax %6 {axis = 1 : i64} : tensor<1x4x!t> -> tensor<1x4x!quant.uniform<i8:f32, 0.00390625:-128>>
  return %7 : tensor<1x4x!quant.uniform<i8:f32, 0.00390625:-128>>
}

// -----

// One constant as weight and as activation: it becomes two.
// CHECK-LABEL: func.func @weight_and_activation
// CHECK-DAG: %[[W:.+]] = qnn.constant dense<1> : tensor<4x4xi8> as tensor<4x4x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK-DAG: %[[A:.+]] = qnn.constant dense<-127> : tensor<4x4xi8> as tensor<4x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: qnn.fully_connected %[[A]], %[[W]],
func.func @weight_and_activation() -> tensor<4x4x!quant.uniform<u8:f32, 1.0:3>> {
  %c = qnn.constant dense<1> : tensor<4x4xi8> as tensor<4x4x!quant.uniform<i8:f32, 0.5>>
  %b = qnn.constant dense<0> : tensor<4xi32> as tensor<4x!quant.uniform<i32:f32, 0.25>>
  %0 = qnn.fully_connected %c, %c, %b : (tensor<4x4x!quant.uniform<i8:f32, 0.5>>, tensor<4x4x!quant.uniform<i8:f32, 0.5>>, tensor<4x!quant.uniform<i32:f32, 0.25>>) -> tensor<4x4x!quant.uniform<u8:f32, 1.0:3>>
  return %0 : tensor<4x4x!quant.uniform<u8:f32, 1.0:3>>
}

// -----

// An argument that is a weight, and one that is returned as it came, have no
// activation to shift.
// CHECK-LABEL: func.func @arguments_that_stay
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:125>>, %[[W:.+]]: tensor<2x4x{{.+}}>, %[[Y:.+]]: tensor<3x{{.+}}>)
// CHECK-NEXT: qnn.constant
// CHECK-NEXT: %[[R:.+]] = qnn.fully_connected %[[X]], %[[W]],
// CHECK-NEXT: return %[[R]], %[[Y]]
func.func @arguments_that_stay(%x: tensor<1x4x!quant.uniform<u8:f32, 0.5:125>>, %w: tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.25>>, %y: tensor<3x!quant.uniform<i8:f32, 0.5>>) -> (tensor<1x2x!quant.uniform<u8:f32, 0.5:1>>, tensor<3x!quant.uniform<i8:f32, 0.5>>) {
  %b = qnn.constant dense<0> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32, 0.125>>
  %0 = qnn.fully_connected %x, %w, %b : (tensor<1x4x!quant.uniform<u8:f32, 0.5:125>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.25>>, tensor<2x!quant.uniform<i32:f32, 0.125>>) -> tensor<1x2x!quant.uniform<u8:f32, 0.5:1>>
  return %0, %y : tensor<1x2x!quant.uniform<u8:f32, 0.5:1>>, tensor<3x!quant.uniform<i8:f32, 0.5>>
}

// -----

// What only changed the signedness, by a model's own wish, is gone.
// CHECK-LABEL: func.func @signedness_inside
// CHECK-NEXT: %[[Q:.+]] = qnn.quantize {{.*}} -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK-NEXT: qnn.dequantize %[[Q]]
func.func @signedness_inside(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
  %1 = qnn.requantize %0 : tensor<4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<4x!quant.uniform<u8:f32, 0.5:125>>
  %2 = qnn.dequantize %1 : tensor<4x!quant.uniform<u8:f32, 0.5:125>> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A float boundary has no types to keep. 16 bits are no storage of a dot
// product and stay.
// CHECK-LABEL: func.func @floats_and_words
// CHECK: qnn.quantize {{.*}} -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:125>>
// CHECK: qnn.requantize {{.*}} -> tensor<4x!quant.uniform<i16:f32, 2.500000e-01>>
// CHECK: qnn.dequantize %{{.+}} : tensor<4x!quant.uniform<i16:f32, 2.500000e-01>>
func.func @floats_and_words(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
  %1 = qnn.requantize %0 : tensor<4x!quant.uniform<i8:f32, 0.5:-3>> -> tensor<4x!quant.uniform<i16:f32, 0.25>>
  %2 = qnn.dequantize %1 : tensor<4x!quant.uniform<i16:f32, 0.25>> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Stored integers are what they are, and so is what is returned of them.
// CHECK-LABEL: func.func @returned_cast
// CHECK: quant.scast {{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:3>> to tensor<4xi8>
// CHECK: quant.scast {{.*}} : tensor<4xi8> to tensor<4x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: return %{{.+}} : tensor<4x!quant.uniform<i8:f32, 5.000000e-01>>
func.func @returned_cast(%x: tensor<4x!quant.uniform<u8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5>> {
  %0 = quant.scast %x : tensor<4x!quant.uniform<u8:f32, 0.5:3>> to tensor<4xi8>
  %1 = quant.scast %0 : tensor<4xi8> to tensor<4x!quant.uniform<i8:f32, 0.5>>
  return %1 : tensor<4x!quant.uniform<i8:f32, 0.5>>
}
