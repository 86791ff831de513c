# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single kernels beside oneDNN's: matrix products and the distinct convolutions of two networks.

Ours enters quantc as the IR that it lowers whole models to: one `qnn` operation with constant weights, activations
stored in u8, NHWC; or, for a product that stays in i32, a `linalg.generic`. Both sides know their weights ahead of time
and lay them out as they like, requantize with a multiplier for each channel, and clamp at zero (relu).
"""
import functools
import statistics
from dataclasses import dataclass

import numpy as np

from . import architectures
from .models import format_convolution, read_descriptor
from .process import alternate, run

#: Rows, columns and depth of the matrix products.
PRODUCTS = [(1024, 1024, 1024), (256, 256, 256), (196, 256, 2304), (128, 3072, 768), (1, 1024, 1024), (7, 33, 65)]
#: The networks whose convolutions are compared.
NETWORKS = ["resnet50", "mobilenet_v2"]
#: The number that Google Benchmark prints for the median of its repetitions.
MEDIAN = r'(?s)"aggregate_name": "median".*?"real_time": ([0-9.e+-]+)'


def make_weights(count, seed):
    """Symmetric bytes as the text of an elements attribute."""
    values = np.random.default_rng(seed).integers(-127, 128, count, dtype=np.int8)
    return f'dense<"0x{values.tobytes().hex().upper()}">'


def make_types(channels, axis, products):
    """Aliases of the types of a kernel whose sums of random products come out as bytes."""
    scales = ", ".join(f"{(0.5 + i % 7 / 7) / (128 * max(1, products // 4)):.9g}" for i in range(channels))
    return (f"!x = !quant.uniform<u8:f32, 1.0:0>\n!r = !quant.uniform<u8:f32, 1.0:0>\n"
            f"!w = !quant.uniform<i8<-127:127>:f32:{axis}, {{{scales}}}>\n"
            f"!b = !quant.uniform<i32:f32:0, {{{scales}}}>\n")


def make_function(source, weight, result, channels, operation, seed):
    weights = make_weights(int(np.prod(weight)), seed)

    def tensor(shape, element):
        return f"tensor<{'x'.join(map(str, [*shape, element]))}>"

    x, w, r, b = tensor(source, "!x"), tensor(weight, "!w"), tensor(result, "!r"), tensor([channels], "!b")
    return (f"func.func @main(%x: {x}) -> {r} {{\n"
            f"  %w = qnn.constant {weights} : {tensor(weight, 'i8')} as {w}\n"
            f"  %b = qnn.constant dense<0> : {tensor([channels], 'i32')} as {b}\n"
            f"  %r = {operation} : ({x}, {w}, {b}) -> {r}\n  return %r : {r}\n}}\n")


@dataclass
class Product:
    """u8 [rows, depth] times constant s8 [depth, columns], to i32 or requantized to u8."""
    rows: int
    columns: int
    depth: int
    requantizes: bool

    group = "matrix product"

    @property
    def name(self):
        result = "i8" if self.requantizes else "i32"
        return f"{self.rows} x {self.columns} x {self.depth} to {result}"

    @property
    def file(self):
        return self.name.replace(" ", "")

    @property
    def macs(self):
        return self.rows * self.columns * self.depth

    @property
    def peer_arguments(self):
        return ["matmul", self.rows, self.columns, self.depth, "u8" if self.requantizes else "i32"]

    def write_ir(self):
        if self.requantizes:
            return make_types(self.columns, 0, self.depth) + make_function(
                (self.rows, self.depth), (self.columns, self.depth), (self.rows, self.columns), self.columns,
                "qnn.fully_connected %x, %w, %b", self.macs)
        weights = make_weights(self.columns * self.depth, self.macs)
        x, w, r = (f"tensor<{a}x{b}x{t}>" for a, b, t in (
            (self.rows, self.depth, "i8"), (self.depth, self.columns, "i8"), (self.rows, self.columns, "i32")))
        return f"""func.func @main(%x: {x} {{qnn.unsigned}}) -> {r} {{
  %w = arith.constant {weights} : {w}
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : {r}
  %start = linalg.fill ins(%zero : i32) outs(%empty : {r}) -> {r}
  %r = linalg.generic {{
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                       affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%x, %w : {x}, {w}) outs(%start : {r}) {{
  ^bb0(%a: i8, %b: i8, %sum: i32):
    %left = arith.extui %a : i8 to i32
    %right = arith.extsi %b : i8 to i32
    %product = arith.muli %left, %right : i32
    %next = arith.addi %sum, %product : i32
    linalg.yield %next : i32
  }} -> {r}
  return %r : {r}
}}
"""


@dataclass
class Convolution:
    """A convolution of a u8 image with constant weights, requantized and clamped at zero."""
    facts: dict
    networks: list

    @property
    def is_depthwise(self):
        return self.facts["groups"] > 1

    @property
    def group(self):
        return "depthwise convolution" if self.is_depthwise else "convolution"

    @property
    def name(self):
        facts = self.facts
        kernel = "x".join(map(str, facts["kernel"]))
        image = "x".join(map(str, facts["image"]))
        kind = " depthwise" if self.is_depthwise else f" to {facts['channels']}"
        return f"{image}x{facts['depth']}{kind}, {kernel}/{facts['stride']}"

    @property
    def file(self):
        return "conv-" + format_convolution(self.facts).replace(" ", "-")

    @property
    def result(self):
        facts = self.facts
        top, left, bottom, right = facts["pads"]
        return [(size + before + after - kernel) // facts["stride"] + 1 for size, kernel, before, after in zip(
            facts["image"], facts["kernel"], (top, left), (bottom, right))]

    @property
    def products(self):
        return self.facts["depth"] // self.facts["groups"] * int(np.prod(self.facts["kernel"]))

    @property
    def macs(self):
        return self.products * self.facts["channels"] * int(np.prod(self.result))

    @property
    def peer_arguments(self):
        return ["convolution", *format_convolution(self.facts).split()]

    def write_ir(self):
        facts = self.facts
        top, left, bottom, right = facts["pads"]
        attributes = (f"{{pad = array<i64: {top}, {bottom}, {left}, {right}>, "
                      f"stride = array<i64: {facts['stride']}, {facts['stride']}>}}")
        channels, depth = facts["channels"], facts["depth"]
        if self.is_depthwise:
            weight, operation = [*facts["kernel"], channels], "qnn.depthwise_conv_2d"
        else:
            weight, operation = [channels, *facts["kernel"], depth], "qnn.conv_2d"
        return make_types(channels, 2 if self.is_depthwise else 0, self.products) + make_function(
            [1, *facts["image"], depth], weight, [1, *self.result, channels], channels,
            f"{operation} %x, %w, %b {attributes}", self.macs)


def list_products():
    return [Product(*shape, requantizes) for requantizes in (False, True) for shape in PRODUCTS]


def list_convolutions():
    """Each distinct one once, in the order of the networks, the depthwise ones last."""
    found = {}
    for network in NETWORKS:
        for facts in architectures.build(network).convolutions:
            kernel = found.setdefault(format_convolution(facts), Convolution(facts, []))
            if network not in kernel.networks:
                kernel.networks.append(network)
    return sorted(found.values(), key=lambda kernel: kernel.is_depthwise)


def count_bytes(tensor):
    return int(np.prod(tensor["shape"])) * int(tensor["type"][1:]) // 8


class KernelComparison:
    def __init__(self, toolbox, meter, peers, cpu):
        self.toolbox, self.meter, self.cpu = toolbox, meter, cpu
        toolbox.install_packages(["libbenchmark-dev"])
        self.timer = toolbox.build_program("kernels/kernel_timer.cpp", "-lbenchmark", "-lpthread", "-ldl")
        self.peer = None
        if "onednn" in peers:
            toolbox.install_packages(["libdnnl-dev"])
            self.peer = toolbox.build_program("peers/onednn_runner.cpp", "-ldnnl")

    def compile(self, kernel):
        folder = self.toolbox.cache / "kernels"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{kernel.file}-{self.cpu}"
        result = folder / f"{name}-{self.toolbox.stamp}.so"
        if not result.exists():
            for old in folder.glob(f"{name}-*"):
                old.unlink()
            source = folder / f"{name}.mlir"
            source.write_text(kernel.write_ir())
            run([self.toolbox.quantc, source, f"--cpu={self.cpu}", "--name=kernel", "--remarks=false", "-o", result])
        return result

    def command(self, library):
        facts = read_descriptor(library)
        return [self.timer, library, facts["run"], facts["arena_size"], count_bytes(facts["inputs"][0]),
                count_bytes(facts["outputs"][0]), "--benchmark_format=json", "--benchmark_min_time=0.005",
                "--benchmark_repetitions=21", "--benchmark_report_aggregates_only=true"]

    def measure(self, kernels, passes):
        """For each kernel its name, group, multiply-adds and the microseconds of each engine."""
        # A disturbance of seconds meets one pass of many kernels, not all passes of one.
        commands = {}
        for number, kernel in enumerate(kernels):
            self.toolbox.progress(f"kernel {number + 1} of {len(kernels)}: {kernel.name}: compiling")
            ours = [str(word) for word in self.command(self.compile(kernel))]
            commands[number, "quantc"] = functools.partial(self.meter.measure, ours, MEDIAN)
            if self.peer:
                theirs = [str(word) for word in [self.peer, *kernel.peer_arguments]]
                commands[number, "onednn"] = functools.partial(self.meter.measure, theirs)
        medians = alternate(passes, commands, lambda text: self.toolbox.progress(f"kernels: {text}"))
        rows = [dict(name=kernel.name, group=kernel.group, macs=kernel.macs, times={}) for kernel in kernels]
        for (number, engine), median in medians.items():
            rows[number]["times"][engine] = median
        return rows


def summarize(rows):
    """Geometric mean and least of the ratios of oneDNN's time to ours."""
    ratios = [row["times"]["onednn"] / row["times"]["quantc"] for row in rows if "onednn" in row["times"]]
    return (statistics.geometric_mean(ratios), min(ratios)) if ratios else None
