# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The README shows under a command what it prints:
#
#   check_output.py README.md COMMAND OUTPUT
#
# compares that with what it did print, numbers aside.

import pathlib
import sys

from run_document import FENCE, masked


def main():
    document, command, output = sys.argv[1:]
    blocks = FENCE.findall(pathlib.Path(document).read_text())
    shown = [
        after[2]
        for before, after in zip(blocks, blocks[1:])
        if before[0] == "sh" and before[2].strip() == command and after[0] == "text"
    ]
    if len(shown) != 1:
        sys.exit(f"error: {document} shows the output of '{command}' {len(shown)} times")
    printed = pathlib.Path(output).read_text()
    if masked(shown[0]) != masked(printed):
        sys.exit(f"error: {document} shows\n{shown[0]}\nbut it printed\n{printed}")


if __name__ == "__main__":
    main()
