#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes models in QDQ form whose activations and weights are stored in many formats.

Each model has every operation that the formats concern, once: a mix says how inputs, results and weights are stored.
`CASES` is the list of models; `Case.text` is one as MLIR, `Case.inputs` are stored integers for its arguments.
"""
import random


class Storage:
    """The integers of a quantized type: `i8`, `u16`, `i8<-127:127>`."""

    def __init__(self, text):
        self.text = text
        name, _, limits = text.partition("<")
        self.signed, self.bits = name[0] == "i", int(name[1:])
        self.low = -(1 << (self.bits - 1)) if self.signed else 0
        self.high = self.low + (1 << self.bits) - 1
        if limits:
            self.low, self.high = map(int, limits.rstrip(">").split(":"))

    @property
    def middle(self):
        return (self.low + self.high + 1) // 2


class Activation:
    """A per-tensor type that covers real numbers from about -reach to reach."""

    def __init__(self, storage, shift=0, power=False):
        """`shift` moves the zero point away from the middle of the storage, by that share of it."""
        self.storage, self.shift, self.power = Storage(storage), shift, power

    def element(self, reach):
        storage = self.storage
        scale = 2.0 * reach / (storage.high - storage.low)
        if self.power:
            scale = power_of_two(scale)
        zero = storage.middle + int(self.shift * (storage.high - storage.low))
        return "!quant.uniform<%s:f32, %s:%d>" % (storage.text, number(scale), zero)


class Weight:
    """Weights of `storage` with scales for the tensor, for each channel, or for blocks of `block` along the input."""

    def __init__(self, storage, scales="channel", zeros=0, block=None, power=False):
        self.storage, self.scales, self.zeros, self.block, self.power = Storage(storage), scales, zeros, block, power


def power_of_two(value):
    power = 1.0
    while power > value:
        power /= 2
    while power * 2 <= value:
        power *= 2
    return power


def number(value):
    """A decimal that parses to the f32 number next to `value`."""
    return "%.9e" % value


def tensor(shape, element):
    return "tensor<%sx%s>" % ("x".join(map(str, shape)), element)


def count(shape):
    product = 1
    for size in shape:
        product *= size
    return product


def hexadecimal(values, width):
    digits = width // 4
    data = b"".join((v & ((1 << width) - 1)).to_bytes(digits // 2, "little") for v in values)
    return 'dense<"0x%s">' % data.hex().upper()


class Model:
    """One function in QDQ form under construction. Values are (name, shape) pairs of f32 tensors."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.arguments, self.results, self.inputs = [], [], [], []
        self.emit('%zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>')
        self.emit('%shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>')

    def emit(self, line):
        self.lines.append("  " + line)

    def fresh(self):
        return "%%v%d" % len(self.lines)

    def operation(self, text, shape):
        name = self.fresh()
        self.emit("%s = %s" % (name, text))
        return name, shape

    def argument(self, shape, activation, reach=8.0):
        element = activation.element(reach)
        name = "%%x%d" % len(self.arguments)
        self.arguments.append("%s: %s" % (name, tensor(shape, element)))
        storage = activation.storage
        values = [self.random.randint(storage.low, storage.high) for _ in range(count(shape))]
        values[:2] = [storage.low, storage.high]
        self.inputs.append((shape, storage, values))
        return self.operation("qnn.dequantize %s : %s -> %s" %
                              (name, tensor(shape, element), tensor(shape, "f32")), shape)

    def result(self, value, element):
        name, shape = value
        stored, _ = self.operation("qnn.quantize %s : %s -> %s" %
                                   (name, tensor(shape, "f32"), tensor(shape, element)), shape)
        self.results.append((stored, tensor(shape, element)))

    def constant(self, shape, values, width, element):
        name, _ = self.operation("qnn.constant %s : %s as %s" %
                                 (hexadecimal(values, max(width, 8)), tensor(shape, "i%d" % width),
                                  tensor(shape, element)) if width >= 8 else
                                 "qnn.constant dense<%s> : %s as %s" %
                                 (nested(values, shape), tensor(shape, "i%d" % width), tensor(shape, element)), shape)
        return self.operation("qnn.dequantize %s : %s -> %s" %
                              (name, tensor(shape, element), tensor(shape, "f32")), shape)

    def weight(self, shape, axis, depth_axis, weight, input_scale, ones=False):
        """Weights and bias; `axis` is that of the output channels."""
        storage, channels = weight.storage, shape[axis]
        values = [self.random.randint(storage.low, storage.high) for _ in range(count(shape))]
        if ones:
            values = [storage.high if self.random.random() < 0.9 else storage.low for _ in values]
        half = max(storage.high - storage.middle, 1)

        def scale():
            chosen = self.random.uniform(0.3, 1.0) / half
            return power_of_two(chosen) if weight.power else chosen

        zeros = [storage.middle + self.random.randint(-weight.zeros, weight.zeros) for _ in range(4096)]
        if weight.scales == "tensor":
            one = scale()
            element = "!quant.uniform<%s:f32, %s:%d>" % (storage.text, number(one), zeros[0])
            bias = "!quant.uniform<i32:f32, %s>" % number(input_scale * one)
        elif weight.scales == "channel":
            scales = [scale() for _ in range(channels)]
            element = "!quant.uniform<%s:f32:%d, {%s}>" % (
                storage.text, axis, ", ".join("%s:%d" % (number(s), z) for s, z in zip(scales, zeros)))
            bias = "!quant.uniform<i32:f32:0, {%s}>" % ", ".join(number(s * input_scale) for s in scales)
        else:
            block = weight.block if shape[depth_axis] % weight.block == 0 else shape[depth_axis]
            counts = [1] * len(shape)
            counts[axis], counts[depth_axis] = channels, shape[depth_axis] // block
            pairs = ["%s:%d" % (number(scale()), zeros[i]) for i in range(count(counts))]
            sizes = "{%d:1, %d:%d}" % (axis, depth_axis, block)
            element = "!quant.uniform<%s:f32:%s, %s>" % (storage.text, sizes, braces(pairs, counts))
            bias = "!quant.uniform<i32:f32, %s>" % number(input_scale / half)
        biases = [self.random.randint(-(1 << 16), 1 << 16) for _ in range(channels)]
        return (self.constant(shape, values, storage.bits, element),
                self.constant([channels], biases, 32, bias))

    def conv(self, x, weight, output, element, pad=1, stride=1, kernel=3, ones=False, clamp=None):
        (name, shape), input_scale = x
        channels = output
        w, b = self.weight([channels, kernel, kernel, shape[3]], 0, 3, weight, input_scale, ones)
        size = [(s + 2 * pad - kernel) // stride + 1 for s in shape[1:3]]
        result = [shape[0]] + size + [channels]
        value = self.operation(
            "tosa.conv2d %s, %s, %s, %%zero, %%zero {acc_type = f32, pad = array<i64: %d, %d, %d, %d>, "
            "stride = array<i64: %d, %d>, dilation = array<i64: 1, 1>} : (%s, %s, %s, tensor<1xf32>, tensor<1xf32>) -> %s"
            % (name, w[0], b[0], pad, pad, pad, pad, stride, stride, tensor(shape, "f32"), tensor(w[1], "f32"),
               tensor(b[1], "f32"), tensor(result, "f32")), result)
        self.result(self.clamp(value, *clamp) if clamp else value, element)

    def depthwise(self, x, weight, element, multiplier=1):
        (name, shape), input_scale = x
        channels = shape[3] * multiplier
        w, b = self.weight([3, 3, channels], 2, 0, weight, input_scale)
        dims = [3, 3, shape[3], multiplier]
        w = self.reshape(w, dims)
        result = shape[:3] + [channels]
        self.result(self.operation(
            "tosa.depthwise_conv2d %s, %s, %s, %%zero, %%zero {acc_type = f32, pad = array<i64: 1, 1, 1, 1>, "
            "stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (%s, %s, %s, tensor<1xf32>, tensor<1xf32>) -> %s"
            % (name, w[0], b[0], tensor(shape, "f32"), tensor(dims, "f32"), tensor(b[1], "f32"),
               tensor(result, "f32")), result), element)

    def shape_constant(self, sizes):
        return self.operation("tosa.const_shape {values = dense<[%s]> : tensor<%dxindex>} : () -> !tosa.shape<%d>" %
                              (", ".join(map(str, sizes)), len(sizes), len(sizes)), None)[0]

    def reshape(self, value, shape):
        target = self.shape_constant(shape)
        return self.operation("tosa.reshape %s, %s : (%s, !tosa.shape<%d>) -> %s" %
                              (value[0], target, tensor(value[1], "f32"), len(shape), tensor(shape, "f32")), shape)

    def transpose(self, value, order):
        shape = [value[1][d] for d in order]
        return self.operation("tosa.transpose %s {perms = array<i32: %s>} : (%s) -> %s" %
                              (value[0], ", ".join(map(str, order)), tensor(value[1], "f32"), tensor(shape, "f32")), shape)

    def slice(self, value, start, shape):
        first, size = self.shape_constant(start), self.shape_constant(shape)
        rank = len(shape)
        return self.operation("tosa.slice %s, %s, %s : (%s, !tosa.shape<%d>, !tosa.shape<%d>) -> %s" %
                              (value[0], first, size, tensor(value[1], "f32"), rank, rank, tensor(shape, "f32")), shape)

    def pad(self, value, sizes):
        padding = self.shape_constant(sizes)
        shape = [s + sizes[2 * d] + sizes[2 * d + 1] for d, s in enumerate(value[1])]
        return self.operation("tosa.pad %s, %s, %%zero : (%s, !tosa.shape<%d>, tensor<1xf32>) -> %s" %
                              (value[0], padding, tensor(value[1], "f32"), len(sizes), tensor(shape, "f32")), shape)

    def concat(self, values, axis):
        shape = list(values[0][1])
        shape[axis] = sum(v[1][axis] for v in values)
        return self.operation("tosa.concat %s {axis = %d : i32} : (%s) -> %s" %
                              (", ".join(v[0] for v in values), axis,
                               ", ".join(tensor(v[1], "f32") for v in values), tensor(shape, "f32")), shape)

    def binary(self, name, a, b):
        shape = [max(x, y) for x, y in zip(a[1], b[1])]
        extra, types = (", %shift", ", tensor<1xi8>") if name == "mul" else ("", "")
        return self.operation("tosa.%s %s, %s%s : (%s, %s%s) -> %s" %
                              (name, a[0], b[0], extra, tensor(a[1], "f32"), tensor(b[1], "f32"), types,
                               tensor(shape, "f32")), shape)

    def matmul(self, a, b):
        shape = [a[1][0], a[1][1], b[1][2]]
        return self.operation("tosa.matmul %s, %s, %%zero, %%zero : (%s, %s, tensor<1xf32>, tensor<1xf32>) -> %s" %
                              (a[0], b[0], tensor(a[1], "f32"), tensor(b[1], "f32"), tensor(shape, "f32")), shape)

    def unary(self, name, value):
        kind = tensor(value[1], "f32")
        return self.operation("tosa.%s %s : (%s) -> %s" % (name, value[0], kind, kind), value[1])

    def clamp(self, value, low, high):
        kind = tensor(value[1], "f32")
        return self.operation("tosa.clamp %s {min_val = %s : f32, max_val = %s : f32} : (%s) -> %s" %
                              (value[0], number(low), number(high), kind, kind), value[1])

    def pool(self, kind, value, kernel, stride, pad):
        name, shape = value
        size = [(s + 2 * pad - kernel) // stride + 1 for s in shape[1:3]]
        result = [shape[0]] + size + [shape[3]]
        attributes = "kernel = array<i64: %d, %d>, stride = array<i64: %d, %d>, pad = array<i64: %d, %d, %d, %d>" % (
            kernel, kernel, stride, stride, pad, pad, pad, pad)
        if kind == "max":
            return self.operation("tosa.max_pool2d %s {%s} : (%s) -> %s" %
                                  (name, attributes, tensor(shape, "f32"), tensor(result, "f32")), result)
        return self.operation("tosa.avg_pool2d %s, %%zero, %%zero {%s, acc_type = f32} : "
                              "(%s, tensor<1xf32>, tensor<1xf32>) -> %s" %
                              (name, attributes, tensor(shape, "f32"), tensor(result, "f32")), result)

    def softmax(self, value):
        kind = tensor(value[1], "f32")
        empty, _ = self.operation("tensor.empty() : %s" % kind, None)
        return self.operation("linalg.softmax dimension(%d) ins(%s : %s) outs(%s : %s) -> %s" %
                              (len(value[1]) - 1, value[0], kind, empty, kind, kind), value[1])

    def text(self):
        types = ", ".join(kind for _, kind in self.results)
        names = ", ".join(name for name, _ in self.results)
        return "func.func @main(%s) -> (%s) {\n%s\n  return %s : %s\n}\n" % (
            ", ".join(self.arguments), types, "\n".join(self.lines), names, types)


def nested(values, shape):
    if len(shape) == 1:
        return "[%s]" % ", ".join(map(str, values))
    step = len(values) // shape[0]
    return "[%s]" % ", ".join(nested(values[i * step:(i + 1) * step], shape[1:]) for i in range(shape[0]))


def braces(values, shape):
    if len(shape) == 1:
        return "{%s}" % ", ".join(values)
    step = len(values) // shape[0]
    return "{%s}" % ", ".join(braces(values[i * step:(i + 1) * step], shape[1:]) for i in range(shape[0]))


def scale_of(activation, reach=8.0):
    return float(activation.element(reach).split("f32, ")[1].split(":")[0])


def contractions(seed, source, result, weight, ones=False):
    """Convolutions, depthwise and fully connected layers of `weight`."""
    model = Model(seed)
    image = model.argument([1, 5, 7, 8], source)
    scale = scale_of(source)
    model.conv((image, scale), weight, 19, result.element(80.0), ones=ones)
    model.conv((image, scale), weight, 6, result.element(40.0), pad=0, stride=2, clamp=(0.0, 20.0))
    model.depthwise((image, scale), weight, result.element(20.0))
    model.depthwise((image, scale), weight, result.element(20.0), multiplier=2)
    row = model.argument([1, 1, 1, 256], source)
    model.conv((row, scale), weight, 17, result.element(200.0), pad=0, kernel=1, ones=ones)
    return model


def elementwise(seed, source, result):
    """Everything without weights."""
    model = Model(seed)
    a = model.argument([1, 6, 6, 21], source)
    b = model.argument([1, 6, 6, 21], source, reach=5.0)
    c = model.argument([1, 1, 1, 21], result, reach=3.0)
    model.result(model.binary("add", a, b), result.element(11.0))
    model.result(model.binary("add", a, c), result.element(9.0))
    model.result(model.binary("sub", a, b), source.element(12.0))
    model.result(model.clamp(model.binary("add", a, b), 0.0, 6.0), result.element(7.0))
    model.result(model.binary("mul", a, b), result.element(30.0))
    model.result(model.binary("mul", a, c), source.element(20.0))
    model.result(model.pool("avg", a, 3, 1, 1), result.element(4.0))
    model.result(model.pool("avg", a, 6, 6, 0), result.element(2.0))
    model.result(model.pool("max", a, 2, 2, 0), result.element(8.0))
    model.result(model.unary("tanh", a), result.element(1.0))
    model.result(model.clamp(a, -1.0, 6.0), result.element(6.5))
    model.result(a, result.element(7.0))
    model.result(model.concat([a, b], 3), result.element(8.0))
    moved = model.transpose(model.slice(model.pad(a, [0, 0, 1, 2, 0, 0, 0, 0]), [0, 1, 0, 3], [1, 7, 5, 9]), [0, 3, 1, 2])
    model.result(model.reshape(moved, [9, 35]), source.element(8.0))
    return model


def attention(seed, source, result):
    """Products of two activations, and softmax."""
    model = Model(seed)
    a = model.argument([2, 5, 37], source)
    b = model.argument([2, 37, 18], source, reach=3.0)
    model.result(model.matmul(a, b), result.element(60.0))
    model.result(model.matmul(a, model.transpose(b, [0, 1, 2])), source.element(100.0))
    storage = result.storage
    shares = {"asymmetric": (storage.bits, storage.low)}
    if storage.signed:
        shares["symmetric"] = (storage.bits - 1, 0)
    for bits, zero in shares.values():
        element = "!quant.uniform<%s:f32, %s:%d>" % (storage.text, number(2.0 ** -bits), zero)
        model.result(model.softmax(a), element)
    return model


class Case:
    def __init__(self, name, model, flags=""):
        self.name, self.text, self.inputs, self.flags = name, model.text(), model.inputs, flags


I8, U8, NARROW = Activation("i8", 0.1), Activation("u8", -0.1), Activation("i8<-127:127>")
I16, U16 = Activation("i16"), Activation("u16", 0.05)
SKEWED16 = Activation("i16", -0.2)
I4, U4 = Activation("i4", 0.1), Activation("u4")
POWER8, POWER16 = Activation("i8", power=True), Activation("i16", power=True)

CHANNEL = Weight("i8<-127:127>")
MIXES = [("i8 i16", I8, I16), ("i16 i8", I16, I8), ("i16 i16", I16, I16), ("u16 u8", U16, U8), ("u8 u16", U8, U16),
         ("skewed-i16 u16", SKEWED16, U16), ("u8 i8", U8, I8), ("narrow u8", NARROW, U8), ("i4 i4", I4, I4),
         ("u4 u8", U4, U8), ("i8 u4", I8, U4), ("i4 i16", I4, I16), ("power i8 i16", POWER8, POWER16),
         ("power i16 i8", POWER16, POWER8)]
WEIGHTS = [("full i8", Weight("i8")), ("i8 per tensor", Weight("i8<-127:127>", "tensor")),
           ("skewed i8", Weight("i8", zeros=9)), ("skewed u8", Weight("u8", "tensor", zeros=90)),
           ("skewed u8 channels", Weight("u8", zeros=30)), ("i4", Weight("i4<-7:7>")), ("skewed u4", Weight("u4", zeros=3)),
           ("i16", Weight("i16")), ("i2", Weight("i2")),
           ("i8 blocks", Weight("i8<-127:127>", "block", block=32)),
           ("small i4 blocks", Weight("i4", "block", block=8)), ("skewed u4 blocks", Weight("u4", "block", zeros=5, block=64)),
           ("block floating point", Weight("i8<-127:127>", "block", block=16, power=True))]


def make_cases():
    cases = []
    for seed, (name, source, result) in enumerate(MIXES):
        cases.append(Case("contractions " + name, contractions(seed, source, result, CHANNEL)))
        cases.append(Case("elementwise " + name, elementwise(seed, source, result)))
        cases.append(Case("attention " + name, attention(seed, source, result)))
    for seed, (name, weight) in enumerate(WEIGHTS):
        for mix, source, result in [("u8 i8", U8, I8), ("i16 i16", I16, I16), ("i8 i16", I8, I16)]:
            cases.append(Case("weights %s, %s" % (name, mix), contractions(seed, source, result, weight)))
    cases.append(Case("weights power of two", contractions(1, POWER8, POWER8, Weight("i8", power=True))))
    cases.append(Case("weights block floating point, powers",
                      contractions(1, POWER16, POWER8, Weight("i8", "block", block=32, power=True))))
    cases.append(Case("sums beyond 32 bits", contractions(2, SKEWED16, I16, Weight("i16"), ones=True)))
    for rounding in ("double", "float_even"):
        flags = "--rounding=" + rounding
        cases.append(Case("sums beyond 32 bits, " + rounding, contractions(2, SKEWED16, I16, Weight("i16"), ones=True), flags))
        cases.append(Case("contractions " + rounding, contractions(3, I16, I8, CHANNEL), flags))
        cases.append(Case("elementwise " + rounding, elementwise(3, I16, I16), flags))
    return cases
