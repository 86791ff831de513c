# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small ONNX models with one thing wrong each, for hostile.py.

The sound one is x [1, 2, 4, 4] -> Conv -> t -> Relu -> y [1, 3, 4, 4].
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUT, OUTPUT = [1, 2, 4, 4], [1, 3, 4, 4]


def weights(shape=(3, 2, 1, 1), value=None):
    array = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    if value is not None:
        array.flat[1] = value
    return numpy_helper.from_array(array, "w")


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, name=op.lower() + "_" + outputs[0], **attributes)


def model(nodes=None, inputs=None, outputs=None, initializers=None, opset=13, **conv):
    nodes = nodes or [node("Conv", ["x", "w"], ["t"], **conv), node("Relu", ["t"], ["y"])]
    inputs = [tensor("x", INPUT)] if inputs is None else inputs
    outputs = [tensor("y", OUTPUT)] if outputs is None else outputs
    initializers = [weights()] if initializers is None else initializers
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()


def shorten_data(array):
    array.raw_data = array.raw_data[:-4]
    return array


def external(location):
    array = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3, 2, 1, 1],
                        data_location=TensorProto.EXTERNAL)
    array.external_data.add(key="location", value=location)
    return array


def chain(*ops):
    """x through these operations, to y."""
    names = ["x"] + ["t%d" % i for i in range(1, len(ops))] + ["y"]
    return model([node(op, [names[i]], [names[i + 1]]) for i, op in enumerate(ops)], outputs=[tensor("y", INPUT)],
                 initializers=[])


def make_models():
    """File name without its ending -> bytes."""
    good = model()
    relu = node("Relu", ["t"], ["y"])
    return {
        "good": good,
        "renamed": good.replace(b"conv_t", b"conv_u").replace(b"\x01t", b"\x01u"),
        "truncated": good[:len(good) // 2],
        "cut_tail": good[:-3],
        "random": np.random.RandomState(1).bytes(4096),
        "empty": b"",
        "no_graph": onnx.ModelProto(ir_version=8).SerializeToString(),
        "cycle": model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["a"], ["y"])]),
        "missing_initializer": model(initializers=[]),
        "weight_rank": model(initializers=[weights((3, 2, 1))]),
        "weight_channels": model(initializers=[weights((3, 5, 1, 1))]),
        "weight_kernel": model(initializers=[weights((3, 2, 9, 9))]),
        "short_weights": model(initializers=[shorten_data(weights())]),
        "negative_weights": model(initializers=[TensorProto(name="w", data_type=1, dims=[3, -2, 1, 1],
                                                            float_data=[1.0] * 6)]),
        "string_weights": model(initializers=[TensorProto(name="w", data_type=TensorProto.STRING, dims=[3, 2, 1, 1],
                                                          string_data=[b"a"] * 6)]),
        "nan_weights": model(initializers=[weights(value=np.nan)]),
        "inf_weights": model(initializers=[weights(value=np.inf)]),
        "external_missing": model(initializers=[external("no-such-file")]),
        "external_outside": model(initializers=[external("../../../../../../etc/passwd")]),
        "two_producers": model([node("Conv", ["x", "w"], ["t"]), node("Relu", ["x"], ["t"]), relu]),
        "two_initializers": model(initializers=[weights(), weights()]),
        "two_inputs_one_name": model(inputs=[tensor("x", INPUT), tensor("x", INPUT)]),
        "no_inputs": model(inputs=[]),
        "no_outputs": model(outputs=[]),
        "no_producer": model(outputs=[tensor("z", OUTPUT)]),
        "huge": model(inputs=[tensor("x", [1, 2, 1 << 40, 1 << 40])], outputs=[tensor("y", [1, 3, 1 << 40, 1 << 40])]),
        "large": model(inputs=[tensor("x", [1, 2, 1 << 20, 1 << 20])], outputs=[tensor("y", [1, 3, 1 << 20, 1 << 20])]),
        "zero": model(inputs=[tensor("x", [1, 2, 0, 4])], outputs=[tensor("y", [1, 3, 0, 4])]),
        "negative": model(inputs=[tensor("x", [1, 2, -4, 4])]),
        "dynamic": model(inputs=[tensor("x", [1, 2, "height", 4])]),
        "no_shape": model(inputs=[tensor("x", None)]),
        "string_input": model(inputs=[tensor("x", INPUT, TensorProto.STRING)]),
        "opset_none": model(opset=1 << 32),
        "unsupported": chain("Relu", "Erfinv", "Relu", "NonMaxSuppression", "Erfinv"),
        "other_domain": model([helper.make_node("Relu", ["x"], ["y"], name="odd", domain="org.example")],
                              outputs=[tensor("y", INPUT)], initializers=[]),
        "stride_zero": model(strides=[0, 1]),
        "dilation_zero": model(dilations=[0, 0]),
        "group_zero": model(group=0),
        "group_odd": model(group=7),
        "pads_huge": model(pads=[1 << 40, 0, 0, 0]),
        "pads_negative": model(pads=[-9, -9, -9, -9]),
        "pads_three": model(pads=[1, 1, 1]),
        "reshape_size": model([node("Reshape", ["x", "shape"], ["y"])],
                              initializers=[numpy_helper.from_array(np.array([5, 7], np.int64), "shape")],
                              outputs=[tensor("y", [5, 7])]),
        "transpose_twice": model([node("Transpose", ["x"], ["y"], perm=[0, 1, 1, 3])], initializers=[]),
        "axis_far": model([node("Concat", ["x", "x"], ["y"], axis=9)], initializers=[]),
    }
