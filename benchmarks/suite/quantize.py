# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A float ONNX model to the int8 QDQ form that ONNX Runtime computes fastest on x86-64.

The choices are those of its own static quantization: ranges by least and greatest value, activations in u8 per tensor,
weights in s8 per output channel, symmetric, bias in i32, activation functions as part of the range in front of them.
"""
import numpy as np
import onnx
from onnx import helper, numpy_helper

#: Operations whose inputs and outputs are quantized, each with a range of its own.
COMPUTING = {"Conv", "Gemm", "MatMul", "Add", "Mul", "GlobalAveragePool", "Concat", "Softmax"}
#: Operations whose output has the range of their input.
MOVING = {"MaxPool", "Reshape", "Transpose", "Flatten"}
#: What a range in front of it does as well.
CLAMPING = {"Relu", "Clip"}


def get_attribute(node, name, default=None):
    for attribute in node.attribute:
        if attribute.name == name:
            return helper.get_attribute_value(attribute)
    return default


class Graph:
    """A model taken apart: nodes, constants by name, and who reads a tensor."""

    def __init__(self, model):
        self.model = model
        self.nodes = list(model.graph.node)
        self.constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        self.outputs = {value.name for value in model.graph.output}

    def readers(self, tensor):
        return [node for node in self.nodes if tensor in node.input]

    def writer(self, tensor):
        return next((node for node in self.nodes if tensor in node.output), None)

    def build(self):
        used = {name for node in self.nodes for name in node.input}
        graph = helper.make_graph(
            self.nodes, self.model.graph.name, list(self.model.graph.input), list(self.model.graph.output),
            [numpy_helper.from_array(np.asarray(array), name)
             for name, array in self.constants.items() if name in used])
        model = helper.make_model(graph, opset_imports=self.model.opset_import)
        model.ir_version = self.model.ir_version
        return model


def fold_batch_norms(graph):
    """Batch norms into the convolutions in front of them."""
    for norm in [node for node in graph.nodes if node.op_type == "BatchNormalization"]:
        conv = graph.writer(norm.input[0])
        scale, shift, mean, variance = (graph.constants[name].astype(np.float64) for name in norm.input[1:5])
        factor = scale / np.sqrt(variance + get_attribute(norm, "epsilon", 1e-5))
        weight = graph.constants[conv.input[1]].astype(np.float64) * factor.reshape(-1, 1, 1, 1)
        name = conv.input[1]
        graph.constants[name] = weight.astype(np.float32)
        graph.constants[name + "_bias"] = (shift - mean * factor).astype(np.float32)
        conv.input.append(name + "_bias")
        conv.output[0] = norm.output[0]
        graph.nodes.remove(norm)


def drop_clamps(graph):
    """Activations after the only thing that they follow: the quantized range clamps as well."""
    for clamp in [node for node in graph.nodes if node.op_type in CLAMPING]:
        writer = graph.writer(clamp.input[0])
        if writer is None or writer.op_type not in ("Conv", "Gemm", "MatMul", "Add"):
            continue
        if len(graph.readers(clamp.input[0])) == 1:
            writer.output[0] = clamp.output[0]
            graph.nodes.remove(clamp)


def choose_parameters(least, greatest):
    """Scale and zero point of u8 for a range, which is made to hold zero."""
    least, greatest = min(least, 0.0), max(greatest, 0.0)
    scale = np.float32((greatest - least) / 255 or 1.0)
    return scale, np.uint8(np.clip(np.rint(-least / scale), 0, 255))


class Quantizer:
    def __init__(self, graph, ranges):
        self.graph = graph
        self.ranges = ranges
        self.parameters = {}
        self.nodes = []

    def run(self):
        self.choose_tensors()
        for value in self.graph.model.graph.input:
            self.quantize_tensor(value.name, value.name)
        for node in self.graph.nodes:
            node_inputs = list(node.input)
            for position, name in enumerate(node_inputs):
                if name in self.parameters:
                    node.input[position] = name + "_dq"
            if node.op_type in COMPUTING:
                self.quantize_constants(node, node_inputs[0])
            self.write(node)
        self.graph.nodes = self.nodes

    def choose_tensors(self):
        for value in self.graph.model.graph.input:
            self.add_tensor(value.name)
        for node in self.graph.nodes:
            if node.op_type in MOVING and node.input[0] in self.parameters:
                self.parameters[node.output[0]] = self.parameters[node.input[0]]
            elif node.op_type in COMPUTING:
                for name in [*node.input, *node.output]:
                    self.add_tensor(name)

    def add_tensor(self, name):
        if name in self.ranges and name not in self.parameters:
            self.parameters[name] = choose_parameters(*self.ranges[name])

    def write(self, node):
        """`node`, and the rounding of what it computes."""
        result = node.output[0]
        if result not in self.parameters:
            self.nodes.append(node)
            return
        if result in self.graph.outputs:
            node.output[0] = result + "_float"
        self.nodes.append(node)
        self.quantize_tensor(result, node.output[0])

    def quantize_tensor(self, name, source):
        if name not in self.parameters:
            return
        scale, zero = self.parameters[name]
        self.graph.constants[name + "_scale"], self.graph.constants[name + "_zero"] = scale, zero
        target = name if name in self.graph.outputs else name + "_dq"
        pair = [name + "_scale", name + "_zero"]
        self.nodes.append(helper.make_node("QuantizeLinear", [source, *pair], [name + "_q"], name=name + "_quantize"))
        self.nodes.append(
            helper.make_node("DequantizeLinear", [name + "_q", *pair], [target], name=name + "_dequantize"))

    def quantize_constants(self, node, activation):
        for position, name in enumerate(node.input):
            array = self.graph.constants.get(name)
            if array is None or array.dtype != np.float32:
                continue
            if position == 1 and node.op_type in ("Conv", "Gemm", "MatMul"):
                axis = 0 if node.op_type == "Conv" or get_attribute(node, "transB", 0) else array.ndim - 1
                node.input[position] = self.quantize_weight(name, array, axis)
            elif position == 2:
                node.input[position] = self.quantize_bias(name, array, activation, node.input[1])
            else:
                node.input[position] = self.quantize_operand(name, array)

    def quantize_weight(self, name, array, axis):
        others = tuple(i for i in range(array.ndim) if i != axis)
        scale = (np.maximum(np.abs(array).max(axis=others), 1e-9) / 127).astype(np.float32)
        shape = [-1 if i == axis else 1 for i in range(array.ndim)]
        integers = np.clip(np.rint(array / scale.reshape(shape)), -127, 127).astype(np.int8)
        return self.dequantize(name, integers, scale, np.zeros(scale.shape, np.int8), axis)

    def quantize_bias(self, name, array, activation, weight):
        scale = self.parameters[activation][0] * self.graph.constants[weight[:-len("_dq")] + "_scale"]
        integers = np.clip(np.rint(array.astype(np.float64) / scale), -2**31, 2**31 - 1).astype(np.int32)
        return self.dequantize(name, integers, scale.astype(np.float32), np.zeros(scale.shape, np.int32), 0)

    def quantize_operand(self, name, array):
        scale, zero = choose_parameters(float(array.min()), float(array.max()))
        integers = np.clip(np.rint(array / scale) + int(zero), 0, 255).astype(np.uint8)
        return self.dequantize(name, integers, np.asarray(scale), np.asarray(zero), None)

    def dequantize(self, name, integers, scale, zero, axis):
        for suffix, array in (("_q", integers), ("_scale", scale), ("_zero", zero)):
            self.graph.constants[name + suffix] = array
        attributes = {} if axis is None else {"axis": axis}
        self.nodes.append(helper.make_node(
            "DequantizeLinear", [name + "_q", name + "_scale", name + "_zero"], [name + "_dq"],
            name=name + "_dequantize", **attributes))
        return name + "_dq"


def prepare(model):
    """The float graph that is quantized, and a model of it that also gives every tensor that needs a range."""
    graph = Graph(model)
    fold_batch_norms(graph)
    drop_clamps_later = graph.build()
    names = [node.output[0] for node in graph.nodes]
    probe = onnx.shape_inference.infer_shapes(drop_clamps_later)
    types = {value.name: value for value in [*probe.graph.value_info, *probe.graph.output]}
    wanted = [name for name in names if name in types]
    del probe.graph.output[:]
    probe.graph.output.extend(types[name] for name in wanted)
    return graph, probe, wanted


def quantize(graph, ranges):
    """The int8 model of `graph` for the ranges of its tensors."""
    drop_clamps(graph)
    Quantizer(graph, ranges).run()
    model = graph.build()
    onnx.checker.check_model(model)
    return model
