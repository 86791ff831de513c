#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes the ```mlir blocks of the descriptions in the qnn dialect's ODS as one
# MLIR file: each block becomes a function whose arguments are the values that
# the block uses. Reads the JSON that llvm-tblgen dumps of QNNOps.td.

import json
import re
import sys


def split_at_depth_zero(text, separator):
    """`text` cut at each `separator` that stands outside of all brackets."""
    parts, depth, start = [], 0, 0
    masked = text.replace("->", "\0\0")
    for position, char in enumerate(masked):
        if char in "<({[":
            depth += 1
        elif char in ">)}]":
            depth -= 1
        elif depth == 0 and text.startswith(separator, position):
            parts.append(text[start:position])
            start = position + len(separator)
    return [part.strip() for part in parts + [text[start:]]]


def operand_types(operation):
    """The types of the operands, read from what follows the last colon."""
    signature = split_at_depth_zero(operation, ":")[-1]
    inputs = split_at_depth_zero(signature, "->")[0]
    if inputs.startswith("("):
        return split_at_depth_zero(inputs[1:-1], ",")
    return [inputs]


def as_function(name, example):
    if example.startswith("#"):
        # One attribute a line.
        attributes = [
            "a%d = %s" % (index, text.strip())
            for index, text in enumerate(example.splitlines())
        ]
        return "func.func private @%s() attributes {%s}\n" % (
            name,
            ", ".join(attributes),
        )
    operands = re.findall(r"%\w+", example.split("=", 1)[1])
    types = operand_types(example) if operands else []
    assert len(operands) == len(types), "cannot read the example of " + name
    arguments = ", ".join("%s: %s" % pair for pair in zip(operands, types))
    return "func.func @%s(%s) {\n  %s\n  return\n}\n" % (name, arguments, example)


def main():
    records = json.load(sys.stdin)
    names = records["!instanceof"]["Op"] + records["!instanceof"]["AttrDef"]
    for name in sorted(name for name in names if name.startswith("QNN_")):
        blocks = re.findall(r"```mlir\n(.*?)```", records[name]["description"], re.S)
        if not blocks and name not in ("QNN_RoundingAttr",):
            sys.exit("no example in the description of " + name)
        for number, block in enumerate(blocks):
            text = block.strip()
            if not text.startswith("#"):
                text = re.sub(r"\s+", " ", text)
            print(as_function("%s_%d" % (name, number), text))


main()
