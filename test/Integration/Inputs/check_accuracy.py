#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a model in float and in int8, and asserts what the two compute on a labelled test set.

  check_accuracy.py MODEL.onnx --calibration=C.npz --test=T.npz --work=FOLDER
      --float=PERCENT             the top-1 of float, to one sample in a thousand
      --int8=PERCENT              the least top-1 of int8
      --sqnr=DB                   the least signal-to-noise ratio of int8 against float
      [--table=README.md:ROW]     these three from a table of ONNX Runtime's results instead:
                                  int8 may lose half a point and 1 dB against it
      [--normalize=M,S]           handed through
      [--evaluate=evaluate.py]    scores the written outputs once more

What quant-run prints is not believed: the outputs that it writes are scored again, with numpy here and
by `evaluate.py` where there is one, and the three must agree. The int8 model is all integer, at its
boundary too; its scale is read from the descriptor inside the shared object.
"""
import argparse
import ctypes
import json
import math
import os
import re
import sys

import numpy as np

from process import run


def read_numbers(text):
    """`top1=84.60% sqnr=31.40dB` -> {"top1": 84.6, "sqnr": 31.4}; also `top1: 0.846`."""
    return {name: float(value) for name, value in re.findall(r"(\w+)(?:=|: )(-?inf|INF|-?[0-9.e+-]+)", text)}


def read_table(reference):
    """The float top-1, int8 top-1 and SQNR of one row; anything else in a cell is ignored."""
    path, _, row = reference.rpartition(":")
    with open(path) as file:
        for line in file:
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) == 8 and cells[1] == row and re.match(r"[0-9]", cells[3]):
                return [float(re.match(r"[0-9.]+", cell).group()) for cell in cells[3:6]]
    sys.exit("%s: no row '%s'" % (path, row))


def only_array(path):
    archive = np.load(path)
    (name,) = archive.files
    return archive[name]


def read_descriptor(library):
    symbol = ctypes.c_char.in_dll(ctypes.CDLL(os.path.abspath(library)), "quantc_model_descriptor")
    return json.loads(ctypes.string_at(ctypes.addressof(symbol)))


def dequantize(stored, library):
    (output,) = read_descriptor(library)["outputs"]
    return (stored.astype(np.int64) - output["zero_point"]) * np.float64(np.float32(output["scale"]))


def score(outputs, labels):
    ranking = np.argsort(-outputs, axis=1, kind="stable")[:, :5]
    return {"top1": 100 * (ranking[:, 0] == labels).mean(),
            "top5": 100 * (ranking == labels[:, None]).any(axis=1).mean()}


def agree(outputs, reference):
    noise = ((outputs - reference) ** 2).sum()
    return {"sqnr": 10 * math.log10((reference ** 2).sum() / noise),
            "same_top1": 100 * (outputs.argmax(1) == reference.argmax(1)).mean()}


class Findings:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self):
        self.count = 0

    def check(self, holds, text):
        if not holds:
            self.count += 1
            print("finding: " + text)

    def check_same(self, what, printed, own, tolerance):
        for name, value in own.items():
            self.check(abs(printed[name] - value) <= tolerance,
                       "%s: %s is printed as %g, but is %g" % (what, name, printed[name], value))


def compile_model(options, name, *flags):
    library = os.path.join(options.work, name + ".so")
    run("quantc", options.model, "--cpu=native", "--remarks=false", "-o", library, *flags)
    return library


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("calibration", "test", "work"):
        parser.add_argument("--" + name, required=True)
    for name in ("float", "int8", "sqnr"):
        parser.add_argument("--" + name, type=float)
    for name in ("table", "normalize", "evaluate"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    least_float, least_int8, least_sqnr = options.float, options.int8, options.sqnr
    if options.table:
        least_float, runtime_int8, runtime_sqnr = read_table(options.table)
        least_int8, least_sqnr = runtime_int8 - 0.5, runtime_sqnr - 1
    os.makedirs(options.work, exist_ok=True)
    normalize = ["--normalize=" + options.normalize] if options.normalize else []

    libraries = {
        "float": compile_model(options, "float", "--mode=float"),
        "int8": compile_model(options, "int8", "--calibration-data=" + options.calibration, "--io=int8",
                              "--fail-on-float", *normalize)}
    printed, outputs = {}, {}
    for name, library in libraries.items():
        written = os.path.join(options.work, name + ".npz")
        compare = ["--compare=" + libraries["float"]] if name == "int8" else []
        printed[name] = read_numbers(run("quant-run", library, "--input=" + options.test, "--labels=labels",
                                         "--output=" + written, *compare, *normalize).stdout)
        outputs[name] = only_array(written)

    findings = Findings()
    findings.check(outputs["int8"].dtype == np.int8, "int8 writes %s" % outputs["int8"].dtype)
    outputs["int8"] = dequantize(outputs["int8"], libraries["int8"])
    labels = np.load(options.test)["labels"]
    outputs = {name: array.reshape(len(labels), -1).astype(np.float64) for name, array in outputs.items()}
    # What quant-run prints has two digits behind the point.
    for name in outputs:
        findings.check_same(name, printed[name], score(outputs[name], labels), 0.0051)
    findings.check_same("int8", printed["int8"], agree(outputs["int8"], outputs["float"]), 0.0051)
    if options.evaluate:
        check_with(options, findings, printed, outputs)

    accuracy = {name: numbers["top1"] for name, numbers in printed.items()}
    findings.check(abs(accuracy["float"] - least_float) <= 0.105,
                   "float has %.2f %%, expected %.2f %%" % (accuracy["float"], least_float))
    findings.check(accuracy["int8"] >= least_int8,
                   "int8 has %.2f %%, expected at least %.2f %%" % (accuracy["int8"], least_int8))
    findings.check(printed["int8"]["sqnr"] >= least_sqnr,
                   "int8 has an SQNR of %.2f dB, expected at least %.2f dB" % (printed["int8"]["sqnr"], least_sqnr))
    print("float %.2f%% int8 %.2f%% sqnr %.2fdB same %.2f%%"
          % (accuracy["float"], accuracy["int8"], printed["int8"]["sqnr"], printed["int8"]["same_top1"]))
    print("%d findings" % findings.count)
    return 1 if findings.count else 0


def check_with(options, findings, printed, outputs):
    """The same numbers from the test set's own program, which takes real numbers."""
    files = {name: os.path.join(options.work, name + "-real.npz") for name in outputs}
    for name, array in outputs.items():
        np.savez(files[name], output=array)
        theirs = read_numbers(run(sys.executable, options.evaluate, "top1", files[name], options.test).stdout)
        findings.check_same(name + " (evaluate.py)", printed[name],
                            {key: 100 * theirs[key] for key in ("top1", "top5")}, 0.0051)
    theirs = read_numbers(run(sys.executable, options.evaluate, "agree", files["int8"], files["float"]).stdout)
    findings.check_same("int8 (evaluate.py)", printed["int8"],
                        {"sqnr": theirs["sqnr_db"], "same_top1": 100 * theirs["same_top1"],
                         "cosine": theirs["cosine"]}, 0.0051)


if __name__ == "__main__":
    sys.exit(main())
