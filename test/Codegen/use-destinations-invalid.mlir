// RUN: quant-opt %s --quantc-use-destinations --split-input-file --verify-diagnostics

// expected-error @below {{expected exactly one public function with a body, found 2}}
module {
  // expected-note @below {{this is one}}
  func.func @a() { return }
  // expected-note @below {{this is one}}
  func.func @b() { return }
}

// -----

// expected-error @below {{input #0 has the type 'tensor<?xf32>', expected a tensor of static shape}}
func.func @dynamic_shape(%x: tensor<?xf32>) { return }

// -----

// expected-error @below {{output #0 has the type 'i32', expected a tensor of static shape}}
func.func @scalar_result() -> i32 {
  %0 = arith.constant 0 : i32
  return %0 : i32
}
