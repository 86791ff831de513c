# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one quantized depthwise convolution in qnn form.

depthwise.py HEIGHTxWIDTHxCHANNELS [--kernel=KHxKW] [--stride=S] [--dilation=D] [--pad=TOP,BOTTOM,LEFT,RIGHT]
    [--clamp=MIN,MAX] [--zero-point=Z] [--signed]: an image of unsigned bytes, or with --signed the same image of
    signed ones; every channel has a scale and weights of its own.
"""

import argparse
import random


def parse_sizes(text):
    return list(map(int, text.split("x")))


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("image", type=parse_sizes)
parser.add_argument("--kernel", type=parse_sizes, default=[3, 3])
parser.add_argument("--stride", type=int, default=1)
parser.add_argument("--dilation", type=int, default=1)
parser.add_argument("--pad", default="1,1,1,1")
parser.add_argument("--clamp")
parser.add_argument("--zero-point", type=int, default=125)
parser.add_argument("--signed", action="store_true")
options = parser.parse_args()

storage, shift = ("i8", 128) if options.signed else ("u8", 0)
random.seed(1)
height, width, channels = options.image
rows, columns = options.kernel
top, bottom, left, right = map(int, options.pad.split(","))


def count_outputs(size, taps):
    return (size - (taps - 1) * options.dilation - 1) // options.stride + 1


result_shape = f"{count_outputs(height + top + bottom, rows)}x{count_outputs(width + left + right, columns)}"
scales = ["%.8f" % (random.randint(50, 250) / 256) for _ in range(channels)]
bias_scales = ["%.10f" % (float(scale) / 2) for scale in scales]
weights = "".join("%02X" % (random.randint(-127, 127) & 255) for _ in range(rows * columns * channels))
biases = "".join("%08X" % random.choice([0, 0x07000000, 0xC9FBFFFF, 0x10270000]) for _ in range(channels))
image = f"tensor<1x{height}x{width}x{channels}x!quant.uniform<{storage}:f32, 0.5:{options.zero_point - shift}>>"
weight = f"tensor<{rows}x{columns}x{channels}x!quant.uniform<i8<-127:127>:f32:2, {{{', '.join(scales)}}}>>"
bias = f"tensor<{channels}x!quant.uniform<i32:f32:0, {{{', '.join(bias_scales)}}}>>"
result = f"tensor<1x{result_shape}x{channels}x!quant.uniform<{storage}:f32, 64.0:{7 - shift}>>"
clamp = f", clamp = array<i32: {options.clamp.replace(',', ', ')}>" if options.clamp else ""
attributes = f"""pad = array<i64: {top}, {bottom}, {left}, {right}>,
    stride = array<i64: {options.stride}, {options.stride}>,
    dilation = array<i64: {options.dilation}, {options.dilation}>{clamp}"""
print(f"""func.func @main(%x: {image}) -> {result} {{
  %w = qnn.constant dense<"0x{weights}"> : tensor<{rows}x{columns}x{channels}xi8> as {weight}
  %b = qnn.constant dense<"0x{biases}"> : tensor<{channels}xi32> as {bias}
  %r = qnn.depthwise_conv_2d %x, %w, %b {{{attributes}}}
    : ({image}, {weight}, {bias}) -> {result}
  return %r : {result}
}}""")
