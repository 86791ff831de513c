#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the ONNX model of a test: make_model.py TEXT MODEL.onnx

TEXT is a graph in the syntax of onnx.parser, after optional lines

    opset VERSION                  (13 where there is none)
    init NAME TYPE SHAPE VALUES    (2x3, or scalar; comma separated numbers,
                                    one number for all, or ramp: 0, 1, 2, ...)

Lines that begin with # are comments.
"""

import sys

import numpy
import onnx
import onnx.parser
from onnx import numpy_helper


def make_initializer(name, dtype, shape, values):
    shape = [] if shape == "scalar" else [int(d) for d in shape.split("x")]
    count = int(numpy.prod(shape))
    if values == "ramp":
        numbers = numpy.arange(count)
    else:
        numbers = numpy.array([float(v) for v in values.split(",")])
    if numbers.size == 1:
        numbers = numpy.full(count, numbers[0])
    array = numbers.astype({"float": "float32"}.get(dtype, dtype))
    return numpy_helper.from_array(array.reshape(shape), name)


def main(text_path, model_path):
    opset = 13
    initializers = []
    graph = []
    with open(text_path) as text:
        for line in text:
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "opset":
                opset = int(words[1])
            elif words[0] == "init":
                initializers.append(make_initializer(*words[1:]))
            else:
                graph.append(line)
    header = '<ir_version: 8, opset_import: ["" : %d]>\n' % opset
    model = onnx.parser.parse_model(header + "".join(graph))
    model.graph.initializer.extend(initializers)
    with open(model_path, "wb") as out:
        out.write(model.SerializeToString())


if __name__ == "__main__":
    main(*sys.argv[1:])
