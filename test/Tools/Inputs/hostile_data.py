# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples, calibration tables and MLIR with one thing wrong each, for hostile.py."""
import io
import json
import struct
import zipfile

import numpy as np

SAMPLES = np.linspace(-1, 1, 8 * 2 * 4 * 4, dtype=np.float32).reshape(8, 2, 4, 4)


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def npz_of(members):
    """An archive of these members, whatever they hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(shape, data=b"", descr="<f4"):
    header = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n" % (descr, shape)).encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def with_value(value):
    samples = SAMPLES.copy()
    samples[3, 1, 2, 2] = value
    return samples


def lie_about_size(data):
    """Every directory entry says that its member unpacks to almost 4 GiB."""
    data = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        position = data.find(signature)
        while position >= 0:
            struct.pack_into("<I", data, position + offset, 0xFFFFFFF0)
            position = data.find(signature, position + 4)
    return bytes(data)


def flip_bit(data):
    data = bytearray(data)
    data[len(data) // 2] ^= 0x10
    return bytes(data)


def make_samples():
    """File name without its ending -> bytes."""
    good = npz(x=SAMPLES)
    return {
        "samples": npz(x=SAMPLES, labels=np.arange(8) % 3, wide=np.arange(8) + 48, few=np.arange(3)),
        "nan": npz(x=with_value(np.nan)),
        "inf": npz(x=with_value(np.inf)),
        "overflow": npz(x=SAMPLES.astype(np.float64) * 1e300),
        "no_members": npz_of({}),
        "no_bytes": b"",
        "no_samples": npz(x=SAMPLES[:0]),
        "other_name": npz(image=SAMPLES),
        "other_shape": npz(x=SAMPLES[:, :, :3]),
        "other_rank": npz(x=SAMPLES[0, 0, 0]),
        "complex": npz(x=SAMPLES.astype(np.complex64)),
        "strings": npz(x=np.array([["a"]])),
        "objects": npz(x=np.array([None])),
        "cut": good[:len(good) // 2],
        "flipped": flip_bit(good),
        "lie": lie_about_size(good),
        "lie_in_header": npz_of({"x.npy": npy("(1000000000000, 2, 4, 4)", b"\0" * 64)}),
        "overflow_in_header": npz_of({"x.npy": npy("(%d, 2, 4, 4)" % (1 << 62), b"\0" * 64)}),
        "short": npz_of({"x.npy": npy("(8, 2, 4, 4)", b"\0" * 64)}),
        "no_header": npz_of({"x.npy": b"\x93NUMPY"}),
        "bad_header": npz_of({"x.npy": npy("(8, 2, 4, 4", b"\0" * 64)}),
        "nested_header": npz_of({"x.npy": npy("(" * 3000 + ")" * 3000)}),
        "text": b"these are no samples\n" * 100,
    }


def make_tables(good):
    """Variants of a sound calibration table."""

    def change(**entries):
        table = json.loads(good)
        table["tensors"][1].update(entries)
        return json.dumps(table).encode()

    return {
        "table": good,
        "table_cut": good[:len(good) // 2],
        "table_empty": b"",
        "table_list": b"[1, 2, 3]",
        "table_object": b"{}",
        "table_binary": bytes(range(256)),
        "table_deep": b"[" * 1000000,
        "table_backwards": change(min=1.0, max=-1.0),
        "table_text": change(min="low"),
        "table_infinite": good.replace(b'"max": ', b'"max": 1e999, "was": ', 1),
        "table_far": change(max=1e300),
        "table_unnamed": change(name=None),
        "table_other_tensor": change(name="other"),
        "table_twice": change(name="x"),
    }


MAIN = "func.func @main(%%x: %s) -> %s {\n  return %%x : %s\n}\n"


def identity(kind):
    return MAIN % (kind, kind, kind)


def make_modules():
    """File name without its ending -> MLIR."""
    quantized = "tensor<1x4x!quant.uniform<i8:f32, 0.5>>"
    return {
        "malformed": "func.func @main( {",
        "unknown_dialect": '"nobody.knows"() : () -> ()',
        "no_function": "module {}",
        "two_functions": identity("tensor<1x4xf32>") + identity("tensor<1x4xf32>").replace("@main", "@other"),
        "dynamic": identity("tensor<?x4xf32>"),
        "unranked": identity("tensor<*xf32>"),
        "memref": identity("memref<1x4xf32>"),
        "scalar": identity("f32"),
        "half": identity("tensor<1x4xf16>"),
        "declaration": "func.func private @main(tensor<1x4xf32>) -> tensor<1x4xf32>",
        "no_results": "func.func @main(%x: tensor<1x4xf32>) { return }",
        "call": "func.func private @g(tensor<1x4xf32>) -> tensor<1x4xf32>\n"
                "func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {\n"
                "  %y = func.call @g(%x) : (tensor<1x4xf32>) -> tensor<1x4xf32>\n  return %y : tensor<1x4xf32>\n}",
        "branch": "func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {\n  cf.br ^next(%x : tensor<1x4xf32>)\n"
                  "^next(%y: tensor<1x4xf32>):\n  return %y : tensor<1x4xf32>\n}",
        "tosa_on_quantized": "func.func @main(%%x: %s) -> %s {\n  %%y = tosa.abs %%x : (%s) -> %s\n  return %%y : %s\n}"
                             % ((quantized,) * 5),
        "overflowing_type": identity("tensor<4294967296x4294967296x4xf32>"),
    }
