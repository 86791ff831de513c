// RUN: quant-opt %s --qnn-insert-observers | FileCheck %s

// The model's name of an argument, the node's name of an operation.
// CHECK-LABEL: func @names
// CHECK-SAME: (%[[X:[^:]+]]: tensor<4xf32> {qnn.name = "input"}, %[[Y:[^:]+]]: tensor<4xf32>)
// CHECK-DAG: %[[OX:.+]] = qnn.observe %[[X]] "input"
// CHECK-DAG: %[[OY:.+]] = qnn.observe %[[Y]] "argument1"
// CHECK: %[[A:.+]] = tosa.add %[[OX]], %[[OY]]
// CHECK-NEXT: %[[OA:.+]] = qnn.observe %[[A]] "node"
// CHECK-NEXT: return %[[OA]]
func.func @names(%x: tensor<4xf32> {qnn.name = "input"}, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tosa.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("node")
  return %0 : tensor<4xf32>
}

// Two nodes of one name, and two operations without a name.
// CHECK-LABEL: func @names_are_distinct
// CHECK: qnn.observe %{{.+}} "node" :
// CHECK: qnn.observe %{{.+}} "node#1" :
// CHECK: qnn.observe %{{.+}} "tosa.add" :
// CHECK: qnn.observe %{{.+}} "tosa.add#1" :
func.func @names_are_distinct(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tosa.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("node")
  %1 = tosa.sub %0, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("node")
  %2 = tosa.add %1, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = tosa.add %2, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// Between an operation and its fused clamp nothing is rounded, so nothing is
// measured.
// CHECK-LABEL: func @fused_clamp
// CHECK: %[[A:.+]] = tosa.add
// CHECK-NEXT: %[[C:.+]] = tosa.clamp %[[A]]
// CHECK-NEXT: qnn.observe %[[C]]
func.func @fused_clamp(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tosa.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// With a second reader the sum is a value of its own.
// CHECK-LABEL: func @clamp_beside_another_reader
// CHECK: %[[A:.+]] = tosa.add
// CHECK-NEXT: %[[OA:.+]] = qnn.observe %[[A]]
// CHECK-NEXT: tosa.clamp %[[OA]]
func.func @clamp_beside_another_reader(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = tosa.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// Two links of one table: only its ends are measured.
// CHECK-LABEL: func @chain
// CHECK: %[[O:.+]] = qnn.observe
// CHECK: %[[S:.+]] = tosa.sigmoid %[[O]]
// CHECK-NEXT: %[[M:.+]] = tosa.mul %[[O]], %[[S]]
// CHECK-NEXT: qnn.observe %[[M]]
func.func @chain(%x: tensor<4xf32>) -> tensor<4xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = tosa.mul %x, %0, %shift : (tensor<4xf32>, tensor<4xf32>, tensor<1xi8>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// A table works element by element: where the constant makes the tensor
// larger, there is none, and both operands of the sum are quantized.
// CHECK-LABEL: func @broadcast_breaks_chain
// CHECK: %[[T:.+]] = tosa.tanh
// CHECK-NEXT: %[[O:.+]] = qnn.observe %[[T]]
// CHECK-NEXT: tosa.add %[[O]]
func.func @broadcast_breaks_chain(%x: tensor<1x4xf32>) -> tensor<2x4xf32> {
  %ones = "tosa.const"() <{values = dense<1.0> : tensor<2x4xf32>}> : () -> tensor<2x4xf32>
  %0 = tosa.tanh %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.add %0, %ones : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// Constants and what no quantizable operation touches.
// CHECK-LABEL: func @unobserved
// CHECK-NOT: qnn.observe
func.func @unobserved(%x: tensor<4xf32>) -> tensor<1xf32> {
  %0 = tosa.reduce_sum %x {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}
