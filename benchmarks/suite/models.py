# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole networks: makes each one in every engine's form and times them in turn."""
import ctypes
import json
import re
import subprocess
import sys

import numpy as np
import onnx

from . import architectures, quantize
from .process import Failure, alternate, run

#: Samples of the calibration, which runs take in turn afterwards.
SAMPLES = 8


def write_files(name, folder):
    """The network as float ONNX, its samples for both kinds of engine, and what is to be known of it."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / f"{name}.json"
    if facts.exists():
        return json.loads(facts.read_text())
    net = architectures.build(name)
    onnx.save(net.model, str(folder / f"{name}.onnx"))
    shape = net.shapes["input"]
    samples = np.random.default_rng(7).standard_normal((SAMPLES, *shape[1:])).astype(np.float32)
    np.savez(folder / f"{name}.npz", input=samples)
    samples.tofile(folder / f"{name}.raw")
    description = dict(name=name, macs=net.macs, shape=list(shape), convolutions=net.convolutions)
    facts.write_text(json.dumps(description))
    return description


def choose_runs(macs):
    """Runs of one process: a second or so of the slowest engine, and never few."""
    return int(np.clip(4e10 / max(macs, 1), 25, 2000))


class OnnxRuntime:
    """ONNX Runtime in its own process."""

    def __init__(self, toolbox):
        self.library = toolbox.get_onnxruntime()
        self.version = toolbox.get_onnxruntime_version()
        self.runner = toolbox.build_program("peers/onnxruntime_runner.cpp", "-ldl")

    def command(self, model, facts, samples, *arguments):
        shape = ",".join(map(str, facts["shape"]))
        return [self.runner, self.library, model, samples, shape, *map(str, arguments)]

    def quantize(self, facts, folder):
        """The int8 model, its ranges measured on the samples that ours are."""
        name = facts["name"]
        result = folder / f"{name}.int8.onnx"
        if result.exists():
            return result
        graph, probe, tensors = quantize.prepare(onnx.load(str(folder / f"{name}.onnx")))
        path = folder / f"{name}.probe.onnx"
        onnx.save(probe, str(path))
        output = run(self.command(path, facts, folder / f"{name}.raw", "ranges", *tensors))
        path.unlink()
        ranges = {tensor: (float(least), float(greatest))
                  for tensor, least, greatest in (line.split() for line in output.splitlines())}
        samples = np.load(folder / f"{name}.npz")["input"]
        ranges["input"] = float(samples.min()), float(samples.max())
        onnx.save(quantize.quantize(graph, ranges), str(result))
        return result


class Comparison:
    def __init__(self, toolbox, meter, peers, cpu, with_float):
        self.toolbox, self.meter, self.cpu, self.with_float = toolbox, meter, cpu, with_float
        #: What could not be measured, and why.
        self.notes = []
        self.runtime = OnnxRuntime(toolbox) if "ort" in peers else None
        self.onednn = None
        if "onednn" in peers:
            toolbox.install_packages(["libdnnl-dev"])
            self.onednn = toolbox.build_program("peers/onednn_runner.cpp", "-ldnnl")

    def compile(self, facts, folder, mode, *options, threads=None):
        name, threads = facts["name"], threads or self.meter.threads
        kind = f"{name}-{mode}{''.join(options)}-{self.cpu}-t{threads}"
        result = folder / f"{kind}-{self.toolbox.stamp}.so"
        if not result.exists():
            for old in folder.glob(f"{kind}-*"):
                old.unlink()
            command = [self.toolbox.quantc, folder / f"{name}.onnx", f"--mode={mode}", f"--cpu={self.cpu}",
                       "--remarks=false", *options, "-o", result]
            if mode == "static":
                command.append(f"--calibration-data={folder / f'{name}.npz'}")
            if threads > 1:
                command.append(f"--threads={threads}")
            run(command)
        return result

    def collect(self, facts):
        """For each engine's name a function that measures the network in it, in milliseconds."""
        folder = self.toolbox.models
        name, runs = facts["name"], choose_runs(facts["macs"])
        commands = {}

        def add(engine, command, threads=None):
            commands[engine] = lambda: self.meter.measure([str(word) for word in command], threads=threads)

        def add_ours(engine, mode, threads=None):
            try:
                library = self.compile(facts, folder, mode, threads=threads)
            except Failure as failure:
                self.notes.append(f"{name}, {mode}: quantc does not compile it: {failure}")
                return
            add(engine, [self.toolbox.quant_run, library, f"--input={folder / f'{name}.npz'}",
                         f"--benchmark={runs}"], threads)

        def add_runtime(engine, model):
            add(engine, self.runtime.command(model, facts, folder / f"{name}.raw", "time", self.meter.threads,
                                             max(5, runs // 10), runs))

        add_ours("quantc int8", "static")
        if self.meter.threads > 1:
            add_ours("quantc int8, 1 thread", "static", threads=1)
        if self.runtime:
            add_runtime("ort int8", self.runtime.quantize(facts, folder))
        if self.with_float:
            add_ours("quantc f32", "float")
            if self.runtime:
                add_runtime("ort f32", folder / f"{name}.onnx")
        if self.onednn and facts["convolutions"]:
            shapes = folder / f"{name}.convolutions"
            shapes.write_text("".join(format_convolution(conv) + "\n" for conv in facts["convolutions"]))
            add("onednn convolutions", [self.onednn, "sequence", shapes, runs])
        return commands

    def profile(self, facts):
        """The int8 network layer by layer: names, microseconds, multiply-adds and percent of the limit."""
        folder = self.toolbox.models
        name = facts["name"]
        library = self.compile(facts, folder, "static", "--profile")
        command = [self.toolbox.quant_run, library, f"--input={folder / f'{name}.npz'}", "--profile",
                   f"--benchmark={choose_runs(facts['macs'])}"]
        output, _ = self.meter.run_once([str(word) for word in command])
        found = re.findall(r"^(\S+) +([0-9.]+) +[0-9.]+% +([0-9]+) +[0-9]+ +\S+ +([0-9]+)%$", output, re.MULTILINE)
        return [dict(name=layer, time=float(time), macs=int(macs), limit=float(limit) / 100)
                for layer, time, macs, limit in found if layer != "all"]

    def measure(self, names, passes):
        """A row for each network: its facts and the time of each engine."""
        rows = []
        for name in names:
            self.toolbox.progress(f"{name}: preparing")
            facts = write_files(name, self.toolbox.models)
            commands = self.collect(facts)
            times = alternate(passes, commands, lambda text: self.toolbox.progress(f"{name}: {text}"))
            rows.append(dict(facts, times=times))
        return rows

    def measure_layers(self, names):
        """For each network the time of its kinds of layers."""
        rows = []
        for name in names:
            self.toolbox.progress(f"{name}: layer by layer")
            facts = write_files(name, self.toolbox.models)
            rows.append(dict(name=name, kinds=group_layers(facts, self.profile(facts))))
        return rows


# Prints the seconds and the largest KiB of a command. A process of its own, because a new process counts the memory
# of the one that it is a copy of.
MEASURE = """
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def measure_compilation(toolbox, names, cpu):
    """For each network how long the way from ONNX to a shared library takes, how much memory, and what comes out."""
    folder = toolbox.models
    rows = []
    for name in names:
        toolbox.progress(f"{name}: compiling")
        write_files(name, folder)
        library = folder / f"{name}-sizes.so"
        usage = subprocess.run(
            [sys.executable, "-c", MEASURE, toolbox.quantc, folder / f"{name}.onnx",
             f"--calibration-data={folder / f'{name}.npz'}", f"--cpu={cpu}", "--remarks=false", "-o", library],
            capture_output=True, text=True)
        if usage.returncode == 0:
            seconds, kibibytes = usage.stdout.split()
            facts = read_descriptor(library)
            rows.append(dict(name=name, seconds=float(seconds), memory=int(kibibytes) * 1024,
                             sizes=read_sizes(library), arena=facts["arena_size"], bound=facts["arena_lower_bound"]))
    return rows


def read_sizes(library):
    """The bytes of each section of an ELF file."""
    found = re.findall(r"^(\.\S+)\s+([0-9]+)", run(["size", "-A", library]), re.MULTILINE)
    return {name: int(size) for name, size in found}


def read_descriptor(library):
    """What a compiled model says of itself. Loads it, calls nothing."""
    text = ctypes.c_char.in_dll(ctypes.CDLL(str(library)), "quantc_model_descriptor")
    return json.loads(ctypes.string_at(ctypes.addressof(text)))


def find_kind(facts, layer):
    """What a layer is called in a summary, from the first of its nodes."""
    node = layer.split("+")[0]
    for number, conv in enumerate(facts["convolutions"]):
        if conv["node"] == node:
            if number == 0:
                return "first convolution"
            if conv["groups"] > 1:
                return "depthwise"
            return "1x1" if conv["kernel"] == [1, 1] else "larger kernels"
    return "matrix products" if node.startswith(("Gemm", "MatMul")) else "others"


def group_layers(facts, layers):
    """Layers of one kind in one row. The limit of several is the sum of their limits."""
    kinds = {}
    for layer in layers:
        row = kinds.setdefault(find_kind(facts, layer["name"]), dict(count=0, time=0.0, macs=0, limit=0.0))
        row["count"] += 1
        row["time"] += layer["time"]
        row["macs"] += layer["macs"]
        row["limit"] += layer["limit"] * layer["time"]
    return kinds


def format_convolution(conv):
    """One line of the oneDNN runner: depth, image, channels, kernel, stride, pads, groups."""
    return " ".join(map(str, [conv["depth"], *conv["image"], conv["channels"], *conv["kernel"], conv["stride"],
                              *conv["pads"], conv["groups"]]))
