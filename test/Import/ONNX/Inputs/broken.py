#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes one broken model a case of broken.test: broken.py FOLDER"""

import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = sys.argv[1]
IMAGE = [1, 2, 4, 4]


def tensor(name, shape=IMAGE, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def init(name, shape, value=0.0):
    return numpy_helper.from_array(numpy.full(shape, value, "float32"), name)


def build(nodes, inputs=None, outputs=None, inits=(), opset=13):
    graph = helper.make_graph(
        nodes,
        "g",
        [tensor("x")] if inputs is None else inputs,
        [helper.make_empty_tensor_value_info("y")] if outputs is None else outputs,
        list(inits),
    )
    opsets = [helper.make_opsetid("", opset)] if opset else []
    model = helper.make_model(graph, opset_imports=opsets)
    model.ir_version = 8
    if not opset:
        del model.opset_import[:]
    return model


def node(op, inputs, name="n1", output="y", **attributes):
    return helper.make_node(op, inputs, [output], name=name, **attributes)


def write(case, data):
    if not isinstance(data, bytes):
        data = data.SerializeToString()
    with open(os.path.join(FOLDER, case + ".onnx"), "wb") as out:
        out.write(data)


def external(location):
    weight = init("w", [4])
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    return build([node("Add", ["x", "w"])], inits=[weight])


RELU = node("Relu", ["x"])

# The file itself.
os.mkdir(os.path.join(FOLDER, "DIRECTORY.onnx"))
write("EMPTY", b"")
write("TEXT", b"this is no model\n")
whole = build([node("Add", ["x", "w"])], inits=[init("w", [4])]).SerializeToString()
write("TRUNCATED", whole[: len(whole) // 2])
write("NOGRAPH", onnx.ModelProto(ir_version=8))
write("NOOPSET", build([RELU], opset=0))
write("OLD", build([RELU], opset=6))

# The graph.
write("CYCLE", build([node("Relu", ["b"], "n1", "a"), node("Relu", ["a"], "n2", "b"),
                      node("Relu", ["b"], "n3", "y")]))
write("UNDEFINED", build([node("Add", ["x", "w"])]))
write("TWICE", build([RELU, node("Relu", ["x"], "n2")]))
write("NOOUTPUT", build([RELU], outputs=[tensor("z")]))
# Python refuses to make such a name: put it in afterwards.
write("BADNAME", build([node("Relu", ["x"], "AAAA")]).SerializeToString()
      .replace(b"AAAA", b"A\xff\xfeA"))

# Inputs and initializers.
write("SYMBOLIC", build([RELU], [tensor("x", ["N", 3, "W"])]))
write("ZERODIM", build([RELU], [tensor("x", [1, 0, 4])]))
write("NEGATIVEDIM", build([RELU], [tensor("x", [1, -4, 4])]))
write("HUGE", build([RELU], [tensor("x", [1, 2**31 - 1, 2**31 - 1])]))
write("NOSHAPE", build([RELU], [tensor("x", None)]))
write("INTINPUT", build([RELU], [tensor("x", [4], TensorProto.INT64)]))
short = init("w", [2])
short.dims[0] = 4
write("SHORTDATA", build([node("Add", ["x", "w"])], inits=[short]))
huge = init("w", [1])
huge.dims[:] = [2**20] * 3
write("HUGEDATA", build([node("Add", ["x", "w"])], inits=[huge]))
with open(os.path.join(FOLDER, "..", "secret"), "wb") as out:
    out.write(b"0123456789abcdef")
with open(os.path.join(FOLDER, "short.bin"), "wb") as out:
    out.write(b"0123")
write("ESCAPE", external("../secret"))
write("ABSOLUTE", external("/etc/passwd"))
write("SHORTFILE", external("short.bin"))

# Nodes.
write("RANK", build([node("Conv", ["x", "w"])], inits=[init("w", [2, 2])]))
write("CHANNELS", build([node("Conv", ["x", "w"])], inits=[init("w", [2, 3, 1, 1])]))
write("GROUP", build([node("Conv", ["x", "w"], group=0)], inits=[init("w", [2, 2, 1, 1])]))
write("KERNEL", build([node("MaxPool", ["x"], kernel_shape=[9, 9])]))
write("NOKERNEL", build([node("MaxPool", ["x"])]))
write("ATTRTYPE", build([node("LeakyRelu", ["x"], alpha=[1, 2])]))
write("SHAPES", build([node("Add", ["x", "w"])], inits=[init("w", [3])]))
write("RESHAPE", build([node("Reshape", ["x", "s"])], inits=[
    numpy_helper.from_array(numpy.array([5, -1]), "s")]))
write("OUTSHAPE", build([RELU], outputs=[tensor("y", ["n", 3, 4, 4])]))
write("ARITY", build([node("Relu", ["x", "x"])]))
write("PADHUGE", build([node("Conv", ["x", "w"], pads=[2**62] * 4)],
                       inits=[init("w", [2, 2, 1, 1])]))
