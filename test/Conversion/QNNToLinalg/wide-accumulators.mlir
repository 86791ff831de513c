// Accumulators of 64 bits, and what is done with them.
//
// RUN: quant-opt %s --convert-qnn-to-linalg --canonicalize --split-input-file | FileCheck %s

// 16-bit inputs from -32768 to 32767 at zero point 0. With 516 weights of 127
// the least sum is -516 * 127 * 32768 = -2147352576, and the bias fills the rest
// down to -2^31. One more weight does not fit.

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

// CHECK-LABEL: func @fits
// CHECK-NOT: xi64
func.func @fits(%x: tensor<1x516x!x>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<127> : tensor<1x516xi8> as tensor<1x516x!w>
  %b = qnn.constant dense<-131072> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x516x!x>, tensor<1x516x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>

// Products still fit 32 bits. The sum is saturated to 32 bits before it is
// requantized: beyond them the result is an end of its storage.
// CHECK-LABEL: func @one_too_many
// CHECK: linalg.generic {{.*}}reduction
// CHECK: ^bb0(%[[A:.+]]: i16, %[[B:.+]]: i8, %[[C:.+]]: i64):
// CHECK-NEXT: %[[AX:.+]] = arith.extsi %[[A]] : i16 to i32
// CHECK-NEXT: %[[BX:.+]] = arith.extsi %[[B]] : i8 to i32
// CHECK-NEXT: %[[P:.+]] = arith.muli %[[AX]], %[[BX]] : i32
// CHECK-NEXT: %[[W:.+]] = arith.extsi %[[P]] : i32 to i64
// CHECK-NEXT: arith.addi %[[C]], %[[W]] : i64
// CHECK: arith.maxsi %{{.+}}, %c-2147483648_i64
// CHECK-NEXT: arith.minsi %{{.+}}, %c2147483647_i64
// CHECK-NEXT: arith.trunci %{{.+}} : i64 to i32
func.func @one_too_many(%x: tensor<1x517x!x>) -> tensor<1x1x!x> {
  %w = qnn.constant dense<127> : tensor<1x517xi8> as tensor<1x517x!w>
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x517x!x>, tensor<1x517x!w>, tensor<1x!b>) -> tensor<1x1x!x>
  return %r : tensor<1x1x!x>
}

// -----

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
!r = !quant.uniform<i16:f32, 1.0e6>

// A multiplier so small that 32 bits are too few: two products.
// CHECK-LABEL: func @small_multiplier
// CHECK-NOT: c2147483647_i64 : i64{{$}}
// CHECK: arith.shrsi %[[ACC:.+]], %c31_i64
// CHECK: arith.andi %[[ACC]], %c2147483647_i64
// CHECK-COUNT-2: arith.muli {{.*}} : i64
func.func @small_multiplier(%x: tensor<1x517x!x>) -> tensor<1x1x!r> {
  %w = qnn.constant dense<127> : tensor<1x517xi8> as tensor<1x517x!w>
  %b = qnn.constant dense<0> : tensor<1xi32> as tensor<1x!b>
  %r = qnn.fully_connected %x, %w, %b : (tensor<1x517x!x>, tensor<1x517x!w>, tensor<1x!b>) -> tensor<1x1x!r>
  return %r : tensor<1x1x!r>
}

// -----

// 65535 * 192 * 192 = 2415882240.

!x = !quant.uniform<u16:f32, 0.5>

// CHECK-LABEL: func @window
// CHECK: tensor<1x1x1x1xi64>
func.func @window(%x: tensor<1x192x192x1x!x>) -> tensor<1x1x1x1x!x> {
  %r = qnn.avg_pool_2d %x {kernel = array<i64: 192, 192>} : tensor<1x192x192x1x!x> -> tensor<1x1x1x1x!x>
  return %r : tensor<1x1x1x1x!x>
}

// -----

// 40,000 products of up to 255 * 255.

!q = !quant.uniform<u8:f32, 0.5>

// CHECK-LABEL: func @matmul_deep
// CHECK: tensor<1x1x1xi64>
func.func @matmul_deep(%a: tensor<1x1x40000x!q>, %b: tensor<1x40000x1x!q>) -> tensor<1x1x1x!q> {
  %r = qnn.matmul %a, %b : (tensor<1x1x40000x!q>, tensor<1x40000x1x!q>) -> tensor<1x1x1x!q>
  return %r : tensor<1x1x1x!q>
}

// -----

// A ratio of 1/4: nothing is multiplied.

!x = !quant.uniform<i16:f32, 0.5>
!r = !quant.uniform<i16:f32, 2.0>

// CHECK-LABEL: func @power_of_two
// CHECK-NOT: arith.mul
func.func @power_of_two(%x: tensor<4x!x>) -> tensor<4x!r> {
  %r = qnn.requantize %x : tensor<4x!x> -> tensor<4x!r>
  return %r : tensor<4x!r>
}

// -----

// A factor of 4, in the rounding that has no high words.

!x = !quant.uniform<i16:f32, 2.0>
!r = !quant.uniform<i16:f32, 0.5>

// CHECK-LABEL: func @power_of_two_double
// CHECK-NOT: arith.mul
// CHECK: arith.shli %{{.+}}, %c30_i64
func.func @power_of_two_double(%x: tensor<4x!x>) -> tensor<4x!r> {
  %r = qnn.requantize %x {rounding = #qnn.rounding<double>} : tensor<4x!x> -> tensor<4x!r>
  return %r : tensor<4x!r>
}
