#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a small quantized network and samples for it: make_qdq_model.py FOLDER

FOLDER receives exact.onnx, whose scales are powers of two, free.onnx, whose
scales are not, and samples.npz. Both have a convolution with a scale for each
channel, a depthwise one with a residual sum, a pool, a mean and a fully connected layer, in QDQ form
as exporters write it: no casts between a convolution and its activation, nor
behind the pool.
"""

import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self, is_exact):
        self.is_exact = is_exact
        self.random = numpy.random.RandomState(7)
        self.nodes = []
        self.constants = []

    def scale(self, value):
        """`value`, or the power of two next to it."""
        exact = 2.0 ** numpy.round(numpy.log2(value))
        return numpy.float32(exact if self.is_exact else value)

    def constant(self, array, name):
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def casts(self, value, scale, zero_point):
        scale = self.constant(self.scale(scale), value + "_scale")
        zero = self.constant(numpy.int8(zero_point), value + "_zero")
        stored = self.node("QuantizeLinear", [value, scale, zero], value + "_q")
        return self.node("DequantizeLinear", [stored, scale, zero], value + "_d")

    def weight(self, name, shape, scale, input_scale):
        """Weights per channel and a bias at the scale of the accumulator."""
        count = shape[0]
        scales = numpy.array([self.scale(scale * (1 + c % 3)) for c in range(count)])
        stored = self.random.randint(-127, 128, shape).astype("int8")
        bias = self.random.randint(-2000, 2000, count).astype("int32")
        bias_scales = scales * self.scale(input_scale)
        return [
            self.dequantized(name + "_w", stored, scales),
            self.dequantized(name + "_b", bias, bias_scales),
        ]

    def dequantized(self, name, stored, scales):
        inputs = [self.constant(stored, name), self.constant(scales, name + "_scale")]
        return self.node("DequantizeLinear", inputs, name + "_d", axis=0)


def make_model(is_exact):
    g = Graph(is_exact)
    x = g.casts("x", 0.03, 3)
    weight = g.weight("conv", (8, 3, 3, 3), 0.004, 0.03)
    g.node("Conv", [x] + weight, "conv", pads=[1, 1, 1, 1], strides=[2, 2])
    g.node("Relu", ["conv"], "relu")
    x = g.casts("relu", 0.016, -128)
    weight = g.weight("depthwise", (8, 1, 3, 3), 0.008, 0.016)
    g.node("Conv", [x] + weight, "depthwise", group=8, pads=[1, 1, 1, 1])
    y = g.casts("depthwise", 0.06, 5)
    g.node("Add", [y, x], "sum")
    g.node("Relu", ["sum"], "residual")
    x = g.casts("residual", 0.03, -128)
    x = g.node("MaxPool", [x], "pool", kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("GlobalAveragePool", [x], "mean")
    x = g.casts(x, 0.03, -20)
    x = g.node("Flatten", [x], "flat")
    weight = g.weight("dense", (5, 8), 0.008, 0.03)
    g.node("Gemm", [x] + weight, "dense", transB=1)
    scale = g.constant(g.scale(0.06), "y_scale")
    zero = g.constant(numpy.int8(4), "y_zero")
    g.node("QuantizeLinear", ["dense", scale, zero], "y")
    graph = helper.make_graph(
        g.nodes,
        "quantized",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.INT8, [1, 5])],
        g.constants,
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def main(folder):
    for name, is_exact in (("exact", True), ("free", False)):
        onnx.save(make_model(is_exact), "%s/%s.onnx" % (folder, name))
    samples = numpy.random.RandomState(3).normal(0, 1.5, (64, 3, 16, 16))
    numpy.savez(folder + "/samples.npz", x=samples.astype("float32"))


if __name__ == "__main__":
    main(*sys.argv[1:])
