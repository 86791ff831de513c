# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes model.onnx, a network whose channels and images are odd, and samples.npz for it.

    odd_model.py FOLDER
"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.RandomState(3)
nodes, constants = [], []


def constant(*shape):
    values = random.standard_normal(shape) / numpy.sqrt(max(1, numpy.prod(shape[1:])))
    name = f"c{len(constants)}"
    constants.append(numpy_helper.from_array(values.astype(numpy.float32), name))
    return name


def node(kind, *inputs, **attributes):
    name = f"{kind}_{len(nodes)}"
    nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
    return name


def conv(x, inputs, outputs, kernel, group=1, stride=1):
    weight = constant(outputs, inputs // group, kernel, kernel)
    return node("Conv", x, weight, constant(outputs), kernel_shape=[kernel, kernel], pads=[kernel // 2] * 4,
                strides=[stride, stride], group=group)


def main():
    x = node("Relu", conv("input", 3, 13, 3))
    x = node("Relu", conv(x, 13, 13, 5, group=13))
    x = node("Sigmoid", conv(x, 13, 37, 1, stride=2))
    x = node("Add", x, node("Tanh", conv(x, 37, 37, 3, group=37)))
    x = node("AveragePool", conv(x, 37, 19, 3), kernel_shape=[3, 3], strides=[2, 2])
    x = node("Mul", x, node("Sigmoid", node("GlobalAveragePool", x)))
    x = node("Gemm", node("Flatten", x), constant(171, 11), constant(11))
    x = node("Softmax", x, axis=1)
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 15, 15])
    result = helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 11])
    graph = helper.make_graph(nodes, "odd", [image], [result], constants)
    folder = pathlib.Path(sys.argv[1])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), folder / "model.onnx")
    numpy.savez(folder / "samples.npz", input=random.standard_normal((10, 3, 15, 15)).astype(numpy.float32))


if __name__ == "__main__":
    main()
