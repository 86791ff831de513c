#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles four models whose weights are hard to quantize, with and without what mends them, and asserts what is computed.

  check_hard_weights.py FOLDER

Channels: a convolution makes channels whose ranges run from 1 to 1/1000, and another reads them with the inverse: in
float all of them count alike. One scale for all weights rounds most of them to zero. A scale for each output channel
mends the first convolution, not the second, nor the value between the two. Equalized channels mend all three.

Outliers: two channels of a layer norm are a hundred times as great as the others, as transformers have them, and a
matrix product reads them with small weights. Their common scale rounds the others away.

Offsets: half of the channels of a convolution lie around 50, the others in [0, 2]. Their common range has few steps
for what varies. Absorbed in the next biases, they have all of them.

Biases: weights so small that the bias, as a multiple of input scale times weight scale, does not fit 32 bits. What a
saturated or a wrapped bias would compute is worked out here, for there is no switch that leaves the repair out.
"""
import math
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from process import run

SIZE, ROWS, CHANNELS, SAMPLES = 8, 12, 16, 32


def sqnr(values, reference):
    noise = ((values - reference) ** 2).sum()
    return 10 * math.log10((reference ** 2).sum() / noise) if noise else math.inf


def write_model(path, layers):
    """Convolutions 1x1 one behind the other, rectified in between; `layers` holds weights [OC, IC] and biases."""
    nodes, constants, last = [], [], "input"
    for index, (weight, bias) in enumerate(layers):
        for name, values in (("w", weight[:, :, None, None]), ("b", bias)):
            constants.append(numpy_helper.from_array(values.astype(np.float32), "%s%d" % (name, index)))
        if index:
            nodes.append(helper.make_node("Relu", [last], ["relu%d" % index], name="relu%d" % index))
            last = "relu%d" % index
        name = "conv%d" % index
        nodes.append(helper.make_node("Conv", [last, "w%d" % index, "b%d" % index], [name], name=name))
        last = name
    shape = [1, layers[0][0].shape[1], SIZE, SIZE]
    graph = helper.make_graph(nodes, "hard", [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, layers[-1][0].shape[0], SIZE, SIZE])],
                              constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.save(model, path)


def compute(layers, images):
    """The float model, in double."""
    for index, (weight, bias) in enumerate(layers):
        images = np.maximum(images, 0) if index else images.astype(np.float64)
        images = np.einsum("oi,nihw->nohw", weight.astype(np.float64), images) + bias[:, None, None]
    return images


def write_transformer(path, gamma, beta, weight):
    """A layer norm and a matrix product over `ROWS` rows."""
    constants = [numpy_helper.from_array(values.astype(np.float32), name)
                 for name, values in (("gamma", gamma), ("beta", beta), ("weight", weight))]
    nodes = [helper.make_node("LayerNormalization", ["input", "gamma", "beta"], ["normal"], name="normal", axis=-1),
             helper.make_node("MatMul", ["normal", "weight"], ["output"], name="output")]
    types = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, ROWS, size])
             for name, size in (("input", weight.shape[0]), ("output", weight.shape[1]))]
    graph = helper.make_graph(nodes, "outliers", types[:1], types[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)


class Case:
    def __init__(self, folder, name, inputs, expected):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        self.expected = expected
        np.savez(self.path("data.npz"), input=inputs)

    def path(self, name):
        return os.path.join(self.folder, name)

    def quantize(self, *flags):
        """What the int8 model computes, and the remarks."""
        remarks = run("quantc", self.path("model.onnx"), "--calibration-data=" + self.path("data.npz"), "--fail-on-float",
                      *flags, "-o", self.path("model.so")).stderr
        run("quant-run", self.path("model.so"), "--input=" + self.path("data.npz"), "--output=" + self.path("out.npz"))
        archive = np.load(self.path("out.npz"))
        return archive[archive.files[0]].reshape(self.expected.shape), remarks


def make_convolutions(folder, name, layers, seed):
    random = np.random.RandomState(seed)
    images = random.uniform(-1, 1, (SAMPLES, layers[0][0].shape[1], SIZE, SIZE)).astype(np.float32)
    case = Case(folder, name, images, compute(layers, images))
    write_model(case.path("model.onnx"), layers)
    return case


def check_channels(folder):
    random = np.random.RandomState(1)
    ranges = np.logspace(0, -3, CHANNELS)
    first = random.standard_normal((CHANNELS, CHANNELS)) * ranges[:, None]
    second = random.standard_normal((CHANNELS, CHANNELS)) / ranges
    case = make_convolutions(folder, "channels", [(first, random.standard_normal(CHANNELS) * ranges),
                                                  (second, random.standard_normal(CHANNELS))], 2)
    recipe = case.path("tensor.yaml")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write("rules:\n  - {role: weight, granularity: tensor}\n")
    ways = {
        "one scale a tensor": (["--accuracy=none", "--quantization-recipe=" + recipe], -math.inf, 10),
        "one scale a channel": (["--accuracy=none"], -math.inf, 15),
        "one scale a tensor, equalized": (["--accuracy-steps=equalize", "--quantization-recipe=" + recipe], 25, math.inf),
        "one scale a channel, equalized": (["--accuracy-steps=equalize"], 30, math.inf),
        "the default": ([], 30, math.inf),
    }
    for name, (flags, least, most) in ways.items():
        values, _ = case.quantize(*flags)
        yield "channels 1:1000, %s" % name, sqnr(values, case.expected), least, most


def check_outliers(folder):
    random = np.random.RandomState(5)
    gamma = random.uniform(0.5, 1.5, CHANNELS)
    gamma[[3, 8]] *= 100
    beta = random.standard_normal(CHANNELS) * 0.1
    weight = random.standard_normal((CHANNELS, CHANNELS))
    weight[[3, 8]] *= 0.01
    inputs = random.standard_normal((SAMPLES, 1, ROWS, CHANNELS)).astype(np.float32)[:, 0]
    rows = inputs.astype(np.float64)
    rows = (rows - rows.mean(-1, keepdims=True)) / np.sqrt(rows.var(-1, keepdims=True) + 1e-5)
    case = Case(folder, "outliers", inputs, (rows * gamma + beta) @ weight)
    write_transformer(case.path("model.onnx"), gamma, beta, weight)
    ways = {
        "as they are": (["--accuracy=none"], -math.inf, 15),
        "equalized": (["--accuracy-steps=equalize"], 30, math.inf),
    }
    for name, (flags, least, most) in ways.items():
        values, _ = case.quantize(*flags)
        yield "outliers 100:1, %s" % name, sqnr(values, case.expected), least, most


def check_offsets(folder):
    random = np.random.RandomState(7)
    offsets = np.where(np.arange(CHANNELS) % 2, 50.0, 1.0)
    first = random.uniform(-1, 1, (CHANNELS, CHANNELS)) / CHANNELS
    second = random.standard_normal((CHANNELS, CHANNELS))
    case = make_convolutions(folder, "offsets", [(first, offsets), (second, -second @ offsets)], 8)
    ways = {
        "as they are": (["--accuracy=none"], -math.inf, 15),
        "the default": ([], -math.inf, 20),
        "absorbed": (["--accuracy-steps=absorb,equalize,correct"], 30, math.inf),
    }
    for name, (flags, least, most) in ways.items():
        values, _ = case.quantize(*flags)
        yield "offsets 50:1, %s" % name, sqnr(values, case.expected), least, most


def check_biases(folder):
    random = np.random.RandomState(3)
    weight = random.uniform(-1, 1, (4, CHANNELS))
    # 1e-10 / 127 * 2 / 255 * 2^31 is 1.3e-5, the greatest bias that could be stored.
    weight[2] *= 1e-10
    bias = np.array([0.5, -0.25, 0.75, 0.0])
    case = make_convolutions(folder, "biases", [(weight, bias)], 4)
    values, remarks = case.quantize()
    if "channel 2: weight scale widened" not in remarks:
        print("finding: no remark about the bias of channel 2:\n" + remarks)
    channel, expected = values[:, 2], case.expected[:, 2]
    yield "bias beyond 32 bits, scale widened", sqnr(channel, expected), 30, math.inf
    # The inputs fill [-1, 1]; the scale of a weight without the repair is that of its largest number.
    unit = 2.0 / 255 * np.abs(weight[2]).max() / 127
    stored = round(bias[2] / unit)
    sums = expected - bias[2]
    saturated = min(stored, 2 ** 31 - 1)
    wrapped = (stored + 2 ** 31) % 2 ** 32 - 2 ** 31
    yield "bias beyond 32 bits, saturated", sqnr(sums + saturated * unit, expected), -math.inf, 1
    yield "bias beyond 32 bits, wrapped", sqnr(sums + wrapped * unit, expected), -math.inf, 1


def main():
    findings = 0
    for check in (check_channels, check_outliers, check_offsets, check_biases):
        for name, measured, least, most in check(sys.argv[1]):
            print("%s: %.1f dB" % (name, measured))
            if not least <= measured <= most:
                findings += 1
                print("finding: %s: expected %g to %g dB" % (name, least, most))
    print("%d findings" % findings)


main()
