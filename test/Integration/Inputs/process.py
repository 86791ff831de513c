# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the tools for the scripts beside it, which find them on the PATH."""
import subprocess
import sys


def attempt(*command):
    """The finished process, with what it printed."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_refused(done):
    """Whether the model was compiled for a CPU that this machine cannot stand in for."""
    return done.returncode != 0 and "which this machine has not" in done.stderr


def check(command, done):
    """The same process; one that failed ends the script."""
    if done.returncode:
        sys.exit("%s\nexit code %d\n%s" % (" ".join(command), done.returncode, done.stderr))
    return done


def run(*command):
    return check(command, attempt(*command))
