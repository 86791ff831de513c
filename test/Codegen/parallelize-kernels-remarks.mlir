// RUN: quant-opt %s --quantc-parallelize-kernels=threads=4 --remarks-filter='qnn.*' 2>&1 | FileCheck %s

// CHECK: OneThread
// CHECK-SAME: its kernels are too small to be shared by {{.*}}4{{.*}} threads; the model runs on one
func.func @model(%x: memref<64xi8>, %y: memref<64xi8>, %arena: memref<0xi8>) {
  memref.copy %x, %y : memref<64xi8> to memref<64xi8>
  return
}
