#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles depthwise convolutions of odd shapes for several CPUs and compares them with the reference evaluation.

  check_depthwise.py GENERATOR --work=FOLDER [--cpus=x86-64,native]

GENERATOR writes one convolution in qnn form (test/Codegen/X86/Inputs/depthwise.py). A CPU that this machine cannot
stand in for is named as skipped.
"""
import argparse
import os
import sys

import numpy as np

from process import attempt, is_refused

# Image, further arguments, reason.
SHAPES = [
    ("8x9x64", "", "one vector of channels"),
    ("7x5x10", "", "channels that fill a vector in part"),
    ("3x19x8", "", "pixels share a vector, the row leaves a tail"),
    ("5x6x32", "--pad=0,0,0,0", "no padding"),
    ("9x10x24", "--stride=2 --pad=0,1,0,1", "a vector and half of one, stride"),
    ("9x9x144", "--stride=2", "three widths of vectors"),
    ("5x5x100", "", "a tail of four channels"),
    ("11x13x48", "--kernel=5x5 --pad=2,2,2,2", "more rows than ways"),
    ("13x12x16", "--kernel=4x10 --stride=2 --pad=4,5,1,1", "an even kernel"),
    ("9x8x33", "--kernel=3x1 --pad=1,1,0,0", "one column"),
    ("8x9x17", "--kernel=1x3 --pad=0,0,1,1", "one row: columns share a lane"),
    ("8x9x64", "--dilation=2 --pad=2,2,2,2", "rows with gaps"),
    ("10x10x3", "--dilation=3 --stride=2 --pad=3,3,3,3", "gaps and stride"),
    ("6x6x1", "", "one channel"),
    ("1x1x70", "", "one pixel"),
    ("7x6x65", "--clamp=9,200", "a clamp that saturation does not keep"),
    ("15x17x48", "", "rows and columns inside, and a last one of each"),
    ("16x15x20", "--stride=2", "a border above, below and left"),
    ("13x14x70", "--stride=2 --pad=0,1,0,1", "a border below and right alone"),
    ("5x13x8", "--kernel=5x5 --pad=1,3,3,1", "pixels that share a vector, half of it in the border"),
    ("12x9x40", "--kernel=5x3 --stride=2 --pad=2,1,1,0", "borders of different widths"),
    ("11x10x16", "--kernel=5x5 --dilation=2 --pad=4,4,4,4", "several tiles in the border"),
    ("19x18x16", "--dilation=8 --pad=8,8,8,8", "more tiles in the border than are made up"),
    ("3x3x32", "--pad=4,4,4,4", "outputs that see nothing of the image"),
    ("10x11x24", "--zero-point=0", "a border of zeros, which is left out"),
    ("4x19x4", "--zero-point=0 --kernel=3x5 --pad=1,1,2,2", "zeros in a part of a vector"),
    ("3x3x32", "--zero-point=0 --pad=4,4,4,4", "outputs without a product"),
    ("9x14x80", "--stride=2 --dilation=3 --pad=3,3,3,4", "the last channels of two outputs share a vector, gaps"),
    ("6x11x16", "--zero-point=0 --stride=3 --pad=2,1,5,5", "two outputs in a vector, one or both in the border"),
]


def check(options, shape, arguments, reason):
    """The number of CPUs with other bits."""
    path = lambda name: os.path.join(options.work, name)
    generated = attempt(sys.executable, options.generator, shape, *arguments.split())
    if generated.returncode:
        sys.exit(generated.stderr)
    with open(path("model.mlir"), "w", encoding="utf-8") as file:
        file.write(generated.stdout)
    image = [2] + list(map(int, shape.split("x")))
    data = np.random.default_rng(1).integers(0, 256, image).astype(np.uint8)
    data[1][data[1] > 60] = 255  # Sums at the ends of their range.
    np.savez(path("input.npz"), input0=data)
    differences = 0
    for cpu in options.cpus.split(","):
        compiled = attempt("quantc", path("model.mlir"), "--cpu=" + cpu, "--remarks=false", "-o", path("model.so"))
        if compiled.returncode:
            sys.exit("%s, %s: %s" % (shape, cpu, compiled.stderr))
        done = attempt("quant-run", path("model.so"), "--input=" + path("input.npz"), "--compare=" + path("model.mlir"),
                   "--engine=reference")
        if is_refused(done):
            print("skipped %s" % cpu)
        elif done.returncode or "max_abs_diff=0\n" not in done.stdout:
            differences += 1
            print("different %s %s %s (%s)\n%s%s" % (cpu, shape, arguments, reason, done.stdout, done.stderr))
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("generator")
    parser.add_argument("--work", required=True)
    parser.add_argument("--cpus", default="native")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    differences = sum(check(options, shape, arguments, reason) for shape, arguments, reason in SHAPES)
    if not differences:
        print("equal: %d shapes" % len(SHAPES))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
