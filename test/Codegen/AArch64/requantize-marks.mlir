// What is known of the constants of a requantize before they become memory: a
// multiplier that is never negative, and a summand of its high word that can be
// doubled.

// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=128 isa=neon}))' | FileCheck %s
// RUN: quant-opt %s --split-input-file --verify-each \
// RUN:   --pass-pipeline='builtin.module(func.func(quantc-vectorize-kernels{vector-bits=256 isa=avx2}))' | FileCheck %s --check-prefix=X86

#id = affine_map<(c) -> (c)>

// 2^30 - 1 and -2^30 are the bounds.
// CHECK-LABEL: func.func @bounds
// CHECK: arith.mulsi_extended {{.*}} {qvec.nonnegative}
// CHECK: arith.addi {{.*}} {qvec.doubles}
// X86-LABEL: func.func @bounds
// X86-NOT: qvec.doubles
func.func @bounds(%x: tensor<4xi32>) -> tensor<4xi32> {
  %m = arith.constant dense<[0, 1, 2147483647, 1073741824]> : tensor<4xi32>
  %k = arith.constant dense<[0, 1073741823, -1073741824, 1]> : tensor<4xi32>
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel"]}
      ins(%x, %m, %k : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%i: i32, %n: i32, %j: i32, %o: i32):
    %low, %high = arith.mulsi_extended %i, %n : i32
    %0 = arith.addi %high, %j : i32
    linalg.yield %0 : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// -----

#id = affine_map<(c) -> (c)>

// CHECK-LABEL: func.func @beyond
// CHECK: arith.mulsi_extended {{.*}} {qvec.nonnegative}
// CHECK-NOT: qvec.doubles
// CHECK: return
func.func @beyond(%x: tensor<4xi32>) -> tensor<4xi32> {
  %m = arith.constant dense<7> : tensor<4xi32>
  %k = arith.constant dense<[0, 1073741824, 1, 1]> : tensor<4xi32>
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel"]}
      ins(%x, %m, %k : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%i: i32, %n: i32, %j: i32, %o: i32):
    %low, %high = arith.mulsi_extended %i, %n : i32
    %0 = arith.addi %high, %j : i32
    linalg.yield %0 : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}
