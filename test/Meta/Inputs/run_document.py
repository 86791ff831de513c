# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a Markdown document as its reader would:
#
#   run_document.py DOCUMENT FOLDER
#
# in an empty FOLDER beside which the document's own files lie: a fenced block
# ```c main.c is written to main.c, a block ```sh is run, and a block ```text
# right after one is what it must print, numbers aside.

import os
import pathlib
import re
import shutil
import subprocess
import sys

FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def masked(text):
    """Text without what differs between machines: numbers and column widths."""
    text = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "N", text)
    return [" ".join(line.split()) for line in text.strip().splitlines()]


def run(command, folder):
    print(f"$ {command.rstrip()}", flush=True)
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, text=True,
        stdout=subprocess.PIPE,
    )
    print(result.stdout, flush=True)
    if result.returncode:
        sys.exit(f"error: exit code {result.returncode}")
    return result.stdout


def main():
    document, folder = map(pathlib.Path, sys.argv[1:])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = document.resolve().parents[1]
    os.symlink(root / "examples", folder / "examples")
    printed = None
    for language, name, text in FENCE.findall(document.read_text()):
        if name:
            (folder / name).write_text(text)
        elif language == "sh":
            printed = run(text, folder)
            continue
        elif language == "text" and printed is not None:
            if masked(text) != masked(printed):
                sys.exit(f"error: the document promises this instead:\n{text}")
        printed = None


if __name__ == "__main__":
    main()
