// RUN: quant-opt %s --quantc-expand-math | FileCheck %s

// The results are compared with the C library's in the unit tests.

// CHECK-LABEL: func.func @roundings_of_f32
// CHECK-NOT: math.roundeven
// CHECK-NOT: math.floor
// CHECK-NOT: math.ceil
func.func @roundings_of_f32(%x: f32, %v: vector<8xf32>) -> (f32, f32, vector<8xf32>) {
  %0 = math.roundeven %x : f32
  %1 = math.floor %x : f32
  %2 = math.ceil %v : vector<8xf32>
  return %0, %1, %2 : f32, f32, vector<8xf32>
}

// CHECK-LABEL: func.func @other_types_stay
// CHECK: math.roundeven
func.func @other_types_stay(%x: f64) -> f64 {
  %0 = math.roundeven %x : f64
  return %0 : f64
}
