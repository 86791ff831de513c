#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""change_weight.py IN.mlir OUT.mlir: changes the last bit of the first constant that is written in hex."""
import re
import sys

text = open(sys.argv[1]).read()
found = re.search(r'(dense(?:_resource)?<"0x|: "0x)([0-9A-F]+)"', text)
if not found:
    sys.exit("no constant in hex")
at = found.end(2) - 1
digit = "%X" % (int(text[at], 16) ^ 1)
open(sys.argv[2], "w").write(text[:at] + digit + text[at + 1:])
