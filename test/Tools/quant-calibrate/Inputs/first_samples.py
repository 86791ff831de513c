#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""first_samples.py IN.npz COUNT OUT.npz: the first samples of each array, not compressed."""
import ast
import struct
import sys
import zipfile

count = int(sys.argv[2])
with zipfile.ZipFile(sys.argv[1]) as source, zipfile.ZipFile(sys.argv[3], "w") as target:
    for member in source.namelist():
        data = source.read(member)
        (size,) = struct.unpack_from("<H", data, 8)
        header = ast.literal_eval(data[10:10 + size].decode())
        (total, *rest) = header["shape"]
        header["shape"] = (count, *rest)
        literal = str(header).encode() + b"\n"
        length = (len(data) - 10 - size) // total
        target.writestr(member, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(literal)) + literal
                        + data[10 + size:10 + size + count * length])
