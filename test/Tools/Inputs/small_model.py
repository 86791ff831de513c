# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a network that compiles fast, for tests of what the tools do with any model.

    small_model.py FOLDER [SIZE]    model.onnx, samples.npz

A convolution, a depthwise one and a classifier, of images of SIZE by SIZE bytes
(8 where none is given). Its input is named "input", its output "logits".
"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.RandomState(5)
constants = []


def constant(name, *shape):
    values = random.standard_normal(shape) / numpy.sqrt(numpy.prod(shape[1:]))
    constants.append(numpy_helper.from_array(values.astype(numpy.float32), name))
    return name


def conv(name, x, inputs, outputs, group=1, stride=1):
    weight = constant(name + ".weight", outputs, inputs // group, 3, 3)
    return helper.make_node("Conv", [x, weight, constant(name + ".bias", outputs)], [name], name, kernel_shape=[3, 3],
                            pads=[1] * 4, group=group, strides=[stride, stride])


def main(folder, size=8):
    size = int(size)
    nodes = [
        conv("conv", "input", 1, 8),
        helper.make_node("Relu", ["conv"], ["relu"], "relu"),
        conv("depthwise", "relu", 8, 8, group=8, stride=2),
        helper.make_node("Relu", ["depthwise"], ["relu2"], "relu2"),
        helper.make_node("Flatten", ["relu2"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", constant("fc.weight", 10, 2 * size * size), constant("fc.bias", 10)],
                         ["logits"], "fc", transB=1),
    ]
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 1, size, size])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])
    graph = helper.make_graph(nodes, "small", [image], [logits], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    folder = pathlib.Path(folder)
    onnx.save(model, folder / "model.onnx")
    samples = random.randint(0, 256, (200, 1, size, size)).astype(numpy.uint8)
    numpy.savez(folder / "samples.npz", input=samples)


if __name__ == "__main__":
    main(*sys.argv[1:])
