// RUN: quant-opt %s --quantc-parallelize-kernels=threads=0 --split-input-file --verify-diagnostics

// expected-error@below {{threads: expected a number above zero}}
module {
  func.func @model() { return }
}

// -----

// expected-error@below {{threads: expected a number above zero}}
module {}
