#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles one model in the modes without calibration and asserts what they promise.

  check_modes.py MODEL.onnx --test=T.npz --work=FOLDER [--samples=N] [--labels=NAME] [--loss=POINTS] [--loss4=POINTS]
      [--normalize=M,S] [--cpus=x86-64,native]

dynamic: the outputs of all CPUs are equal bit for bit, and those of the reference evaluation up to the last bits of
the functions of libm behind the last contraction. weight-only with 8 and 4 bits: the outputs are those of the
reference evaluation within a few units of the last place of float sums. With labels, the top-1 of dynamic and of
weights of 8 bits is at most POINTS under that of float, that of 4 bits with --loss4 likewise. Weights are stored once and as
small as they are: the libraries shrink with the bits, and the arena is that of the float model. Prints a table and
"N findings".
"""
import argparse
import os
import re

import numpy as np

import process

MODES = {"float": ["--mode=float"], "dynamic": ["--mode=dynamic"], "weights-8": ["--mode=weight-only"],
         "weights-4": ["--mode=weight-only", "--weight-bits=4"]}


def run(*command):
    """False where this machine cannot run the model."""
    done = process.attempt(*command)
    if process.is_refused(done):
        return False
    process.check(command, done)
    return True


def read(path):
    archive = np.load(path)
    return archive[archive.files[0]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("test", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--labels")
    parser.add_argument("--loss", type=float, default=0.3)
    parser.add_argument("--loss4", type=float, default=100.0)
    parser.add_argument("--normalize")
    parser.add_argument("--cpus", default="x86-64,x86-64-v3,native")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    normalize = ["--normalize=" + options.normalize] if options.normalize else []
    findings = 0

    def path(name):
        return os.path.join(options.work, name)

    def execute(model, *flags):
        """The outputs, or None on a machine that cannot run the model."""
        written = path("outputs.npz")
        done = run("quant-run", model, "--input=" + options.test, "--output=" + written, *normalize, *flags)
        return read(written) if done else None

    def find(text):
        nonlocal findings
        findings += 1
        print("finding: " + text)

    few = "--samples=%d" % options.samples
    top1, sizes, arenas = {}, {}, {}
    for mode, flags in MODES.items():
        compiled = {}
        for cpu in options.cpus.split(",") if mode == "dynamic" else ["native"]:
            library = path("%s-%s.so" % (mode, cpu))
            run("quantc", options.model, *flags, "--cpu=" + cpu, "-o", library, "--remarks=false")
            outputs = execute(library, few)
            if outputs is not None:
                compiled[cpu] = outputs
        if mode != "float":
            run("quantc", options.model, *flags, "--stop-after=legalize", "-o", path("model.mlirbc"))
            expected = execute(path("model.mlirbc"), few, "--engine=reference")
            scale = np.abs(expected).max()
            for cpu, outputs in compiled.items():
                difference = np.abs(outputs - expected).max() / scale
                if difference > 2e-6:
                    find("%s on %s differs from the reference by %g of the largest output" % (mode, cpu, difference))
        sizes[mode] = os.path.getsize(path("%s-native.so" % mode))
        with open(path("%s-native.h" % mode)) as header:
            arenas[mode] = int(re.search(r"ARENA_SIZE (\d+)", header.read()).group(1))
        first = next(iter(compiled.values()))
        for cpu, outputs in compiled.items():
            if outputs.tobytes() != first.tobytes():
                find("%s on %s is not equal to the other CPUs" % (mode, cpu))
        if options.labels:
            outputs = execute(path("%s-native.so" % mode))
            labels = np.load(options.test)[options.labels]
            top1[mode] = 100 * np.mean(outputs.reshape(len(labels), -1).argmax(1) == labels.reshape(-1))
            print("%-10s top-1 %6.2f %%  %7d bytes" % (mode, top1[mode], sizes[mode]))
            allowed = options.loss4 if mode == "weights-4" else options.loss
            if top1[mode] < top1["float"] - allowed:
                find("%s loses %.2f points of top-1" % (mode, top1["float"] - top1[mode]))
    if not sizes["weights-4"] < sizes["weights-8"] < 0.7 * sizes["float"]:
        find("the libraries do not shrink with their weights: %s" % sizes)
    for mode in ("weights-8", "weights-4"):
        if arenas[mode] > arenas["float"]:
            find("%s needs an arena of %d bytes, float of %d" % (mode, arenas[mode], arenas["float"]))
    print("%d findings" % findings)


if __name__ == "__main__":
    main()
