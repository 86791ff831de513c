// Sums and maxima of rows: vectors run along the row.
//
// RUN: quant-opt %s --quantc-vectorize-kernels="vector-bits=512 isa=avx512vnni" --canonicalize --split-input-file | FileCheck %s
// RUN: quant-opt %s --split-input-file --remarks-filter=qnn-kernel --remark-format=emitRemark -o /dev/null \
// RUN:   --quantc-vectorize-kernels="vector-bits=512 isa=avx512vnni" 2>&1 | FileCheck %s --check-prefix=REMARK

// 40 bytes to the sum of a row: two vectors of 16 lanes and one of 8, each lane
// its own sum, and the start of the row on top. 3 rows side by side.
// REMARK: RowKernel{{.*}}row reduction: vectors of 16 elements run along the row, because it is contiguous; 3 rows side by side
// CHECK-LABEL: func.func @sum
// CHECK-SAME: (%[[X:.+]]: tensor<6x40xi8>
// CHECK: scf.for %{{.+}} = %c0 to %c6 step %c3
// CHECK-COUNT-3: tensor.extract %{{.+}} : tensor<6xi32>
// CHECK: %[[V:.+]] = vector.transfer_read %[[X]]{{.*}} vector<16xi8>
// CHECK: arith.extsi %[[V]] : vector<16xi8> to vector<16xi32>
// CHECK: vector.transfer_read %[[X]]{{.*}} vector<16xi8>
// CHECK: vector.reduction <add>, %{{.+}} : vector<16xi32> into i32
// CHECK: vector.transfer_read %[[X]]{{.*}} vector<8xi8>
// CHECK: vector.reduction <add>, %{{.+}} : vector<8xi32> into i32
// CHECK: tensor.insert
func.func @sum(%x: tensor<6x40xi8>, %init: tensor<6xi32>) -> tensor<6xi32> {
  %r = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<6x40xi8>) outs(%init : tensor<6xi32>) {
  ^bb0(%a: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.addi %o, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// -----

// A maximum starts at the least number; a long row is a loop.
// CHECK-LABEL: func.func @maximum
// CHECK: arith.constant dense<-128> : vector<64xi8>
// CHECK: scf.for
// CHECK: scf.for {{.*}} step %c64 iter_args
// CHECK: arith.maxsi {{.*}} : vector<64xi8>
// CHECK: vector.reduction <maxsi>, %{{.+}} : vector<64xi8> into i8
func.func @maximum(%x: tensor<6x1024xi8>, %init: tensor<6xi8>) -> tensor<6xi8> {
  %r = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<6x1024xi8>) outs(%init : tensor<6xi8>) {
  ^bb0(%a: i8, %o: i8):
    %1 = arith.maxsi %o, %a : i8
    linalg.yield %1 : i8
  } -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// -----

// The order of float additions is that of the loop.
// CHECK-LABEL: func.func @float_sum
// CHECK-NOT: vector.reduction
// CHECK: return
func.func @float_sum(%x: tensor<6x40xf32>, %init: tensor<6xf32>) -> tensor<6xf32> {
  %r = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<6x40xf32>) outs(%init : tensor<6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %o, %a : f32
    linalg.yield %1 : f32
  } -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// -----

// Columns: vectors run along the result.
// CHECK-LABEL: func.func @column_sum
// CHECK-NOT: vector.reduction
// CHECK: return
func.func @column_sum(%x: tensor<40x64xi8>, %init: tensor<64xi32>) -> tensor<64xi32> {
  %r = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<40x64xi8>) outs(%init : tensor<64xi32>) {
  ^bb0(%a: i8, %o: i32):
    %1 = arith.extsi %a : i8 to i32
    %2 = arith.addi %o, %1 : i32
    linalg.yield %2 : i32
  } -> tensor<64xi32>
  return %r : tensor<64xi32>
}

// -----

// CHECK-LABEL: func.func @short_rows
// CHECK-NOT: vector.reduction
// CHECK: return
func.func @short_rows(%x: tensor<32x15xi32>, %init: tensor<32xi32>) -> tensor<32xi32> {
  %r = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
    iterator_types = ["parallel", "reduction"]} ins(%x : tensor<32x15xi32>) outs(%init : tensor<32xi32>) {
  ^bb0(%a: i32, %o: i32):
    %1 = arith.addi %o, %a : i32
    linalg.yield %1 : i32
  } -> tensor<32xi32>
  return %r : tensor<32xi32>
}
