# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Which files the repository has, and how a check reports: every finding on its
# own line, then a count, and exit code 1 where there was one.

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def tracked(*patterns):
    """The files that git tracks and that exist, as absolute paths."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--", *patterns],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file()]


def report(findings):
    for path, line, text in findings:
        print(f"{path.relative_to(ROOT)}:{line}: {text}")
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
