# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one quantized convolution in qnn form.

convolution.py SIZE IN_CHANNELS OUT_CHANNELS KERNEL [SCALE]: square image and kernel, padded to the same size, with
weights that no two channels share: of equal ones the compiler would keep a single register. SCALE is that of the
result.
"""

import random
import sys

size, inputs, outputs, kernel = map(int, sys.argv[1:5])
scale = float(sys.argv[5]) if len(sys.argv) > 5 else 50.0
random.seed(1)
shape = f"{outputs}x{kernel}x{kernel}x{inputs}"
stored = "".join("%02X" % (random.randint(-127, 127) & 255) for _ in range(outputs * kernel * kernel * inputs))
image = f"tensor<1x{size}x{size}x{inputs}x!quant.uniform<i8:f32, 0.5:-3>>"
weight = f"tensor<{shape}x!quant.uniform<i8<-127:127>:f32, 0.25>>"
bias = f"tensor<{outputs}x!quant.uniform<i32:f32, 0.125>>"
result = f"tensor<1x{size}x{size}x{outputs}x!quant.uniform<i8:f32, {scale}:1>>"
pad = ", ".join([str(kernel // 2)] * 4)
print(f"""func.func @main(%x: {image}) -> {result} {{
  %w = qnn.constant dense<"0x{stored}"> : tensor<{shape}xi8> as {weight}
  %b = qnn.constant dense<7> : tensor<{outputs}xi32> as {bias}
  %r = qnn.conv_2d %x, %w, %b {{pad = array<i64: {pad}>}} : ({image}, {weight}, {bias}) -> {result}
  return %r : {result}
}}""")
