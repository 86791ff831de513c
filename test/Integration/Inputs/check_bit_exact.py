#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles one model for several CPUs and levels, and asserts that all compute the same integers.

  check_bit_exact.py MODEL.onnx --calibration=C.npz --test=T.npz --work=FOLDER --samples=N
      [--cpus=x86-64,native] [--levels=0,3] [--rounding=single] [--normalize=M,S]

What they are compared with is the reference evaluation of the model in qnn form, which shares no
arithmetic with the compiler. A CPU that this machine cannot stand in for is named as skipped.
"""
import argparse
import os
import sys

import numpy as np

import process


class Refused(Exception):
    pass


def run(*command):
    done = process.attempt(*command)
    if process.is_refused(done):
        raise Refused(done.stderr.strip())
    process.check(command, done)


def read_outputs(path):
    archive = np.load(path)
    return {name: archive[name] for name in archive.files}


def describe_difference(expected, found):
    """None where every bit is equal."""
    if expected.keys() != found.keys():
        return "other outputs: %s" % ", ".join(found)
    for name, array in expected.items():
        other = found[name]
        if (array.dtype, array.shape) != (other.dtype, other.shape):
            return "'%s' is %s %s, expected %s %s" % (name, other.dtype, other.shape, array.dtype, array.shape)
        if array.tobytes() != other.tobytes():
            where = tuple(np.argwhere(array != other)[0])
            return "'%s' differs in %d of %d elements, first at %s: %s, expected %s" % (
                name, (array != other).sum(), array.size, where, other[where], array[where])
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("calibration", "test", "work", "samples"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--cpus", default="native")
    parser.add_argument("--levels", default="3")
    parser.add_argument("--rounding", default="single")
    parser.add_argument("--normalize")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    normalize = ["--normalize=" + options.normalize] if options.normalize else []

    def path(name):
        return os.path.join(options.work, name)

    def execute(model, *flags):
        """The outputs of the first samples."""
        written = path("outputs.npz")
        run("quant-run", model, "--input=" + options.test, "--samples=" + options.samples, "--output=" + written,
            *normalize, *flags)
        return read_outputs(written)

    run("quant-calibrate", options.model, "--data=" + options.calibration, "-o", path("ranges.json"), *normalize)
    compiler = ["quantc", options.model, "--calibration-table=" + path("ranges.json"), "--io=int8",
                "--rounding=" + options.rounding, "--remarks=false"]
    if options.rounding != "float_even":  # Which multiplies in float.
        compiler.append("--fail-on-float")
    run(*compiler, "--stop-after=legalize", "-o", path("model.qnn.mlir"))
    expected = execute(path("model.qnn.mlir"), "--engine=reference")
    # Constant outputs would be equal for the wrong reason.
    if all((array == array[:1]).all() for array in expected.values()):
        sys.exit("every sample has the same outputs")

    differences = 0
    for cpu in options.cpus.split(","):
        for level in options.levels.split(","):
            library = path("%s-O%s.so" % (cpu, level))
            run(*compiler, "--cpu=" + cpu, "-O" + level, "-o", library)
            try:
                difference = describe_difference(expected, execute(library))
            except Refused as refused:
                print("skipped %s -O%s: %s" % (cpu, level, refused))
                continue
            differences += difference is not None
            print("%s %s -O%s: %s" % ("different" if difference else "equal", cpu, level,
                                      difference or options.samples + " samples"))
    difference = describe_difference(expected, execute(path("model.qnn.mlir")))
    differences += difference is not None
    print("%s, compiled in memory: %s" % ("different" if difference else "equal",
                                          difference or options.samples + " samples"))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
