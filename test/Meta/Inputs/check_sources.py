# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What style asks of every source file and a machine can see: the license line,
# a length that one can read, and no note about work left undone.

import re

import repository

SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
CODE = ("*.h", "*.c", "*.cpp", "*.td", "*.py", "*.cmake", "*CMakeLists.txt",
        "scripts/*", ".ci/*")
LONGEST = 800
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented", re.IGNORECASE)
SHIPPED = ("lib", "include", "tools")

findings = []
for path in repository.tracked(*CODE, "*.mlir", "*.test"):
    lines = path.read_text().splitlines()
    is_test = path.suffix in (".mlir", ".test")
    if not is_test and not any(SPDX in line for line in lines[:3]):
        findings.append((path, 1, "no SPDX line"))
    if len(lines) > LONGEST:
        findings.append((path, len(lines), f"more than {LONGEST} lines"))
    if path.relative_to(repository.ROOT).parts[0] not in SHIPPED:
        continue
    for number, line in enumerate(lines, 1):
        if UNDONE.search(line):
            findings.append((path, number, "a note about work left undone"))
repository.report(findings)
