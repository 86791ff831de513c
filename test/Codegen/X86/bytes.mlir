// Operations on bytes that stay bytes in assembly, row by row of the ISA table:
// no element is widened, none is computed alone, none waits on the stack.

// REQUIRES: x86-registered

// RUN: quantc %s --target=x86_64-linux-gnu --io=int8 --cpu=znver4 --emit=asm -o %t.s
// RUN: FileCheck %s --check-prefixes=CHECK,VBMI < %t.s
// RUN: quantc %s --target=x86_64-linux-gnu --io=int8 --cpu=cascadelake --emit=asm -o %t.s
// RUN: FileCheck %s --check-prefixes=CHECK,AVX512 < %t.s
// RUN: quantc %s --target=x86_64-linux-gnu --io=int8 --cpu=x86-64-v3 --emit=asm -o %t.s
// RUN: FileCheck %s --check-prefixes=CHECK,AVX2 < %t.s
// RUN: quantc %s --target=x86_64-linux-gnu --io=int8 --cpu=x86-64-v2 --emit=asm -o %t.s
// RUN: FileCheck %s --check-prefixes=CHECK,SSE41 < %t.s

!x = !quant.uniform<u8:f32, 0.5:3>

// CHECK-NOT: (%rsp)

// A lookup: both halves of the table, or 16 parts of it.
// VBMI: vpermi2b {{.*}}%zmm
// VBMI: vpermi2b {{.*}}%zmm
// VBMI: jne
// AVX512-COUNT-16: vpshufb {{.*}}%zmm
// AVX512: jne
// AVX2-COUNT-16: vpshufb {{.*}}%ymm
// AVX2: jne
// SSE41-COUNT-16: {{[[:space:]]}}pshufb {{.*}}%xmm
// SSE41: jne

// A 3x3 max pool: 8 maxima for 9 reads and the start value, on full registers.
// VBMI-COUNT-8: vpmaxub {{.*}}%zmm
// AVX512-COUNT-8: vpmaxub {{.*}}%zmm
// AVX2-COUNT-8: vpmaxub {{.*}}%ymm
// SSE41-COUNT-8: pmaxub {{.*}}%xmm

// CHECK-NOT: {{pmovzx|pextr|pinsr|movzb}}
// CHECK-NOT: (%rsp)
// CHECK: ret
func.func @main(%x: tensor<1x17x17x64x!x>) -> tensor<1x8x8x64x!x> {
  %0 = qnn.lookup %x, dense<"0x030A11181F262D343B424950575E656C737A81888F969DA4ABB2B9C0C7CED5DCE3EAF1F8FF060D141B222930373E454C535A61686F767D848B9299A0A7AEB5BCC3CAD1D8DFE6EDF4FB020910171E252C333A41484F565D646B727980878E959CA3AAB1B8BFC6CDD4DBE2E9F0F7FE050C131A21282F363D444B525960676E757C838A91989FA6ADB4BBC2C9D0D7DEE5ECF3FA01080F161D242B323940474E555C636A71787F868D949BA2A9B0B7BEC5CCD3DAE1E8EFF6FD040B121920272E353C434A51585F666D747B828990979EA5ACB3BAC1C8CFD6DDE4EBF2F900070E151C232A31383F464D545B626970777E858C939AA1A8AFB6BDC4CBD2D9E0E7EEF5FC"> : tensor<256xi8> : tensor<1x17x17x64x!x> -> tensor<1x17x17x64x!x>
  %1 = qnn.max_pool_2d %0 {kernel = array<i64: 3, 3>, stride = array<i64: 2, 2>} : tensor<1x17x17x64x!x> -> tensor<1x8x8x64x!x>
  return %1 : tensor<1x8x8x64x!x>
}
