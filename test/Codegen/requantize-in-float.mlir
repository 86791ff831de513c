// Which requantizes become a multiplication of floats. That both forms are the
// same integers is executed in the unit tests of the Numerics library and on
// whole models.

// RUN: quant-opt %s --split-input-file --quantc-requantize-in-float --verify-each | FileCheck %s

#id = affine_map<(m, n) -> (m, n)>
#ch = affine_map<(m, n) -> (n)>

// 1518500250 * 2^-39 and 1610612737 * 2^-40: both have an f32 number that steps
// like them. The offsets hold a zero point of 3, which moves into the integer
// that is taken off the bits of the rounded sum. A channel of one result has
// the multiplier 0, and its result instead of the zero point.
// CHECK-LABEL: func.func @channels
// CHECK-DAG: %[[SCALES:.+]] = arith.constant dense<{{.*}}> : tensor<3xf32>
// CHECK-DAG: %[[ZEROS:.+]] = arith.constant dense<[1262485501, 1262485501, 1262485497]> : tensor<3xi32>
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}, %[[SCALES]], %[[ZEROS]] :
// CHECK-NEXT: ^bb0(%[[ACC:[^:]+]]: i32, %{{[^:]+}}: i32, %{{[^:]+}}: i32, %{{[^:]+}}: i32, %[[SCALE:[^:]+]]: f32, %[[ZERO:[^:]+]]: i32, %{{.+}}: i8)
// CHECK: %[[F:.+]] = arith.sitofp %[[ACC]] : i32 to f32
// CHECK: %[[P:.+]] = arith.mulf %[[F]], %[[SCALE]]
// CHECK: %[[ROUNDER:.+]] = arith.constant 0x4B400000 : f32
// CHECK: %[[S:.+]] = arith.addf %[[P]], %[[ROUNDER]] : f32
// CHECK: %[[B:.+]] = arith.bitcast %[[S]] : f32 to i32
// CHECK: %[[R:.+]] = arith.subi %[[B]], %[[ZERO]]
// CHECK-NEXT: arith.maxsi %[[R]]
// CHECK-NOT: arith.mulsi_extended
func.func @channels(%x: tensor<4x64xi8>) -> tensor<4x3xi8> {
  %w = arith.constant dense<1> : tensor<64x3xi8>
  %bias = arith.constant dense<[7, -100, 9]> : tensor<3xi32>
  %m = arith.constant dense<[1518500250, 1610612737, 0]> : tensor<3xi32>
  %o = arith.constant dense<[448, 896, 14]> : tensor<3xi32>
  %s = arith.constant dense<[7, 8, 1]> : tensor<3xi32>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<3xi32>) outs(%e : tensor<4x3xi32>) {
  ^bb0(%i: i32, %out: i32):
    linalg.yield %i : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x64xi8>, tensor<64x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #ch, #ch, #ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc, %m, %o, %s : tensor<4x3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %multiplier: i32, %offset: i32, %shift: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %multiplier : i32
    %1 = arith.addi %high, %offset : i32
    %2 = arith.shrsi %1, %shift : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#reduce = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]

// What is not proven stays: accumulators of unknown size; a clamp further from
// the zero point than two bytes can be; a power of two, whose ties are rounded
// to even by the one form and up by the other, where the clamp leaves negative
// results.
// CHECK-LABEL: func.func @unknown_accumulators
// CHECK: arith.mulsi_extended
// CHECK-LABEL: func.func @wide_clamp
// CHECK: arith.mulsi_extended
// CHECK-LABEL: func.func @ties
// CHECK: arith.mulsi_extended
func.func @unknown_accumulators(%acc: tensor<4x3xi32>) -> tensor<4x3xi8> {
  %m = arith.constant 1518500250 : i32
  %o = arith.constant 64 : i32
  %s = arith.constant 7 : i32
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc : tensor<4x3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %m : i32
    %1 = arith.addi %high, %o : i32
    %2 = arith.shrsi %1, %s : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}
func.func @wide_clamp(%x: tensor<4x8xi8>, %w: tensor<8x3xi8>) -> tensor<4x3xi16> {
  %m = arith.constant 1518500250 : i32
  %o = arith.constant 64 : i32
  %s = arith.constant 7 : i32
  %zero = arith.constant 0 : i32
  %most = arith.constant 1000 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<4x3xi32>) {
  ^bb0(%i: i32, %out: i32):
    linalg.yield %i : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {indexing_maps = #reduce, iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x8xi8>, tensor<8x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi16>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc : tensor<4x3xi32>) outs(%f : tensor<4x3xi16>) {
  ^bb0(%a: i32, %out: i16):
    %low, %high = arith.mulsi_extended %a, %m : i32
    %1 = arith.addi %high, %o : i32
    %2 = arith.shrsi %1, %s : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i16
    linalg.yield %5 : i16
  } -> tensor<4x3xi16>
  return %r : tensor<4x3xi16>
}
func.func @ties(%x: tensor<4x8xi8>, %w: tensor<8x3xi8>) -> tensor<4x3xi8> {
  %m = arith.constant 1073741824 : i32
  %o = arith.constant 64 : i32
  %s = arith.constant 7 : i32
  %zero = arith.constant 0 : i32
  %least = arith.constant -128 : i32
  %most = arith.constant 127 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%zero : i32) outs(%e : tensor<4x3xi32>) {
  ^bb0(%i: i32, %out: i32):
    linalg.yield %i : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {indexing_maps = #reduce, iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x8xi8>, tensor<8x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc : tensor<4x3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %m : i32
    %1 = arith.addi %high, %o : i32
    %2 = arith.shrsi %1, %s : i32
    %3 = arith.maxsi %2, %least : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#reduce = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]

// Where it leaves none, the f32 above the power of two rounds all ties up.
// CHECK-LABEL: func.func @ties_above_zero
// CHECK: arith.constant 0.00195312523 : f32
// CHECK-NOT: arith.mulsi_extended
func.func @ties_above_zero(%x: tensor<4x8xi8>, %w: tensor<8x3xi8>) -> tensor<4x3xi8> {
  %m = arith.constant 1073741824 : i32
  %o = arith.constant 64 : i32
  %s = arith.constant 7 : i32
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<4x3xi32>) {
  ^bb0(%out: i32):
    linalg.yield %zero : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {indexing_maps = #reduce, iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x8xi8>, tensor<8x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc : tensor<4x3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %m : i32
    %1 = arith.addi %high, %o : i32
    %2 = arith.shrsi %1, %s : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#ch = affine_map<(m, n) -> (n)>

// No f32 number has all the steps of 1824192298 * 2^-46. With these weights
// sums are at most 16320 + 9, and no result is above 1; with any weights, all
// steps count.
// CHECK-LABEL: func.func @within_reach
// CHECK-NOT: arith.mulsi_extended
// CHECK-LABEL: func.func @beyond_reach
// CHECK: arith.mulsi_extended
func.func @within_reach(%x: tensor<4x64xi8>) -> tensor<4x3xi8> {
  %w = arith.constant dense<1> : tensor<64x3xi8>
  %bias = arith.constant dense<[7, -100, 9]> : tensor<3xi32>
  %m = arith.constant dense<1824192298> : tensor<3xi32>
  %o = arith.constant dense<8192> : tensor<3xi32>
  %s = arith.constant dense<14> : tensor<3xi32>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<3xi32>) outs(%e : tensor<4x3xi32>) {
  ^bb0(%i: i32, %out: i32):
    linalg.yield %i : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x64xi8>, tensor<64x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #ch, #ch, #ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc, %m, %o, %s : tensor<4x3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %multiplier: i32, %offset: i32, %shift: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %multiplier : i32
    %1 = arith.addi %high, %offset : i32
    %2 = arith.shrsi %1, %shift : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}
func.func @beyond_reach(%x: tensor<4x64xi8>, %w: tensor<64x3xi8>) -> tensor<4x3xi8> {
  %bias = arith.constant dense<[7, -100, 9]> : tensor<3xi32>
  %m = arith.constant dense<1824192298> : tensor<3xi32>
  %o = arith.constant dense<8192> : tensor<3xi32>
  %s = arith.constant dense<14> : tensor<3xi32>
  %zero = arith.constant 0 : i32
  %most = arith.constant 255 : i32
  %e = tensor.empty() : tensor<4x3xi32>
  %init = linalg.generic {indexing_maps = [#ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<3xi32>) outs(%e : tensor<4x3xi32>) {
  ^bb0(%i: i32, %out: i32):
    linalg.yield %i : i32
  } -> tensor<4x3xi32>
  %acc = linalg.generic {
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x64xi8>, tensor<64x3xi8>) outs(%init : tensor<4x3xi32>) {
  ^bb0(%a: i8, %b: i8, %out: i32):
    %1 = arith.extui %a : i8 to i32
    %2 = arith.extsi %b : i8 to i32
    %3 = arith.muli %1, %2 : i32
    %4 = arith.addi %out, %3 : i32
    linalg.yield %4 : i32
  } -> tensor<4x3xi32>
  %f = tensor.empty() : tensor<4x3xi8>
  %r = linalg.generic {indexing_maps = [#id, #ch, #ch, #ch, #id], iterator_types = ["parallel", "parallel"]}
      ins(%acc, %m, %o, %s : tensor<4x3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) outs(%f : tensor<4x3xi8>) {
  ^bb0(%a: i32, %multiplier: i32, %offset: i32, %shift: i32, %out: i8):
    %low, %high = arith.mulsi_extended %a, %multiplier : i32
    %1 = arith.addi %high, %offset : i32
    %2 = arith.shrsi %1, %shift : i32
    %3 = arith.maxsi %2, %zero : i32
    %4 = arith.minsi %3, %most : i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x3xi8>
  return %r : tensor<4x3xi8>
}
