# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables of invented times, and the quantizer on networks with invented ranges."""
import collections
import sys

sys.path.insert(0, sys.argv[1])

import onnx
from suite import architectures, kernels, quantize, report

print(report.write_models([
    dict(name="one", macs=100e6, times={"quantc int8": 0.5, "ort int8": 0.75, "onednn convolutions": 0.4}),
    dict(name="two", macs=2e6, times={"ort int8": 0.1})], peak=250))
print(report.write_models([
    dict(name="three", macs=100e6, times={"quantc int8": 0.5, "quantc int8, 1 thread": 0.95, "ort int8": 0.75})], peak=500))
print(report.write_kernels([
    dict(name="a", group="convolution", macs=1e6, times={"quantc": 10, "onednn": 40}),
    dict(name="b", group="convolution", macs=1e6, times={"quantc": 10, "onednn": 10})], peak=250))
print(report.replace_section("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n", "x", "new").replace("\n", "/"))


def check(name):
    graph, _, tensors = quantize.prepare(architectures.build(name).model)
    model = quantize.quantize(graph, {tensor: (-1.0, 2.0) for tensor in [*tensors, "input"]})
    onnx.shape_inference.infer_shapes(model, strict_mode=True)
    writers = {result: node.op_type for node in model.graph.node for result in node.output}
    counts = collections.Counter()
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm", "Add"):
            assert all(writers[operand] == "DequantizeLinear" for operand in node.input), node.name
            counts[node.op_type] += 1
    kinds = {node.op_type for node in model.graph.node}
    left = "activation functions left" if kinds & {"Relu", "Clip"} else "no activation functions left"
    print(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(
        counts.items(), key=lambda item: ["Conv", "Gemm", "Add"].index(item[0]))) + f" quantized; {left}")


check("resnet8")
check("dscnn")
convolutions = kernels.list_convolutions()
depthwise = sum(kernel.is_depthwise for kernel in convolutions)
print(f"{len(kernels.list_products())} products, {len(convolutions) - depthwise} convolutions, "
      f"{depthwise} depthwise convolutions")
