#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare_memory.py COMMAND... -- DATA...: the peak memory of the command on each data set."""
import os
import subprocess
import sys

at = sys.argv.index("--")
command, sets = sys.argv[1:at], sys.argv[at + 1:]
peaks = []
for data in sets:
    process = subprocess.Popen([*command, "--data=" + data, "-o", data + ".json"])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("exit status %d" % status)
    peaks.append(usage.ru_maxrss)
    print("%s: peak %d KiB" % (os.path.basename(data), usage.ru_maxrss))
spread = max(peaks) - min(peaks)
print("equal within 4 MiB" if spread <= 4096 else "they differ by %d KiB" % spread)
