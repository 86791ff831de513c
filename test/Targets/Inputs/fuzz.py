#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles random operations for every target that runs here and compares their results with the reference evaluation.

  fuzz.py --work=FOLDER [--seed=N] [--first=N] [--count=N] [--batch=N] [--targets=WORD,...]

Case I of a seed is the same wherever it runs: `--seed=S --first=I --count=1` repeats it, and leaves its module and its
inputs in FOLDER. A target whose emulator or C library is absent is named as skipped. Exit code 1 after a difference.
"""
import argparse
import os
import subprocess
import sys

import numpy as np

import operators
import targets

SAMPLES = 2


class Batch:
    """Some cases in one module, and what they should give."""

    def __init__(self, work, seed, indices):
        self.work, self.seed, self.indices = work, seed, indices
        made = [operators.make_case(seed, index, SAMPLES) for index in indices]
        self.cases = [case for case, _ in made]
        self.model = self.path("model.mlir")
        with open(self.model, "w", encoding="utf-8") as file:
            file.write(operators.write_module(self.cases))
        arrays = [each for _, inputs in made for each in inputs]
        np.savez(self.path("input.npz"), **{"input%d" % i: each for i, each in enumerate(arrays)})

    def path(self, name):
        return os.path.join(self.work, name)

    def run(self, *command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return None if done.returncode == 0 else done.stderr.strip() or "exit code %d" % done.returncode

    def results(self, *command):
        """An array for each case, or what went wrong."""
        output = self.path("output.npz")
        error = self.run("quant-run", *command, "--input=" + self.path("input.npz"), "--output=" + output)
        if error:
            return error
        with np.load(output) as arrays:
            found = [arrays[name] for name in arrays.files]
        assert len(found) == len(self.cases), "a result for each case"
        return found

    def reference(self):
        return self.results(self.model, "--engine=reference")

    def compiled(self, target):
        error = self.run("quantc", self.model, "--remarks=false", *target.flags, "-o", self.path("model.so"))
        if error:
            return error
        return self.results(self.path("model.so"), *target.run)


def describe(seed, index, case):
    return "--seed=%d --first=%d --count=1: %s" % (seed, index, case.text[:300])


def check(options, chosen, indices):
    """How many of the cases differ, target by target. A batch that fails as a whole is taken apart."""
    if all(target.reason for target in chosen):
        return [0] * len(chosen)
    batch = Batch(options.work, options.seed, indices)
    expected = batch.reference()
    return [count(options, batch, expected, target) for target in chosen]


def count(options, batch, expected, target):
    """How many of the cases differ on this target."""
    if target.reason:
        return 0
    indices = batch.indices
    found = batch.compiled(target) if isinstance(expected, list) else expected
    if isinstance(found, str) and "which this machine has not" in found:
        target.reason = found.splitlines()[-1]
        return 0
    if isinstance(found, str):
        if len(indices) > 1:
            middle = len(indices) // 2
            return check(options, [target], indices[:middle])[0] + check(options, [target], indices[middle:])[0]
        print("%s fails: %s\n  %s" % (target.name, describe(options.seed, indices[0], batch.cases[0]), found[:1000]))
        return 1
    differing = 0
    for index, case, want, have in zip(indices, batch.cases, expected, found):
        if not np.array_equal(want, have):
            places = np.flatnonzero(want != have)
            print("%s differs: %s\n  %d of %d results, the first at %d: expected %d, found %d" %
                  (target.name, describe(options.seed, index, case), places.size, want.size, places[0],
                   want.flat[places[0]], have.flat[places[0]]))
            differing += 1
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--batch", type=int, default=13, help="cases in one module")
    parser.add_argument("--targets", help="all that run here where not given")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    chosen = targets.select(options.targets)
    differing = [0] * len(chosen)
    end = options.first + options.count
    for first in range(options.first, end, options.batch):
        found = check(options, chosen, list(range(first, min(first + options.batch, end))))
        differing = [sum(each) for each in zip(differing, found)]
    for target, number in zip(chosen, differing):
        if target.reason:
            print("skipped %s: %s" % (target.name, target.reason))
        else:
            print("%s: %d cases, %d differences" % (target.name, options.count, number))
    return 1 if any(differing) else 0


if __name__ == "__main__":
    sys.exit(main())
