# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random operations of the qnn dialect: one case is one operation, its constants and what it is fed.

`make_case(seed, index)` is the same on every machine. `write_module(cases)` puts many into one function, each with
arguments and a result of its own, so that one compilation tests all of them.
"""
import math
import random

import numpy as np

LOW, HIGH = -128, 127


def number(value):
    text = repr(float(np.float32(value)))
    return text if "." in text else text.replace("e", ".0e")


class Activation:
    """An i8 tensor with one scale and zero point."""

    def __init__(self, shape, scale, zero):
        self.shape, self.scale, self.zero = list(shape), float(np.float32(scale)), zero

    @property
    def type(self):
        element = "!quant.uniform<i8:f32, %s:%d>" % (number(self.scale), self.zero)
        return "tensor<%s>" % "x".join([str(size) for size in self.shape] + [element])


class Case:
    def __init__(self, name, inputs, result, text, constants=()):
        """`text` holds {0}, {1}, ... where the operands stand, inputs before constants."""
        self.name, self.inputs, self.result, self.text, self.constants = name, inputs, result, text, constants


def zero_point(rng):
    return rng.choice([0, 0, LOW, HIGH, rng.randint(LOW, HIGH)])


def scale(rng):
    return rng.choice([1.0, 2.0**rng.randint(-9, 3), math.exp(rng.uniform(-8, 2))])


def weights(rng, shape):
    """Stored weights from -127 to 127: everyday ones, and the worst."""
    generator = np.random.default_rng(rng.getrandbits(32))
    kind = rng.randrange(6)
    if kind == 0:
        return generator.choice([-127, 127], size=shape)
    if kind == 1:
        return np.full(shape, rng.choice([-127, 127, 0, 1]))
    if kind == 2:
        return np.clip(np.round(generator.normal(0, 20, size=shape)), -127, 127).astype(int)
    return generator.integers(-127, 128, size=shape)


def samples(rng, activation, count):
    """What an input is fed: everyday integers, and the ends of the range."""
    generator = np.random.default_rng(rng.getrandbits(32))
    shape = [count] + activation.shape[1:] if activation.shape[0] == 1 else [count] + activation.shape
    kind = rng.randrange(5)
    if kind == 0:
        values = generator.choice([LOW, HIGH], size=shape)
    elif kind == 1:
        values = np.full(shape, rng.choice([LOW, HIGH, activation.zero]))
    else:
        values = generator.integers(LOW, HIGH + 1, size=shape)
    return values.astype(np.int8)


def dense(values, element):
    data = np.ascontiguousarray(values).astype("<" + element)
    if data.size == 1 or (data == data.flat[0]).all():
        return "dense<%d>" % data.flat[0]
    return 'dense<"0x%s">' % data.tobytes().hex().upper()


def attributes(rng, **more):
    found = ["%s = array<i64: %s>" % (key, ", ".join(map(str, value)))
             for key, value in more.items() if isinstance(value, list)]
    found += ["%s = %d : i64" % (key, value) for key, value in more.items() if isinstance(value, int)]
    return found


def finish(rng, found):
    """Attributes that every contraction has: how it rounds, and a fused activation."""
    kind = rng.randrange(10)
    if kind == 0:
        found.append("rounding = #qnn.rounding<double>")
    elif kind == 1:
        found.append("rounding = #qnn.rounding<float_even>")
    if rng.randrange(3) == 0:
        low = rng.randint(LOW, HIGH)
        found.append("clamp = array<i32: %d, %d>" % (low, rng.randint(low, HIGH)))
    return " {%s}" % ", ".join(found) if found else ""


def contraction(rng, name, source, weight_shape, axis, depth, result_shape, found):
    """An operation with weights and a bias. The scale of its result is mostly one that the results fill."""
    channels = weight_shape[axis]
    per_channel = rng.randrange(4) != 0
    scales = [math.exp(rng.uniform(-9, 1)) for _ in range(channels if per_channel else 1)]
    scales = [float(np.float32(each)) for each in scales]
    reach = source.scale * max(scales) * 73 * 73 * math.sqrt(depth)
    spread = 2.0**rng.uniform(-4, 4) if rng.randrange(5) else 2.0**rng.uniform(-18, 12)
    # A ratio of scales has a multiplier from 2^-31 on.
    largest = source.scale * min(scales) * 2.0**30
    result = Activation(result_shape, min(reach / 60 * spread, largest), zero_point(rng))
    bias_scales = [source.scale * each for each in scales]
    magnitude = int(rng.choice([0, 73 * 73 * math.sqrt(depth), 127 * 255 * depth, 2**30]))
    generator = np.random.default_rng(rng.getrandbits(32))
    bias = generator.integers(-magnitude, magnitude + 1, size=channels)

    def element(storage, values, along):
        if not per_channel:
            return "!quant.uniform<%s:f32, %s>" % (storage, number(values[0]))
        return "!quant.uniform<%s:f32:%d, {%s}>" % (storage, along, ", ".join(map(number, values)))

    shape = "x".join(map(str, weight_shape))
    weight_type = "tensor<%sx%s>" % (shape, element("i8<-127:127>", scales, axis))
    bias_type = "tensor<%dx%s>" % (channels, element("i32", bias_scales, 0))
    constants = [
        ("%s : tensor<%sxi8> as %s" % (dense(weights(rng, weight_shape), "i1"), shape, weight_type), weight_type),
        ("%s : tensor<%dxi32> as %s" % (dense(bias, "i4"), channels, bias_type), bias_type),
    ]
    text = "qnn.%s {0}, {1}, {2}%s : (%s, %s, %s) -> %s" % (name, finish(rng, found), source.type, weight_type,
                                                          bias_type, result.type)
    return Case(name, [source], result, text, constants)


def window(rng, height, width):
    """Kernel, stride, padding, dilation and the size of the result; padding stays below the kernel."""
    while True:
        kernel = [rng.choice([1, 1, 2, 3, 3, 3, 4, 5, 7]) for _ in range(2)]
        stride = [rng.choice([1, 1, 1, 2, 3]) for _ in range(2)]
        dilation = [rng.choice([1, 1, 1, 2, 3]) for _ in range(2)]
        reach = [dilation[i] * (kernel[i] - 1) + 1 for i in range(2)]
        pad = [rng.randint(0, min(reach[i // 2] - 1, 3)) for i in range(4)]
        padded = [height + pad[0] + pad[1], width + pad[2] + pad[3]]
        if all(padded[i] >= reach[i] for i in range(2)):
            return kernel, stride, pad, dilation, [(padded[i] - reach[i]) // stride[i] + 1 for i in range(2)]


def image(rng, channels):
    return Activation([1, rng.randint(1, 14), rng.randint(1, 18), channels], scale(rng), zero_point(rng))


CHANNELS = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 96]


def conv_2d(rng):
    group = rng.choice([1, 1, 1, 1, 2, 3, 4])
    inputs, outputs = (group * rng.choice([c for c in CHANNELS if c * group <= 96]) for _ in range(2))
    source = image(rng, inputs)
    kernel, stride, pad, dilation, size = window(rng, *source.shape[1:3])
    weight = [outputs] + kernel + [inputs // group]
    found = attributes(rng, stride=stride, pad=pad, dilation=dilation, group=group)
    return contraction(rng, "conv_2d", source, weight, 0, math.prod(weight[1:]), [1] + size + [outputs], found)


def depthwise_conv_2d(rng):
    channels, multiplier = rng.choice(CHANNELS), rng.choice([1, 1, 1, 1, 2, 3])
    source = image(rng, channels)
    kernel, stride, pad, dilation, size = window(rng, *source.shape[1:3])
    outputs = channels * multiplier
    found = attributes(rng, stride=stride, pad=pad, dilation=dilation)
    return contraction(rng, "depthwise_conv_2d", source, kernel + [outputs], 2, math.prod(kernel),
                       [1] + size + [outputs], found)


def fully_connected(rng):
    rows = rng.choice([1, 1, 1, 2, 3, 7, 16])
    depth, outputs = rng.choice(CHANNELS + [127, 256, 500]), rng.choice(CHANNELS)
    source = Activation([rows, depth], scale(rng), zero_point(rng))
    return contraction(rng, "fully_connected", source, [outputs, depth], 0, depth, [rows, outputs], [])


def matmul(rng):
    batch, rows, depth, columns = rng.choice([1, 1, 2, 3]), *(rng.choice(CHANNELS[:16]) for _ in range(3))
    lhs = Activation([batch, rows, depth], scale(rng), zero_point(rng))
    rhs = Activation([batch, depth, columns], scale(rng), zero_point(rng))
    reach = lhs.scale * rhs.scale * 73 * 73 * math.sqrt(depth)
    result = Activation([batch, rows, columns], reach / 60 * 2.0**rng.uniform(-5, 5), zero_point(rng))
    text = "qnn.matmul {0}, {1}%s : (%s, %s) -> %s" % (finish(rng, []), lhs.type, rhs.type, result.type)
    return Case("matmul", [lhs, rhs], result, text)


def any_shape(rng):
    return [1] + [rng.choice([1, 2, 3, 5, 8, 13, 16, 31]) for _ in range(rng.randint(1, 3))]


def elementwise(name):

    def make(rng):
        shape = any_shape(rng)
        other = [rng.choice([size, 1]) for size in shape] if rng.randrange(4) == 0 else shape
        lhs = Activation(shape, scale(rng), zero_point(rng))
        rhs = Activation(other, lhs.scale * 2.0**rng.uniform(-5, 5), zero_point(rng))
        reach = lhs.scale * rhs.scale * 100 if name == "mul" else max(lhs.scale, rhs.scale)
        result = Activation(shape, reach * 2.0**rng.uniform(-3, 3), zero_point(rng))
        if rng.randrange(2):
            lhs, rhs = (lhs, rhs) if other == shape or name != "mul" else (rhs, lhs)
        text = "qnn.%s {0}, {1} : (%s, %s) -> %s" % (name, lhs.type, rhs.type, result.type)
        return Case(name, [lhs, rhs], result, text)

    return make


def requantize(rng):
    source = Activation(any_shape(rng), scale(rng), zero_point(rng))
    result = Activation(source.shape, source.scale * 2.0**rng.uniform(-6, 6), zero_point(rng))
    return Case("requantize", [source], result, "qnn.requantize {0} : %s -> %s" % (source.type, result.type))


def lookup(rng):
    source = Activation(any_shape(rng), scale(rng), zero_point(rng))
    result = Activation(source.shape, scale(rng), zero_point(rng))
    table = np.random.default_rng(rng.getrandbits(32)).integers(LOW, HIGH + 1, size=256)
    text = "qnn.lookup {0}, %s : tensor<256xi8> : %s -> %s" % (dense(table, "i1"), source.type, result.type)
    return Case("lookup", [source], result, text)


def pool(name):

    def make(rng):
        source = image(rng, rng.choice(CHANNELS))
        kernel, stride, pad, _, _ = window(rng, *source.shape[1:3])
        padded = [source.shape[1] + pad[0] + pad[1], source.shape[2] + pad[2] + pad[3]]
        kernel = [min(kernel[i], padded[i]) for i in range(2)]
        pad = [min(pad[i], kernel[i // 2] - 1) for i in range(4)]
        padded = [source.shape[1] + pad[0] + pad[1], source.shape[2] + pad[2] + pad[3]]
        kernel = [min(kernel[i], padded[i]) for i in range(2)]
        if any(pad[i] >= kernel[i // 2] for i in range(4)):
            pad, padded = [0] * 4, source.shape[1:3]
            kernel = [min(kernel[i], padded[i]) for i in range(2)]
        size = [(padded[i] - kernel[i]) // stride[i] + 1 for i in range(2)]
        shape = [1] + size + source.shape[3:]
        result = Activation(shape, source.scale, source.zero)
        if name == "avg_pool_2d" and rng.randrange(2):
            result = Activation(shape, source.scale * 2.0**rng.uniform(-3, 3), zero_point(rng))
        found = attributes(rng, kernel=kernel, stride=stride, pad=pad)
        text = "qnn.%s {0} {%s} : %s -> %s" % (name, ", ".join(found), source.type, result.type)
        return Case(name, [source], result, text)

    return make


def softmax(rng):
    source = Activation([1, rng.choice([1, 2, 5]), rng.choice([1, 2, 3, 10, 33, 100])], scale(rng), zero_point(rng))
    result = Activation(source.shape, 1.0 / 256, LOW)
    return Case("softmax", [source], result, "qnn.softmax {0} {axis = 2 : i64} : %s -> %s" % (source.type, result.type))


def layer_norm(rng):
    length = rng.choice([2, 3, 8, 17, 64, 100])
    source = Activation([1, rng.choice([1, 2, 5]), length], scale(rng), zero_point(rng))
    result = Activation(source.shape, 2.0**rng.uniform(-7, -3), zero_point(rng))
    gamma = ", ".join(number(rng.uniform(-2, 2)) for _ in range(length))
    beta = ", ".join(number(rng.uniform(-1, 1)) for _ in range(length))
    text = ("qnn.layer_norm {0} {gamma = dense<[%s]> : tensor<%dxf32>, beta = dense<[%s]> : tensor<%dxf32>, "
            "epsilon = 1.0e-5 : f32} : %s -> %s" % (gamma, length, beta, length, source.type, result.type))
    return Case("layer_norm", [source], result, text)


def concat(rng):
    shape = any_shape(rng)
    axis = rng.randint(1, len(shape) - 1)
    first = Activation(shape, scale(rng), zero_point(rng))
    inputs = [first]
    for _ in range(rng.randint(1, 2)):
        other = list(shape)
        other[axis] = rng.randint(1, 9)
        inputs.append(Activation(other, first.scale, first.zero))
    total = list(shape)
    total[axis] = sum(each.shape[axis] for each in inputs)
    result = Activation(total, first.scale, first.zero)
    text = "qnn.concat %s {axis = %d : i64} : (%s) -> %s" % (", ".join("{%d}" % i for i in range(len(inputs))), axis,
                                                         ", ".join(each.type for each in inputs), result.type)
    return Case("concat", inputs, result, text)


def transpose(rng):
    source = Activation(any_shape(rng), scale(rng), zero_point(rng))
    order = [0] + rng.sample(range(1, len(source.shape)), len(source.shape) - 1)
    result = Activation([source.shape[i] for i in order], source.scale, source.zero)
    text = "qnn.transpose {0} {permutation = array<i64: %s>} : %s -> %s" % (", ".join(map(str, order)), source.type,
                                                                          result.type)
    return Case("transpose", [source], result, text)


def pad(rng):
    source = Activation(any_shape(rng), scale(rng), zero_point(rng))
    low, high = ([0] + [rng.randint(0, 3) for _ in source.shape[1:]] for _ in range(2))
    result = Activation([sum(sizes) for sizes in zip(source.shape, low, high)], source.scale, source.zero)
    found = attributes(rng, low=low, high=high, value=rng.randint(LOW, HIGH))
    return Case("pad", [source], result, "qnn.pad {0} {%s} : %s -> %s" % (", ".join(found), source.type, result.type))


# The first ones have kernels of their own and come more often.
MAKERS = [conv_2d] * 8 + [depthwise_conv_2d] * 6 + [fully_connected] * 4 + [matmul] * 2 + [
    elementwise("add"), elementwise("sub"), elementwise("mul"), requantize, lookup, pool("max_pool_2d"),
    pool("avg_pool_2d"), softmax, layer_norm, concat, transpose, pad
]


def make_case(seed, index, sample_count):
    """The case, and what its inputs are fed."""
    rng = random.Random("%d/%d" % (seed, index))
    case = rng.choice(MAKERS)(rng)
    return case, [samples(rng, each, sample_count) for each in case.inputs]


def write_module(cases):
    arguments, lines, results = [], [], []
    for place, case in enumerate(cases):
        operands = []
        for index, each in enumerate(case.inputs):
            operands.append("%%x%d_%d" % (place, index))
            arguments.append("%s: %s" % (operands[-1], each.type))
        for index, (text, _) in enumerate(case.constants):
            operands.append("%%c%d_%d" % (place, index))
            lines.append("  %s = qnn.constant %s" % (operands[-1], text))
        text = case.text
        for index, operand in enumerate(operands):
            text = text.replace("{%d}" % index, operand)
        lines.append("  %%r%d = %s" % (place, text))
        results.append(("%%r%d" % place, case.result.type))
    return "func.func @main(%s) -> (%s) {\n%s\n  return %s : %s\n}\n" % (
        ", ".join(arguments), ", ".join(each for _, each in results), "\n".join(lines), ", ".join(
            name for name, _ in results), ", ".join(each for _, each in results))
