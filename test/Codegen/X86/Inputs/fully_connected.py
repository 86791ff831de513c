# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one quantized fully connected layer in qnn form.

fully_connected.py ROWS INPUTS OUTPUTS, with weights that no two channels share.
"""

import random
import sys

rows, inputs, outputs = map(int, sys.argv[1:4])
random.seed(1)
stored = "".join("%02X" % (random.randint(-127, 127) & 255) for _ in range(outputs * inputs))
image = f"tensor<{rows}x{inputs}x!quant.uniform<i8:f32, 0.5:-3>>"
weight = f"tensor<{outputs}x{inputs}x!quant.uniform<i8<-127:127>:f32, 0.25>>"
bias = f"tensor<{outputs}x!quant.uniform<i32:f32, 0.125>>"
result = f"tensor<{rows}x{outputs}x!quant.uniform<i8:f32, 50.0:1>>"
print(f"""func.func @main(%x: {image}) -> {result} {{
  %w = qnn.constant dense<"0x{stored}"> : tensor<{outputs}x{inputs}xi8> as {weight}
  %b = qnn.constant dense<7> : tensor<{outputs}xi32> as {bias}
  %r = qnn.fully_connected %x, %w, %b : ({image}, {weight}, {bias}) -> {result}
  return %r : {result}
}}""")
