// RUN: quant-opt %s --qnn-quantize-boundary --split-input-file | FileCheck %s
// RUN: quant-opt %s --qnn-quantize-boundary --split-input-file --remarks-filter='qnn.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

!q = !quant.uniform<i8:f32, 0.5:3>

// Two readers of one type share the argument; names of the model stay.
// CHECK-LABEL: func @both
// CHECK-SAME: (%[[X:.+]]: tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>> {qnn.name = "input"}) -> (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>> {qnn.name = "output"})
// CHECK-NEXT: %[[Y:.+]] = qnn.add %[[X]], %[[X]]
// CHECK-NEXT: return %[[Y]]
func.func @both(%x: tensor<4xf32> {qnn.name = "input"}) -> (tensor<4xf32> {qnn.name = "output"}) {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %2 = qnn.add %0, %1 : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  %3 = qnn.dequantize %2 : tensor<4x!q> -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
!r = !quant.uniform<i8:f32, 0.25>

// Two types, and a float operation: the argument stays what it is.
// CHECK-LABEL: func @kept
// CHECK-SAME: (%{{.+}}: tensor<4xf32>) -> (tensor<4x!quant.uniform<{{.+}}>>, tensor<4x!quant.uniform<{{.+}}>>, tensor<1xf32>)
// REMARK-DAG: remark: {{.*}}argument 0 keeps its float type
// REMARK-DAG: remark: {{.*}}result 2 keeps its float type
func.func @kept(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<1xf32>) {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!r>
  %2 = qnn.dequantize %0 : tensor<4x!q> -> tensor<4xf32>
  %3 = qnn.dequantize %1 : tensor<4x!r> -> tensor<4xf32>
  %4 = tosa.reduce_sum %x {axis = 0 : i32} : (tensor<4xf32>) -> tensor<1xf32>
  return %2, %3, %4 : tensor<4xf32>, tensor<4xf32>, tensor<1xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>

// One value returned twice; the dequantize goes with its last reader. A private
// function has no boundary.
// CHECK-LABEL: func @returned_twice
// CHECK-SAME: -> (tensor<4x!quant{{.+}}>, tensor<4x!quant{{.+}}>)
// CHECK-NOT: qnn.dequantize
// CHECK-LABEL: func private @helper
// CHECK: qnn.quantize
func.func @returned_twice(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.dequantize %0 : tensor<4x!q> -> tensor<4xf32>
  return %1, %1 : tensor<4xf32>, tensor<4xf32>
}
func.func private @helper(%x: tensor<4xf32>) -> tensor<4x!q> {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  return %0 : tensor<4x!q>
}
