#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a model that came quantized and compares its outputs with those that ONNX Runtime computed of it.

  check_quantized.py MODEL-qdq.onnx --test=T.npz --expected=E.npz --table=README.md:ROW --work=FOLDER

E.npz holds stored integers of the first samples, by the way that they were computed (benchmarks/quantized). The models
end in a softmax, whose results are stored in steps of 1/256 from the least integer on. Prints for each rounding the top-1
on all samples, and the share of equal integers and the largest difference to each array of E.npz.
"""
import argparse
import os
import re
import sys

import numpy as np

from process import run


def read_top1(reference):
    """The accuracy of ONNX Runtime in one row of a table."""
    path, _, row = reference.rpartition(":")
    with open(path) as file:
        for line in file:
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) > 4 and cells[1] == row and re.match(r"[0-9.]+ \(", cells[4]):
                return float(cells[4].split()[0])
    sys.exit("%s: no row '%s'" % (path, row))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("test", "expected", "table", "work"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    expected = np.load(options.expected)
    labels = np.load(options.test)["labels"].reshape(-1)
    least = read_top1(options.table) - 0.2
    for rounding, more in (("single", ["--fail-on-float"]), ("float_even", [])):
        library, written = (os.path.join(options.work, rounding + end) for end in (".so", ".npz"))
        run("quantc", options.model, "--cpu=native", "--remarks=false", "--rounding=" + rounding, "-o", library, *more)
        run("quant-run", library, "--input=" + options.test, "--output=" + written)
        archive = np.load(written)
        outputs = archive[archive.files[0]].reshape(len(labels), -1).astype(np.float64)
        top1 = 100 * np.mean(outputs.argmax(1) == labels)
        if top1 < least:
            print("finding: %s has %.2f %%, expected at least %.2f %%" % (rounding, top1, least))
        differences = {}
        for way in expected.files:
            stored = expected[way]
            ours = np.rint(outputs[:len(stored)] * 256).astype(int) + np.iinfo(stored.dtype).min
            differences[way] = abs(ours - stored)
        print("%s: top-1 %.2f%% %s" % (rounding, top1, " ".join(
            "%s equal=%.2f largest=%d" % (way, 100 * (d == 0).mean(), d.max()) for way, d in differences.items())))


if __name__ == "__main__":
    main()
