// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ranges of run time: what is computed of the zero point before the loops.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --split-input-file | FileCheck %s

!w = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>

// The image is padded with the zero point of run time; the accumulators start at
// minus the zero point times the sums of the weights, 3 and -5. The loops
// multiply bytes, the left ones unsigned.
// CHECK-LABEL: func @conv
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x4x1xi8>, %[[Z:.+]]: tensor<1xi8>
// CHECK: %[[PAD:.+]] = tensor.extract %[[Z]]
// CHECK: tensor.pad %[[X]] low[0, 1, 1, 0] high[0, 0, 0, 0]
// CHECK: tensor.yield %[[PAD]]
// CHECK: arith.constant dense<[-3, 5]> : tensor<2xi32>
// CHECK: %[[START:.+]] = linalg.generic
// CHECK: arith.extui %{{.+}} : i8 to i32
// CHECK: arith.muli
// CHECK: linalg.generic {{.*}}"reduction", "reduction", "reduction"]} {{.*}} outs(%[[START]] : tensor<1x4x4x2xi32>)
// CHECK-NEXT: ^bb0(%[[A:.+]]: i8, %[[B:.+]]: i8, %{{.+}}: i32)
// CHECK-NEXT: arith.extui %[[A]]
// CHECK-NEXT: arith.extsi %[[B]]
func.func @conv(%x: tensor<1x4x4x1xi8>, %z: tensor<1xi8>) -> tensor<1x4x4x2xi32> {
  %w = qnn.constant dense<[[[[1], [2]], [[0], [0]]], [[[-1], [-2]], [[-2], [0]]]]> : tensor<2x2x2x1xi8> as tensor<2x2x2x1x!w>
  %r = qnn.integer_conv_2d %x, %z, %w {pad = array<i64: 1, 0, 1, 0>} : (tensor<1x4x4x1xi8>, tensor<1xi8>, tensor<2x2x2x1x!w>) -> tensor<1x4x4x2xi32>
  return %r : tensor<1x4x4x2xi32>
}

// -----

!w = !quant.uniform<i8<-127:127>:f32, 0.5>

// A tensor without negative numbers has zero point 0: no minimum is looked for,
// the pad and the start are zeros.
// CHECK-LABEL: func @non_negative
// CHECK-NOT: arith.cmpf olt, %{{.+}}, %{{.+}} : f32
// CHECK: arith.cmpf ogt
// CHECK: arith.divf %{{.+}}, %cst{{.*}}
// CHECK: tensor.pad
// CHECK-NEXT: ^bb0
// CHECK-NEXT: tensor.yield %c0_i8
// CHECK: linalg.fill ins(%c0_i32
func.func @non_negative(%x: tensor<1x4x4x1xf32>) -> tensor<1x5x5x1xi32> {
  %w = qnn.constant dense<1> : tensor<1x2x2x1xi8> as tensor<1x2x2x1x!w>
  %q, %s, %z = qnn.dynamic_quantize %x non_negative : (tensor<1x4x4x1xf32>) -> (tensor<1x4x4x1xi8>, tensor<1xf32>, tensor<1xi8>)
  %r = qnn.integer_conv_2d %q, %z, %w {pad = array<i64: 1, 1, 1, 1>} : (tensor<1x4x4x1xi8>, tensor<1xi8>, tensor<1x2x2x1x!w>) -> tensor<1x5x5x1xi32>
  return %r : tensor<1x5x5x1xi32>
}

// -----

// What exceeds four vectors is compared in rows of vectors, the rest behind them.
// CHECK-LABEL: func @range
// CHECK: tensor.extract_slice %{{.+}}[0] [192] [1]
// CHECK: linalg.generic {{.*}}["parallel", "parallel", "reduction"]} ins(%{{.+}} : tensor<3x4x16xf32>)
// CHECK: tensor.extract_slice %{{.+}}[192] [8] [1]
func.func @range(%x: tensor<2x100xf32>) -> (tensor<2x100xi8>, tensor<1xf32>, tensor<1xi8>) {
  %q, %s, %z = qnn.dynamic_quantize %x : (tensor<2x100xf32>) -> (tensor<2x100xi8>, tensor<1xf32>, tensor<1xi8>)
  return %q, %s, %z : tensor<2x100xi8>, tensor<1xf32>, tensor<1xi8>
}

// -----

!w = !quant.uniform<u8:f32, 1.0:7>

// Weights of run time: both zero points are subtracted in the loops.
// CHECK-LABEL: func @weight_of_run_time
// CHECK: linalg.generic {{.*}}"reduction", "reduction"]}
// CHECK: arith.subi
// CHECK: arith.subi %{{.+}}, %c7_i32
func.func @weight_of_run_time(%x: tensor<1x4x4x2xi8>, %z: tensor<1xi8>, %w: tensor<3x3x2x!w>) -> tensor<1x2x2x2xi32> {
  %r = qnn.integer_depthwise_conv_2d %x, %z, %w {input_signed} : (tensor<1x4x4x2xi8>, tensor<1xi8>, tensor<3x3x2x!w>) -> tensor<1x2x2x2xi32>
  return %r : tensor<1x2x2x2xi32>
}

// -----

// As for two quantized matrices: the right side becomes signed, sums of columns
// start the accumulators and sums of rows are taken off.
// CHECK-LABEL: func @matmul
// CHECK: arith.xori
// CHECK: linalg.generic {{.*}} outs(%{{.+}} : tensor<2x5xi32>)
// CHECK: linalg.generic {{.*}}["parallel", "parallel", "parallel", "reduction"]}
// CHECK: linalg.generic {{.*}} outs(%{{.+}} : tensor<2x3xi32>)
// CHECK: arith.subi
func.func @matmul(%a: tensor<2x3x4xi8>, %za: tensor<1xi8>, %b: tensor<2x4x5xi8>, %zb: tensor<1xi8>) -> tensor<2x3x5xi32> {
  %r = qnn.integer_matmul %a, %za, %b, %zb : (tensor<2x3x4xi8>, tensor<1xi8>, tensor<2x4x5xi8>, tensor<1xi8>) -> tensor<2x3x5xi32>
  return %r : tensor<2x3x5xi32>
}
