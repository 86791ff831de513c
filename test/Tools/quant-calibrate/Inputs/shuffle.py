#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""shuffle.py IN.npz OUT.npz: the samples of each array in another order, the same for all arrays."""
import ast
import random
import struct
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as source, zipfile.ZipFile(sys.argv[2], "w") as target:
    for member in source.namelist():
        data = source.read(member)
        (size,) = struct.unpack_from("<H", data, 8)
        head, body = data[:10 + size], data[10 + size:]
        (count, *_) = ast.literal_eval(head[10:].decode())["shape"]
        length = len(body) // count
        order = list(range(count))
        random.Random(1).shuffle(order)
        target.writestr(member, head + b"".join(body[i * length:(i + 1) * length] for i in order))
