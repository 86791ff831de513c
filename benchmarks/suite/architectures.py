# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The networks of the comparison as float ONNX models, batch 1, with seeded random weights.

Speed does not depend on what a network has learnt, so nothing is downloaded. The architectures are the published ones:
ResNet-50 v1.5, MobileNet v1 and v2, SqueezeNet 1.1, the four networks of MLPerf Tiny and one layer of BERT-base.
"""
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Network:
    """An ONNX graph under construction. Knows the shape of every tensor and counts multiply-adds."""

    def __init__(self, name, shape, seed):
        self.name = name
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers = [], []
        self.shapes = {"input": tuple(shape)}
        self.macs = 0
        self.convolutions = []

    def constant(self, array):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def normal(self, *shape, deviation=1.0, mean=0.0):
        return self.constant((self.random.standard_normal(shape) * deviation + mean).astype(np.float32))

    def add_node(self, kind, inputs, shape, **attributes):
        result = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [result], name=f"{kind}_{len(self.nodes)}", **attributes))
        self.shapes[result] = tuple(int(extent) for extent in shape)
        return result

    # Layers ----------------------------------------------------------------------------------------------------------

    def conv(self, x, channels, kernel, stride=1, pads=0, groups=1, norm=True, activation=None, gain=1.0):
        """A convolution, its batch norm (or its bias), its activation. `pads` is a number, four, or "same"."""
        _, depth, *image = self.shapes[x]
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        if pads == "same":
            total = [max(0, (-(-size // stride) - 1) * stride + k - size) for size, k in zip(image, kernel)]
            pads = [t // 2 for t in total] + [t - t // 2 for t in total]
        elif isinstance(pads, int):
            pads = [pads] * 4
        out = [(size + pads[i] + pads[i + 2] - kernel[i]) // stride + 1 for i, size in enumerate(image)]
        taps = depth // groups * kernel[0] * kernel[1]
        self.macs += channels * out[0] * out[1] * taps
        self.convolutions.append(dict(
            node=f"Conv_{len(self.nodes)}", depth=depth, image=image, channels=channels, kernel=list(kernel),
            stride=stride, pads=list(pads), groups=groups))
        weight = self.normal(channels, depth // groups, *kernel, deviation=math.sqrt(2 / taps))
        inputs = [x, weight] if norm else [x, weight, self.normal(channels, deviation=0.1)]
        shape = (1, channels, *out)
        y = self.add_node("Conv", inputs, shape, kernel_shape=kernel, strides=[stride] * 2, pads=pads, group=groups)
        if norm:
            parameters = [self.constant((gain * self.random.uniform(0.8, 1.2, channels)).astype(np.float32)),
                          self.normal(channels, deviation=0.1), self.normal(channels, deviation=0.1),
                          self.constant(self.random.uniform(0.8, 1.2, channels).astype(np.float32))]
            y = self.add_node("BatchNormalization", [y] + parameters, shape)
        return self.activate(y, activation)

    def activate(self, x, activation):
        if activation == "relu":
            return self.add_node("Relu", [x], self.shapes[x])
        if activation == "relu6":
            limits = [self.constant(np.float32(0)), self.constant(np.float32(6))]
            return self.add_node("Clip", [x] + limits, self.shapes[x])
        return x

    def dense(self, x, channels, activation=None):
        depth = self.shapes[x][1]
        self.macs += channels * depth
        weight = self.normal(channels, depth, deviation=math.sqrt(1 / depth))
        y = self.add_node("Gemm", [x, weight, self.normal(channels, deviation=0.1)], (1, channels), transB=1)
        return self.activate(y, activation)

    def max_pool(self, x, kernel, stride, pads=0, ceil=False):
        _, channels, *image = self.shapes[x]
        divide = math.ceil if ceil else math.floor
        out = [divide((size + 2 * pads - kernel) / stride) + 1 for size in image]
        return self.add_node("MaxPool", [x], (1, channels, *out), kernel_shape=[kernel] * 2, strides=[stride] * 2,
                             pads=[pads] * 4, ceil_mode=int(ceil))

    def global_pool(self, x):
        """The mean of every channel, without the image's dimensions."""
        channels = self.shapes[x][1]
        y = self.add_node("GlobalAveragePool", [x], (1, channels, 1, 1))
        return self.add_node("Flatten", [y], (1, channels), axis=1)

    def add(self, a, b):
        return self.add_node("Add", [a, b], self.shapes[a])

    def concat(self, a, b):
        _, left, *image = self.shapes[a]
        return self.add_node("Concat", [a, b], (1, left + self.shapes[b][1], *image), axis=1)

    def linear(self, x, channels):
        """A matrix product over the last dimension, with bias."""
        *outer, depth = self.shapes[x]
        self.macs += int(np.prod(outer)) * depth * channels
        weight = self.normal(depth, channels, deviation=math.sqrt(1 / depth))
        y = self.add_node("MatMul", [x, weight], (*outer, channels))
        return self.add_node("Add", [y, self.normal(channels, deviation=0.1)], (*outer, channels))

    def product(self, a, b):
        *outer, rows, depth = self.shapes[a]
        columns = self.shapes[b][-1]
        self.macs += int(np.prod(outer)) * rows * depth * columns
        return self.add_node("MatMul", [a, b], (*outer, rows, columns))

    def layer_norm(self, x):
        width = self.shapes[x][-1]
        parameters = [self.normal(width, deviation=0.1, mean=1), self.normal(width, deviation=0.1)]
        return self.add_node("LayerNormalization", [x] + parameters, self.shapes[x], axis=-1, epsilon=1e-12)

    def finish(self, result):
        self.nodes[-1].output[0] = "output"
        shape = self.shapes.pop(result)
        self.shapes["output"] = shape
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, self.shapes["input"])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        self.model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        return self


def resnet50(seed):
    net = Network("resnet50", (1, 3, 224, 224), seed)
    x = net.max_pool(net.conv("input", 64, 7, 2, 3, activation="relu"), 3, 2, 1)
    for channels, blocks, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            stride = first if block == 0 else 1
            y = net.conv(x, channels, 1, activation="relu")
            y = net.conv(y, channels, 3, stride, 1, activation="relu")
            y = net.conv(y, 4 * channels, 1, gain=0.5)
            if block == 0:
                x = net.conv(x, 4 * channels, 1, stride)
            x = net.activate(net.add(y, x), "relu")
    return net.finish(net.dense(net.global_pool(x), 1000))


def mobilenet_v1(seed, width=1.0, size=224, classes=1000, name="mobilenet_v1"):
    net = Network(name, (1, 3, size, size), seed)
    x = net.conv("input", int(32 * width), 3, 2, "same", activation="relu6")
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    for channels, stride in blocks:
        depth = net.shapes[x][1]
        x = net.conv(x, depth, 3, stride, "same", groups=depth, activation="relu6")
        x = net.conv(x, int(channels * width), 1, activation="relu6")
    return net.finish(net.dense(net.global_pool(x), classes))


def mobilenet_v2(seed):
    net = Network("mobilenet_v2", (1, 3, 224, 224), seed)
    x = net.conv("input", 32, 3, 2, 1, activation="relu6")
    blocks = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, channels, count, first in blocks:
        for block in range(count):
            depth, stride = net.shapes[x][1], first if block == 0 else 1
            inner = depth * expansion
            y = x if expansion == 1 else net.conv(x, inner, 1, activation="relu6")
            y = net.conv(y, inner, 3, stride, 1, groups=inner, activation="relu6")
            y = net.conv(y, channels, 1)
            x = net.add(x, y) if stride == 1 and depth == channels else y
    x = net.conv(x, 1280, 1, activation="relu6")
    return net.finish(net.dense(net.global_pool(x), 1000))


def squeezenet11(seed):
    net = Network("squeezenet11", (1, 3, 224, 224), seed)

    def fire(x, squeeze, expand):
        x = net.conv(x, squeeze, 1, norm=False, activation="relu")
        narrow = net.conv(x, expand, 1, norm=False, activation="relu")
        return net.concat(narrow, net.conv(x, expand, 3, 1, 1, norm=False, activation="relu"))

    x = net.max_pool(net.conv("input", 64, 3, 2, norm=False, activation="relu"), 3, 2, ceil=True)
    x = net.max_pool(fire(fire(x, 16, 64), 16, 64), 3, 2, ceil=True)
    x = net.max_pool(fire(fire(x, 32, 128), 32, 128), 3, 2, ceil=True)
    for squeeze, expand in ((48, 192), (48, 192), (64, 256), (64, 256)):
        x = fire(x, squeeze, expand)
    return net.finish(net.global_pool(net.conv(x, 1000, 1, norm=False, activation="relu")))


def resnet8(seed):
    net = Network("resnet8", (1, 3, 32, 32), seed)
    x = net.conv("input", 16, 3, 1, "same", activation="relu")
    for channels, stride in ((16, 1), (32, 2), (64, 2)):
        y = net.conv(x, channels, 3, stride, "same", activation="relu")
        y = net.conv(y, channels, 3, 1, "same", gain=0.5)
        if stride != 1:
            x = net.conv(x, channels, 1, stride, norm=False)
        x = net.activate(net.add(y, x), "relu")
    return net.finish(net.dense(net.global_pool(x), 10))


def dscnn(seed):
    net = Network("dscnn", (1, 1, 49, 10), seed)
    x = net.conv("input", 64, (10, 4), 2, "same", activation="relu")
    for _ in range(4):
        x = net.conv(x, 64, 3, 1, "same", groups=64, activation="relu")
        x = net.conv(x, 64, 1, activation="relu")
    return net.finish(net.dense(net.global_pool(x), 12))


def vww(seed):
    return mobilenet_v1(seed, 0.25, 96, 2, "vww")


def autoencoder(seed):
    net = Network("autoencoder", (1, 640), seed)
    x = "input"
    for channels in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = net.dense(x, channels, "relu")
    return net.finish(net.dense(x, 640))


def bert_layer(seed, tokens=128, width=768, heads=12, hidden=3072):
    net = Network("bert_layer", (1, tokens, width), seed)
    depth = width // heads

    def split(x, order, shape):
        y = net.add_node("Reshape", [x, net.constant(np.array([1, tokens, heads, depth]))], (1, tokens, heads, depth))
        return net.add_node("Transpose", [y], shape, perm=order)

    def gelu(x):
        y = net.add_node("Div", [x, net.constant(np.float32(math.sqrt(2)))], net.shapes[x])
        y = net.add_node("Erf", [y], net.shapes[x])
        y = net.add_node("Add", [y, net.constant(np.float32(1))], net.shapes[x])
        y = net.add_node("Mul", [x, y], net.shapes[x])
        return net.add_node("Mul", [y, net.constant(np.float32(0.5))], net.shapes[x])

    query = split(net.linear("input", width), [0, 2, 1, 3], (1, heads, tokens, depth))
    key = split(net.linear("input", width), [0, 2, 3, 1], (1, heads, depth, tokens))
    value = split(net.linear("input", width), [0, 2, 1, 3], (1, heads, tokens, depth))
    score = net.product(query, key)
    score = net.add_node("Div", [score, net.constant(np.float32(math.sqrt(depth)))], net.shapes[score])
    score = net.add_node("Softmax", [score], net.shapes[score], axis=-1)
    x = net.product(score, value)
    x = net.add_node("Transpose", [x], (1, tokens, heads, depth), perm=[0, 2, 1, 3])
    x = net.add_node("Reshape", [x, net.constant(np.array([1, tokens, width]))], (1, tokens, width))
    x = net.layer_norm(net.add(net.linear(x, width), "input"))
    y = net.linear(gelu(net.linear(x, hidden)), width)
    return net.finish(net.layer_norm(net.add(y, x)))


#: Every network, from the largest to the smallest convolutional one, then the others.
ALL = {build.__name__: build for build in (
    resnet50, mobilenet_v1, mobilenet_v2, squeezenet11, resnet8, dscnn, vww, autoencoder, bert_layer)}


def build(name):
    """The network `name`. The seed is fixed, so that the same model is measured everywhere."""
    return ALL[name](seed=2026 + list(ALL).index(name))
