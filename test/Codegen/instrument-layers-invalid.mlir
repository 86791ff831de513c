// RUN: quant-opt %s --quantc-instrument-layers --split-input-file --verify-diagnostics

// expected-error @below {{expected the attribute 'qnn.interface'}}
module {
  func.func @main(%x: memref<16xi8>) { return }
}

// -----

module attributes {qnn.interface = {arena_size = 0 : i64, context, entry = "main", inputs = [], outputs = []}} {
  // expected-error @below {{has a context already: a model with observers cannot be profiled}}
  func.func @main(%context: !llvm.ptr {qnn.context}) { return }
}

// -----

module attributes {qnn.interface = {arena_size = 0 : i64, entry = "main", inputs = [], outputs = []}} {
  // expected-error @below {{expected a func.func of one block}}
  func.func @main() {
    cf.br ^next
  ^next:
    return
  }
}
