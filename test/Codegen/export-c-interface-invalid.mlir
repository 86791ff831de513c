// RUN: quant-opt %s --quantc-export-c-interface --split-input-file --verify-diagnostics

// expected-error @below {{expected the attribute 'qnn.interface'}}
module {
  llvm.func @main() { llvm.return }
}

// -----

// expected-error @below {{expected the llvm.func 'main' with 2 arguments; run --quantc-plan-memory}}
module attributes {qnn.interface = {entry = "main", inputs = [{name = "x", shape = array<i64: 1>, type = "f32"}], outputs = [], arena_size = 0 : i64}} {
  llvm.func @main() { llvm.return }
}

// -----

module attributes {qnn.interface = {entry = "main", inputs = [], outputs = [], arena_size = 0 : i64}} {
  llvm.func @main(%arena: !llvm.ptr) {
    // expected-error @below {{has no lowering to native code}}
    %0 = arith.constant 0 : i32
    llvm.return
  }
}
