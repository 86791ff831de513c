#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs ONNX's own backend tests through compiled code: onnx_backend_node.py

    onnx_backend_node.py [--quant-run=PROGRAM] [--quantc=PROGRAM]
                         [--filter=SUBSTRING] [--quantized] [--verbose]

Every test of an operator that the importer knows is imported, compiled by the
JIT of quant-run and compared with the outputs that ONNX recorded. In the tests
everything is an input of the model; what the importer demands to be constant
(weights, axes, bounds, scales, zero points) becomes an initializer here. A model
may be refused as unsupported; it must not give other numbers, and of integers not
one that differs. The operators of quantized models are run twice: as quant-run
compiles them, with floats between the casts, and as quantc does, in integers.
--quantized runs these alone.

Prints one line for each refused or failed test, then the counts. Exit code 1 if
a result differs or a tool crashes.
"""

import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import numpy_helper

DATA = "/usr/share/libonnx-testdata/data"
FOLDERS = ["node", "simple", "pytorch-operator", "pytorch-converted"]

OPERATORS = set(
    """Add AveragePool BatchNormalization Cast Clip Concat Constant Conv Div
    Dropout Flatten Gelu Gemm GlobalAveragePool HardSigmoid HardSwish Identity
    LayerNormalization LeakyRelu MatMul MaxPool Mul Pad ReduceMean Relu Reshape Sigmoid Softmax
    Squeeze Sub Tanh Transpose Unsqueeze
    Abs Ceil ConstantOfShape Erf Exp Floor Gather GlobalMaxPool Log Max Min Neg
    Pow PRelu Reciprocal ReduceMax ReduceMin ReduceSum Shape Slice Split
    Sqrt""".split()
)

# The operators of quantized models.
QUANTIZED = set(
    """ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger
    QLinearConv QLinearMatMul QuantizeLinear""".split()
)

# What the function bodies of these are made of beside the above.
HELPERS = {"Round"}

# Operands of quantized operators that are activations.
ACTIVATIONS = {"MatMulInteger": {0, 1}, "QLinearMatMul": {0, 3}}

# Operators whose operands are all activations: each may stay an input.
SYMMETRIC = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Concat", "Pow"}

# Attributes of older opsets that 7 dropped, with no meaning for inference.
DROPPED = {"broadcast", "is_test", "consumed_inputs"}


def read_tensors(folder, prefix):
    count = len(glob.glob("%s/%s_*.pb" % (folder, prefix)))
    return [
        numpy_helper.to_array(onnx.load_tensor("%s/%s_%d.pb" % (folder, prefix, i)))
        for i in range(count)
    ]


def modernize(model):
    """The importer starts at opset 7; some tests were made with 1 or 6."""
    for entry in model.opset_import:
        if entry.domain == "" and entry.version < 7:
            entry.version = 7
            for node in model.graph.node:
                kept = [a for a in node.attribute if a.name not in DROPPED]
                del node.attribute[:]
                node.attribute.extend(kept)


def make_constants(model, arrays):
    """Turns inputs into initializers where the importer wants constants.
    Returns what is left to feed."""
    graph = model.graph
    known = {i.name for i in graph.initializer}
    inputs = [i for i in graph.input if i.name not in known]
    operator = graph.node[0].op_type
    symmetric = operator in SYMMETRIC or len(graph.node) > 1
    activations = ACTIVATIONS.get(operator, {0})
    feeds = {}
    for index, (info, array) in enumerate(zip(inputs, arrays)):
        info.type.tensor_type.ClearField("shape")
        # Also creates the shape of a scalar, which has no dimension.
        info.type.tensor_type.shape.SetInParent()
        for size in array.shape:
            info.type.tensor_type.shape.dim.add().dim_value = size
        is_data = array.dtype == numpy.float32 or operator in QUANTIZED
        if is_data and (index in activations or symmetric):
            feeds[info.name] = array
        else:
            graph.initializer.append(numpy_helper.from_array(array, info.name))
    return feeds


def compare(result, model, expected):
    with numpy.load(result) as outputs:
        for info, want in zip(model.graph.output, expected):
            got = outputs[info.name]
            if got.size != want.size:
                return "shape %s instead of %s" % (got.shape, want.shape)
            got = got.reshape(want.shape)
            if want.dtype.kind in "iu":
                if got.dtype != want.dtype or not numpy.array_equal(got, want):
                    return "integer output %s differs" % info.name
                continue
            if not numpy.allclose(got, want, rtol=1e-3, atol=1e-5, equal_nan=True):
                worst = numpy.nanmax(numpy.abs(got - want))
                return "output %s differs by %g" % (info.name, worst)
    return ""


def is_quantized(model):
    return any(node.op_type in QUANTIZED for node in model.graph.node)


def run_model(programs, work, model):
    """Runs model.onnx in the folder `work`. Returns the result of the run that
    failed, or else of the last."""
    ends = ["--input=" + work + "/in.npz", "--output=" + work + "/out.npz"]
    commands = [[programs.quant_run, work + "/model.onnx"] + ends]
    if is_quantized(model):
        library = work + "/model.so"
        commands.append([programs.quantc, work + "/model.onnx", "-o", library])
        ends[1] = "--output=" + work + "/integer.npz"
        commands.append([programs.quant_run, library] + ends)
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            break
    return done


def run_case(case, programs):
    """Returns (outcome, detail): outcome is passed, refused, failed or skipped."""
    try:
        model = onnx.load(case + "/model.onnx")
    except Exception:
        return "skipped", "not readable by Python"
    if not model.graph.node or not all(
        node.op_type in OPERATORS | QUANTIZED | HELPERS
        for node in model.graph.node
    ):
        return "skipped", "other operators"
    if programs.quantized and not is_quantized(model):
        return "skipped", "not quantized"
    folder = case + "/test_data_set_0"
    try:
        inputs = read_tensors(folder, "input")
        expected = read_tensors(folder, "output")
    except Exception:
        return "skipped", "inputs that are no tensors"
    modernize(model)
    feeds = make_constants(model, inputs)
    if not feeds:
        return "skipped", "no input that is data"
    with tempfile.TemporaryDirectory() as work:
        onnx.save(model, work + "/model.onnx")
        # Samples stand in front of the model's own axes: one sample.
        numpy.savez(work + "/in.npz", **{k: v[None] for k, v in feeds.items()})
        done = run_model(programs, work, model)
        message = done.stderr.strip().replace(work + "/", "")
        if done.returncode == 1 and message.startswith("error:"):
            return "refused", message.splitlines()[0]
        if done.returncode != 0:
            return "failed", "exit code %d: %s" % (done.returncode, message)
        for result in ("out.npz", "integer.npz"):
            if not os.path.exists(work + "/" + result):
                continue
            difference = compare(work + "/" + result, model, expected)
            if difference:
                return "failed", result + ": " + difference
        return "passed", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quant-run", default="quant-run")
    parser.add_argument("--quantc", default="quantc")
    parser.add_argument("--filter", default="")
    parser.add_argument("--quantized", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    cases = [
        case
        for folder in FOLDERS
        for case in sorted(glob.glob("%s/%s/test_*" % (DATA, folder)))
        if options.filter in case
    ]
    counts = {"passed": 0, "refused": 0, "failed": 0, "skipped": 0}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = pool.map(lambda case: run_case(case, options), cases)
        for case, (outcome, detail) in zip(cases, outcomes):
            counts[outcome] += 1
            shown = outcome in ("refused", "failed") or (
                options.verbose and outcome == "passed"
            )
            if shown:
                name = os.path.basename(case)
                print("%s %s" % (outcome, name) + (": " + detail if detail else ""))
    print(" ".join("%s=%d" % count for count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
