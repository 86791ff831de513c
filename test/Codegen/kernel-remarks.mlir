// Each kernel is described by one remark, at the place of its layer. What the
// remarks say is decided elsewhere; here, that they say it.

// RUN: quant-opt %s --split-input-file --remarks-filter=qnn-kernel --remark-format=emitRemark -o /dev/null \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-pack-dot-products{vector-bits=512},quantc-vectorize-kernels{vector-bits=512 isa=avx512vnni}))' 2>&1 \
// RUN:   | FileCheck %s --implicit-check-not="DotKernel |"

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>

// CHECK: kernel-remarks.mlir:[[#@LINE+7]]:{{.*}} DotKernel | {{.*}}"dot products of vpdpbusd, 16 lanes;
// CHECK-SAME: tile of [[#]] rows x 32 channels in [[#]] of 32 registers: each of 2 vectors of weights is used for
// CHECK-SAME: 48 products, 48 of them neighbours in memory
// CHECK-SAME: weights packed in panels of 32 channels by 4 products
// CHECK-SAME: 1 operation applied in registers"
func.func @many_channels(%x: tensor<24x48xi8>, %init: tensor<24x64xi32>, %w: tensor<24x64xi32>) -> tensor<24x64xi32> {
  %c = arith.constant dense<1> : tensor<64x48xi8>
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %c : tensor<24x48xi8>, tensor<64x48xi8>) outs(%init : tensor<24x64xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<24x64xi32>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%0 : tensor<24x64xi32>) outs(%w : tensor<24x64xi32>) {
  ^bb0(%a: i32, %o: i32):
    %1 = arith.maxsi %a, %a : i32
    linalg.yield %1 : i32
  } -> tensor<24x64xi32>
  return %5 : tensor<24x64xi32>
}

// -----

#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#y = affine_map<(m, n, k) -> (m, n)>

// CHECK: DotKernel | {{.*}}16 channels leave one vector to a row, so rows fill the registers
func.func @one_vector_of_channels(%x: tensor<24x48xi8>, %init: tensor<24x16xi32>) -> tensor<24x16xi32> {
  %c = arith.constant dense<1> : tensor<16x48xi8>
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %c : tensor<24x48xi8>, tensor<16x48xi8>) outs(%init : tensor<24x16xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %o, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<24x16xi32>
  return %0 : tensor<24x16xi32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#turned = affine_map<(m, n) -> (n, m)>

// CHECK: Kernel | {{.*}}"elementwise on vectors of 16 along a loop of 64"
func.func @elementwise(%x: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<8x64xf32>) outs(%x : tensor<8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %a, %a : f32
    linalg.yield %1 : f32
  } -> tensor<8x64xf32>
  return %0 : tensor<8x64xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>

// A model that only measures ranges is not described.
// CHECK-NOT: Kernel |
func.func @observed(%x: tensor<8x64xf32>, %context: !llvm.ptr {qnn.context}) -> tensor<8x64xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<8x64xf32>) outs(%x : tensor<8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %a, %a : f32
    linalg.yield %1 : f32
  } -> tensor<8x64xf32>
  return %0 : tensor<8x64xf32>
}
