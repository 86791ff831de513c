#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles models for every target that runs here, and compares their integer outputs with those of plain x86-64.

  compare_models.py FOLDER --work=FOLDER [--models=NAME,...] [--samples=N] [--targets=WORD,...] [--check=PAGE.md]

FOLDER holds NAME/model.onnx, NAME/calibration.npz and NAME/test.npz. Prints a Markdown table; with --check the lines of
that table must stand in PAGE.md as well. Exit code 1 after a difference.
"""
import argparse
import os
import subprocess
import sys

import numpy as np

import targets

MODELS = ["resnet8-cifar10", "dscnn-kws", "mnist-cnn", "mobilenet-v1-0.25"]
FEW = 5


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return None if done.returncode == 0 else done.stderr.strip() or "exit code %d" % done.returncode


class Model:

    def __init__(self, options, name):
        self.name, self.work = name, options.work
        folder = os.path.join(options.folder, name)
        self.test = os.path.join(folder, "test.npz")
        # The network with millions of products takes its time under an emulator.
        self.large = name.startswith("mobilenet")
        self.normalize = ["--normalize=127.5,127.5"] if self.large else []
        self.quantized = os.path.join(options.work, name + ".mlirbc")
        error = run("quantc", os.path.join(folder, "model.onnx"), *self.normalize, "--remarks=false",
                    "--calibration-data=" + os.path.join(folder, "calibration.npz"), "--stop-after=legalize", "-o",
                    self.quantized)
        if error:
            sys.exit("%s: %s" % (name, error))

    def count(self, target, samples):
        return FEW if target.is_emulated and (self.large or target.is_generic) else samples

    def outputs(self, target, samples):
        """The outputs of the first samples as one array, or what went wrong."""
        library, written = (os.path.join(self.work, "%s.%s" % (self.name, end)) for end in ("so", "npz"))
        error = run("quantc", self.quantized, "--io=int8", "--remarks=false", *target.flags, "-o", library)
        error = error or run("quant-run", library, *target.run, *self.normalize, "--input=" + self.test,
                             "--samples=%d" % samples, "--output=" + written)
        if error:
            return error
        with np.load(written) as arrays:
            return np.concatenate([arrays[name].reshape(samples, -1) for name in arrays.files], axis=1)


def compare(model, target, samples, expected):
    """A cell of the table, and whether it is as it should be."""
    if target.reason:
        return "skipped", True
    count = model.count(target, samples)
    found = model.outputs(target, count)
    if isinstance(found, str):
        if "which this machine has not" in found:
            target.reason = found.splitlines()[-1]
            return "skipped", True
        print("%s, %s: %s" % (model.name, target.name, found), file=sys.stderr)
        return "fails", False
    if found.dtype != np.int8 or not np.array_equal(found, expected[:count]):
        return "%d different" % (found != expected[:count]).any(axis=1).sum(), False
    return "%d equal" % count, True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--work", required=True)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--targets", help="all that run here where not given")
    parser.add_argument("--check")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    models = [Model(options, name) for name in options.models.split(",")]
    plain = targets.TARGETS[0]
    expected = [model.outputs(plain, options.samples) for model in models]
    lines = ["| target | %s |" % " | ".join(model.name for model in models), "| --- |" + " --- |" * len(models)]
    good = True
    for target in targets.select(options.targets):
        cells = []
        for model, want in zip(models, expected):
            cell, right = compare(model, target, options.samples, want)
            cells.append(cell)
            good = good and right
        lines.append("| %s | %s |" % (target.name, " | ".join(cells)))
        print("\n".join(lines) if len(lines) == 3 else lines[-1], flush=True)
        if target.reason:
            print("skipped %s: %s" % (target.name, target.reason), file=sys.stderr)
    if options.check:
        with open(options.check, encoding="utf-8") as file:
            page = file.read().splitlines()
        for line in lines:
            if "skipped" not in line and line not in page:
                print("%s has no line '%s'" % (options.check, line))
                good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
