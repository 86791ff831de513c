#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one layer of a transformer as an exporter would, and samples for it.

  transformer.py FOLDER    model.onnx, samples.npz

Sequence, width, heads and hidden size are odd or small, so that every tile has a
remainder. Attention divides by the root of the depth behind the product, the
activation is GELU spelled with Erf, and the two normalizations are one operator
each.
"""
import math
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROWS, WIDTH, HEADS, HIDDEN = 9, 30, 3, 37
DEPTH = WIDTH // HEADS


class Builder:
    def __init__(self):
        self.random = np.random.RandomState(7)
        self.nodes, self.constants = [], []

    def constant(self, values, dtype=np.float32):
        name = "c%d" % len(self.constants)
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def node(self, op, *inputs, **attributes):
        name = "%s_%d" % (op, len(self.nodes))
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x, rows, columns):
        weight = self.random.standard_normal((rows, columns)) / math.sqrt(rows)
        product = self.node("MatMul", x, self.constant(weight))
        return self.node("Add", product, self.constant(self.random.standard_normal(columns) * 0.1))

    def heads(self, x, order):
        shape = self.constant([1, ROWS, HEADS, DEPTH], np.int64)
        return self.node("Transpose", self.node("Reshape", x, shape), perm=order)

    def normalize(self, x):
        scale = self.constant(self.random.uniform(0.5, 1.5, WIDTH))
        bias = self.constant(self.random.standard_normal(WIDTH) * 0.2)
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-5)

    def attention(self, x):
        query = self.heads(self.linear(x, WIDTH, WIDTH), [0, 2, 1, 3])
        key = self.heads(self.linear(x, WIDTH, WIDTH), [0, 2, 3, 1])
        value = self.heads(self.linear(x, WIDTH, WIDTH), [0, 2, 1, 3])
        scores = self.node("Div", self.node("MatMul", query, key), self.constant(math.sqrt(DEPTH)))
        shares = self.node("Softmax", scores, axis=-1)
        context = self.node("Transpose", self.node("MatMul", shares, value), perm=[0, 2, 1, 3])
        context = self.node("Reshape", context, self.constant([1, ROWS, WIDTH], np.int64))
        return self.linear(context, WIDTH, WIDTH)

    def gelu(self, x):
        share = self.node("Erf", self.node("Div", x, self.constant(math.sqrt(2))))
        share = self.node("Add", share, self.constant(1))
        return self.node("Mul", self.node("Mul", x, share), self.constant(0.5))


def main(folder):
    builder = Builder()
    x = builder.normalize(builder.node("Add", builder.attention("x"), "x"))
    hidden = builder.gelu(builder.linear(x, WIDTH, HIDDEN))
    builder.normalize(builder.node("Add", builder.linear(hidden, HIDDEN, WIDTH), x))
    builder.nodes[-1].output[0] = "y"
    shape = [1, ROWS, WIDTH]
    graph = helper.make_graph(
        builder.nodes, "transformer", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)], builder.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, folder + "/model.onnx")
    samples = builder.random.standard_normal((24, *shape)).astype(np.float32)
    np.savez(folder + "/samples.npz", x=samples)


if __name__ == "__main__":
    main(sys.argv[1])
