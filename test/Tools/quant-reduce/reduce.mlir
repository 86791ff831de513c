// What keeps "has a lookup" true stays: of three functions the one with the
// lookup, and of that what a pass of the project makes smaller. (Upstream's
// reducer crashes on a block of three or more operations, with the stock
// mlir-reduce too, so that the function is left to the passes.)
//
// RUN: quant-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has-lookup.sh' | FileCheck %s --check-prefixes=CHECK,TREE
// RUN: quant-reduce %s -opt-reduction-pass='opt-pass=canonicalize test=%S/Inputs/has-lookup.sh' | FileCheck %s --check-prefixes=CHECK,PASS

!q = !quant.uniform<i8:f32, 0.5>

// TREE-NOT: @first
func.func @first(%x: tensor<4x!q>) -> tensor<4x!q> {
  return %x : tensor<4x!q>
}
// CHECK-LABEL: func @main
// CHECK-NEXT: qnn.lookup
// CHECK-NEXT: return
func.func @main(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = qnn.lookup %x, dense<1> : tensor<256xi8> : tensor<4x!q> -> tensor<4x!q>
  return %0 : tensor<4x!q>
}
// TREE-NOT: @last
// PASS-LABEL: func @last
// PASS-NEXT: return
func.func @last(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = qnn.add %x, %x : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  return %x : tensor<4x!q>
}
