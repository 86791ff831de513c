#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes and prints small npz files with nothing but the standard library.

  npz.py write FILE NAME:DESCR:SHAPE=VALUES ...   x:f4:2x3=1,2,3,4,5,6
  npz.py print FILE                               NAME DESCR SHAPE VALUES
"""
import ast
import struct
import sys
import zipfile

CODES = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I",
         "i8": "q", "u8": "Q", "f2": "e", "f4": "f", "f8": "d", "O": "q"}


def write(path, arrays):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for array in arrays:
            head, _, text = array.partition("=")
            name, descr, shape = head.split(":")
            extents = tuple(int(n) for n in shape.split("x") if n)
            numbers = [float(n) if descr[0] == "f" else int(n) for n in text.split(",") if n]
            header = str({"descr": "<" + descr, "fortran_order": False, "shape": extents})
            header = header.encode() + b"\n"
            archive.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                             + struct.pack("<%d%s" % (len(numbers), CODES[descr]), *numbers))


def show(path):
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            data = archive.read(member)
            (size,) = struct.unpack_from("<H", data, 8)
            header = ast.literal_eval(data[10:10 + size].decode())
            code = CODES[header["descr"].lstrip("<|")]
            body = data[10 + size:]
            numbers = struct.unpack("<%d%s" % (len(body) // struct.calcsize(code), code), body)
            print(member[:-len(".npy")], header["descr"], "x".join(map(str, header["shape"])),
                  ",".join("%g" % n for n in numbers))


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], sys.argv[3:])
    else:
        show(sys.argv[2])
