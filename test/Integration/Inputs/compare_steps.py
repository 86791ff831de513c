#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the integers of two npz files: compare_steps.py A.npz B.npz

Dequantized numbers are taken as multiples of the least difference between two of A.
Prints how many there are, how many different values, the share of equal ones in
percent and the largest difference.
"""

import sys

import numpy


def get_step(array):
    if array.dtype.kind != "f":
        return 1
    return numpy.diff(numpy.unique(array)).min()


def main(first, second):
    with numpy.load(first) as a, numpy.load(second) as b:
        for name in a.files:
            step = get_step(a[name])
            x, y = (numpy.rint(file[name] / step).astype(int) for file in (a, b))
            print(
                "%s count=%d distinct=%d equal=%.2f largest=%d"
                % (
                    name,
                    x.size,
                    numpy.unique(x).size,
                    100 * (x == y).mean(),
                    abs(x - y).max(),
                )
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
