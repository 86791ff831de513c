#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kill.py FILE COMMAND...: runs the command and kills it as soon as FILE is there."""
import os
import subprocess
import sys
import time

path, command = sys.argv[1], sys.argv[2:]
process = subprocess.Popen(command)
while not os.path.exists(path):
    if process.poll() is not None:
        sys.exit("the command has ended with exit code %d and without %s" % (process.returncode, path))
    time.sleep(0.001)
process.kill()
if process.wait() == 0:
    sys.exit("the command has ended before it was killed")
