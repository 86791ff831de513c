// RUN: quant-opt %s --qnn-verify-float-graph --split-input-file --verify-diagnostics

// F1: a module without a function.
// expected-error@+1 {{module has no function; expected exactly one public func.func}}
module {
}

// -----

// F1: a second public function, and something that is no function at all.
// expected-note@+1 {{the first is 'main'}}
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
// expected-error@+1 {{second public function 'other'; expected exactly one}}
func.func @other(%x: tensor<1xf32>) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
// expected-error@+1 {{'func.func' beside the model; expected a module of one public func.func with a body}}
func.func private @declared(tensor<1xf32>)

// -----

// F1: a model that computes nothing.
// expected-error@+1 {{'main' has no results}}
func.func @main(%x: tensor<1xf32>) {
  return
}

// -----

// F1: control flow.
// expected-error@+1 {{body of 'main' has 2 blocks; expected one}}
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  // expected-error@+1 {{'cf.br' is not part of the float graph}}
  cf.br ^next
^next:
  return %x : tensor<1xf32>
}

// -----

// F2: every argument and result that is no f32 tensor of static shape.
// expected-error@+3 {{argument 0 of 'main' has type 'tensor<?xf32>'; expected an f32 tensor of static shape}}
// expected-error@+2 {{argument 1 of 'main' has type 'tensor<1xi8>'; expected an f32 tensor of static shape}}
// expected-error@+1 {{result 0 of 'main' has type 'tensor<?xf32>'; expected an f32 tensor of static shape}}
func.func @main(%x: tensor<?xf32>, %i: tensor<1xi8>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

// F3: two offenders, both reported.
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  // expected-error@+1 {{'math.exp' is not part of the float graph; expected an operation of tosa (without control flow), named linalg, tensor, arith.constant, qnn.observe, qnn.float_layer_norm or a cast of qnn}}
  %0 = math.exp %x : tensor<1xf32>
  // expected-error@+1 {{'arith.addf' is not part of the float graph}}
  %1 = arith.addf %0, %0 : tensor<1xf32>
  return %1 : tensor<1xf32>
}

// -----

// F3: an operation of tosa that no table says anything about.
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  // expected-error@+1 {{'tosa.custom' is not part of the float graph}}
  %0 = tosa.custom %x {operator_name = "mine", domain_name = "test", implementation_attrs = ""} : (tensor<1xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// -----

// F4: a value of another type, between operations that are allowed.
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{result of 'tosa.cast' has type 'tensor<1x2xi32>'; expected an f32 tensor of static shape}}
  %0 = tosa.cast %x : (tensor<1x2xf32>) -> tensor<1x2xi32>
  %1 = tosa.cast %0 : (tensor<1x2xi32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
