#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare_tensors.py A.json B.json ...: whether tables are equal, byte for byte, but for their provenance."""
import sys


def read(path):
    text = open(path).read()
    head, found, tensors = text.partition('"tensors"')
    if not found:
        sys.exit(path + " is no table")
    return tensors


first = read(sys.argv[1])
for path in sys.argv[2:]:
    if read(path) != first:
        sys.exit("%s and %s differ" % (sys.argv[1], path))
