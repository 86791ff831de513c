// What an epilogue clamps to bytes and the next operation of it extends again
// stays 32 bits wide; the last clamp is packs.

// RUN: quant-opt %s --quantc-vectorize-kernels="vector-bits=512 isa=avx512vnni" --canonicalize --split-input-file | FileCheck %s

#id = affine_map<(d0) -> (d0)>

// CHECK-LABEL: func.func @requantize_and_add
// CHECK: %[[MAX:.+]] = arith.maxsi %{{.+}}, %{{.+}} : vector<64xi32>
// CHECK-NEXT: %[[MIN:.+]] = arith.minsi %[[MAX]], %{{.+}} : vector<64xi32>
// CHECK-NEXT: %[[SUM:.+]] = arith.addi %[[MIN]], %{{.+}} : vector<64xi32>
// CHECK-NOT: arith.trunci
// CHECK-NOT: arith.extui
// CHECK-COUNT-2: qvec.pack %{{.+}}, %{{.+}} : vector<16xi32> to vector<32xi16>
// CHECK: qvec.pack %{{.+}}, %{{.+}} {result_unsigned} : vector<32xi16> to vector<64xi8>
// CHECK-NOT: arith.trunci
func.func @requantize_and_add(%x: tensor<64xi32>, %y: tensor<64xi32>, %out: tensor<64xi8>) -> tensor<64xi8> {
  %low = arith.constant 0 : i32
  %high = arith.constant 255 : i32
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %y : tensor<64xi32>, tensor<64xi32>) outs(%out : tensor<64xi8>) {
  ^bb0(%a: i32, %b: i32, %o: i8):
    %1 = arith.maxsi %a, %low : i32
    %2 = arith.minsi %1, %high : i32
    %3 = arith.trunci %2 : i32 to i8
    %4 = arith.extui %3 : i8 to i32
    %5 = arith.addi %4, %b : i32
    %6 = arith.maxsi %5, %low : i32
    %7 = arith.minsi %6, %high : i32
    %8 = arith.trunci %7 : i32 to i8
    linalg.yield %8 : i8
  } -> tensor<64xi8>
  return %0 : tensor<64xi8>
}

// -----

#id = affine_map<(d0) -> (d0)>

// Bytes up to 255 extended with their sign are other numbers.
// CHECK-LABEL: func.func @other_sign
// CHECK: arith.extsi
func.func @other_sign(%x: tensor<64xi32>, %out: tensor<64xi32>) -> tensor<64xi32> {
  %low = arith.constant 0 : i32
  %high = arith.constant 255 : i32
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xi32>) outs(%out : tensor<64xi32>) {
  ^bb0(%a: i32, %o: i32):
    %1 = arith.maxsi %a, %low : i32
    %2 = arith.minsi %1, %high : i32
    %3 = arith.trunci %2 : i32 to i8
    %4 = arith.extsi %3 : i8 to i32
    linalg.yield %4 : i32
  } -> tensor<64xi32>
  return %0 : tensor<64xi32>
}
