// RUN: quant-opt %s --qnn-sink-reshapes | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.25>
!p = !quant.uniform<i8:f32, 0.00390625:-128>

// From one matrix to the next: the two reshapes meet and cancel.
// CHECK-LABEL: func @lookup
// CHECK-SAME: (%[[X:.+]]: tensor<4x8x
// CHECK-NEXT: %[[L:.+]] = qnn.lookup %[[X]], dense<7> : tensor<256xi8> : tensor<4x8x{{.+}} -> tensor<4x8x
// CHECK-NEXT: return %[[L]]
func.func @lookup(%x: tensor<4x8x!q>) -> tensor<4x8x!r> {
  %0 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %1 = qnn.lookup %0, dense<7> : tensor<256xi8> : tensor<1x4x8x!q> -> tensor<1x4x8x!r>
  %2 = qnn.reshape %1 : tensor<1x4x8x!r> -> tensor<4x8x!r>
  return %2 : tensor<4x8x!r>
}

// The other side of a sum is looked at in the same shape.
// CHECK-LABEL: func @residual
// CHECK-SAME: (%[[X:.+]]: tensor<4x8x{{.+}}, %[[Y:.+]]: tensor<1x4x8x
// CHECK-NEXT: %[[V:.+]] = qnn.reshape %[[Y]]
// CHECK-NEXT: %[[A:.+]] = qnn.add %[[X]], %[[V]]
// CHECK-NEXT: %[[N:.+]] = qnn.layer_norm %[[A]]
// CHECK-NEXT: %[[R:.+]] = qnn.reshape %[[N]]
// CHECK-NEXT: return %[[R]]
func.func @residual(%x: tensor<4x8x!q>, %y: tensor<1x4x8x!q>) -> tensor<1x4x8x!r> {
  %0 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %1 = qnn.add %0, %y : (tensor<1x4x8x!q>, tensor<1x4x8x!q>) -> tensor<1x4x8x!r>
  %2 = qnn.layer_norm %1 {gamma = dense<1.0> : tensor<8xf32>, beta = dense<0.5> : tensor<8xf32>, epsilon = 0.0 : f32} : tensor<1x4x8x!r> -> tensor<1x4x8x!r>
  return %2 : tensor<1x4x8x!r>
}

// The axis follows the rank.
// CHECK-LABEL: func @softmax
// CHECK: qnn.softmax %{{.+}} {axis = 1 : i64} : tensor<4x8x
func.func @softmax(%x: tensor<4x8x!q>) -> tensor<1x4x8x!p> {
  %0 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %1 = qnn.softmax %0 {axis = 2 : i64} : tensor<1x4x8x!q> -> tensor<1x4x8x!p>
  return %1 : tensor<1x4x8x!p>
}

// Rows of 4 are no rows of 8, and along another axis there are no rows.
// CHECK-LABEL: func @other_rows
// CHECK: qnn.reshape
// CHECK-NEXT: qnn.softmax %{{.+}} {axis = 2 : i64} : tensor<1x8x4x
// CHECK: qnn.reshape
// CHECK-NEXT: qnn.softmax %{{.+}} {axis = 1 : i64} : tensor<1x4x8x
func.func @other_rows(%x: tensor<4x8x!q>) -> (tensor<1x8x4x!p>, tensor<1x4x8x!p>) {
  %0 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x8x4x!q>
  %1 = qnn.softmax %0 {axis = 2 : i64} : tensor<1x8x4x!q> -> tensor<1x8x4x!p>
  %2 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %3 = qnn.softmax %2 {axis = 1 : i64} : tensor<1x4x8x!q> -> tensor<1x4x8x!p>
  return %1, %3 : tensor<1x8x4x!p>, tensor<1x4x8x!p>
}

// A broadcast operand has no other shape; a reshape with two users would be
// done twice.
// CHECK-LABEL: func @refused
// CHECK: %[[R:.+]] = qnn.reshape
// CHECK-NEXT: qnn.add %[[R]]
// CHECK: %[[S:.+]] = qnn.reshape
// CHECK-NEXT: qnn.lookup %[[S]]
func.func @refused(%x: tensor<4x8x!q>, %y: tensor<1x1x8x!q>) -> (tensor<1x4x8x!r>, tensor<1x4x8x!r>, tensor<1x4x8x!q>) {
  %0 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %1 = qnn.add %0, %y : (tensor<1x4x8x!q>, tensor<1x1x8x!q>) -> tensor<1x4x8x!r>
  %2 = qnn.reshape %x : tensor<4x8x!q> -> tensor<1x4x8x!q>
  %3 = qnn.lookup %2, dense<7> : tensor<256xi8> : tensor<1x4x8x!q> -> tensor<1x4x8x!r>
  return %1, %3, %2 : tensor<1x4x8x!r>, tensor<1x4x8x!r>, tensor<1x4x8x!q>
}
