#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles models of many storage formats for several CPUs and compares them with the reference evaluation.

  check_formats.py --work=FOLDER [--cpus=x86-64,native] [--only=WORDS]

A model of which an operation stayed float is a difference. A CPU that this machine cannot stand in for is named as
skipped.
"""
import argparse
import os
import subprocess
import sys

import numpy as np

import formats


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def write_inputs(path, case):
    arrays = {}
    for index, (shape, storage, values) in enumerate(case.inputs):
        bits = 8 if storage.bits <= 8 else 16
        kind = np.dtype("%sint%d" % ("" if storage.signed else "u", bits))
        arrays["input%d" % index] = np.array(values).astype(kind).reshape([1] + shape)
    np.savez(path, **arrays)


def check(options, case):
    """The number of CPUs with other bits."""
    path = lambda name: os.path.join(options.work, name)
    with open(path("model.mlir"), "w", encoding="utf-8") as file:
        file.write(case.text)
    write_inputs(path("input.npz"), case)
    legalized = run("quantc", path("model.mlir"), *case.flags.split(), "--remarks=false", "--stop-after=legalize", "-o",
                    path("qnn.mlir"))
    if legalized.returncode:
        print("different %s: %s" % (case.name, legalized.stderr))
        return 1
    with open(path("qnn.mlir"), encoding="utf-8") as file:
        left = [line for line in file if ("tosa." in line or "linalg." in line) and "xf32" in line and "const" not in line]
    if left:
        print("different %s: stays float: %s" % (case.name, "".join(left)))
        return 1
    differences = 0
    for cpu in options.cpus.split(","):
        compiled = run("quantc", path("qnn.mlir"), "--cpu=" + cpu, "--remarks=false", "-o", path("model.so"))
        if compiled.returncode:
            print("different %s %s: %s" % (cpu, case.name, compiled.stderr))
            differences += 1
            continue
        done = run("quant-run", path("model.so"), "--input=" + path("input.npz"), "--compare=" + path("qnn.mlir"),
                   "--engine=reference")
        if "which this machine has not" in done.stderr:
            print("skipped %s" % cpu)
        elif done.returncode or "max_abs_diff=0\n" not in done.stdout:
            differences += 1
            print("different %s %s\n%s%s" % (cpu, case.name, done.stdout, done.stderr))
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--cpus", default="native")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    cases = [case for case in formats.make_cases() if options.only in case.name]
    differences = sum(check(options, case) for case in cases)
    if not differences:
        print("equal: %d models" % len(cases))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
