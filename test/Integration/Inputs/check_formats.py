#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles models of many storage formats for several CPUs and compares them with the reference evaluation.

  check_formats.py --work=FOLDER [--cpus=x86-64,native] [--in-turn=x86-64-v3,x86-64-v4] [--only=NAME;NAME]

Each model runs on all of --cpus and on one of --in-turn, the first on the first of them, and so on.

A model of which an operation stayed float is a difference. A CPU that this machine cannot stand in for is named as
skipped. Without --only all of formats.make_cases().
"""
import argparse
import concurrent.futures
import os
import sys

import numpy as np

import formats
from process import attempt, is_refused


def write_inputs(path, case):
    arrays = {}
    for index, (shape, storage, values) in enumerate(case.inputs):
        bits = 8 if storage.bits <= 8 else 16
        kind = np.dtype("%sint%d" % ("" if storage.signed else "u", bits))
        arrays["input%d" % index] = np.array(values).astype(kind).reshape([1] + shape)
    np.savez(path, **arrays)


def read_outputs(path):
    archive = np.load(path)
    return {name: (archive[name].dtype, archive[name].shape, archive[name].tobytes()) for name in archive.files}


def find_floats(path):
    """The operations that stayed float."""
    with open(path, encoding="utf-8") as file:
        return "".join(line for line in file
                       if ("tosa." in line or "linalg." in line) and "xf32" in line and "const" not in line)


def check(folder, cpus, case):
    """What is wrong with one model, and the CPUs that were skipped."""
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    with open(path("model.mlir"), "w", encoding="utf-8") as file:
        file.write(case.text)
    write_inputs(path("input.npz"), case)

    def execute(model, *flags):
        done = attempt("quant-run", model, "--input=" + path("input.npz"), "--output=" + path("output.npz"), *flags)
        return done, read_outputs(path("output.npz")) if not done.returncode else None

    done = attempt("quantc", path("model.mlir"), *case.flags.split(), "--remarks=false", "--stop-after=legalize", "-o",
               path("qnn.mlir"))
    if done.returncode:
        return ["different %s: %s" % (case.name, done.stderr)]
    floats = find_floats(path("qnn.mlir"))
    if floats:
        return ["different %s: stays float: %s" % (case.name, floats)]
    done, expected = execute(path("qnn.mlir"), "--engine=reference")
    if expected is None:
        return ["different %s: %s" % (case.name, done.stderr)]
    found = []
    for cpu in cpus:
        done = attempt("quantc", path("qnn.mlir"), "--cpu=" + cpu, "--remarks=false", "-o", path("model.so"))
        outputs = None
        if not done.returncode:
            done, outputs = execute(path("model.so"))
        if is_refused(done):
            found.append("skipped " + cpu)
        elif outputs != expected:
            names = [name for name in expected if outputs and outputs.get(name) != expected[name]]
            found.append("different %s %s: %s%s" % (cpu, case.name, ", ".join(names), done.stderr))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--cpus", default="native")
    parser.add_argument("--in-turn", default="")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    cases = formats.make_cases()
    if options.only:
        by_name = {case.name: case for case in cases}
        cases = [by_name[name] for name in options.only.split(";")]
    cpus, turns = options.cpus.split(","), options.in_turn.split(",") if options.in_turn else []

    def check_case(index):
        turn = [turns[index % len(turns)]] if turns else []
        return check(os.path.join(options.work, str(index)), cpus + turn, cases[index])

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = pool.map(check_case, range(len(cases)))
        lines = [line for found in lines for line in found]
    for line in sorted(set(lines)):
        print(line)
    if any(line.startswith("different") for line in lines):
        return 1
    print("equal: %d models" % len(cases))
    return 0


if __name__ == "__main__":
    sys.exit(main())
