#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles models to objects for machines without an operating system, and says what they take there.

  bare_metal.py MODEL=CALIBRATION.npz... --work=FOLDER [--target=TRIPLE] [--cpu=NAME]

Prints a Markdown table: bytes of code, of constants (weights, biases, tables) and of the arena, and the symbols that
the object leaves to others. MODEL:MEAN,DEVIATION=... normalizes what it is fed. Needs llvm-size and llvm-nm.
"""
import argparse
import os
import re
import subprocess


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--work", required=True)
    parser.add_argument("--target", default="aarch64-none-elf")
    parser.add_argument("--cpu", default="cortex-a53")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    print("| model | code | constants | arena | undefined symbols |")
    print("| --- | ---: | ---: | ---: | --- |")
    for argument in options.models:
        model, data = argument.split("=")
        model, _, normalize = model.partition(":")
        name = os.path.basename(os.path.dirname(model))
        compiled = os.path.join(options.work, name + ".o")
        flags = ["--normalize=" + normalize] if normalize else []
        output("quantc", model, "--calibration-data=" + data, *flags, "--io=int8", "--fail-on-float", "--remarks=false",
               "--target=" + options.target, "--cpu=" + options.cpu, "--name=model", "-o", compiled)
        sections = re.findall(r"^(\.\S+)\s+(\d+)", output("llvm-size", "-A", compiled), re.MULTILINE)
        code = sum(int(size) for section, size in sections if section.startswith(".text"))
        constants = sum(int(size) for section, size in sections if section.startswith((".rodata", ".data")))
        with open(compiled[:-1] + "h", encoding="utf-8") as file:
            arena = re.search(r"MODEL_ARENA_SIZE (\d+)", file.read()).group(1)
        undefined = output("llvm-nm", "-u", "-P", compiled).split("\n")
        names = ", ".join(line.split()[0] for line in undefined if line) or "none"
        print("| %s | %d | %d | %s | %s |" % (name, code, constants, arena, names), flush=True)


main()
