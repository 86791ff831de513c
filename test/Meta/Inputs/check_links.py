# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every relative link in a Markdown file names a file or folder that exists, and
# every #anchor a heading of that file. Links to the web are not followed.

import re

import repository

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$")


def prose(path):
    """Yields (line number, line) outside of code."""
    fenced = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, re.sub(r"`[^`]*`", "`code`", line)


def anchors(path):
    """The anchors GitHub gives to a file's headings."""
    found = set()
    fenced = False
    for line in path.read_text().splitlines():
        fenced ^= line.lstrip().startswith("```")
        heading = HEADING.match(line)
        if heading and not fenced:
            text = re.sub(r"[^\w\- ]", "", heading.group(1).lower())
            found.add(text.replace(" ", "-"))
        found.update(re.findall(r'<a (?:name|id)="([^"]+)"', line))
    return found


findings = []
for path in repository.tracked("*.md"):
    for number, line in prose(path):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            linked = (path.parent / name).resolve() if name else path
            if not linked.exists():
                findings.append((path, number, f"no such file: {target}"))
            elif anchor and linked.suffix == ".md" and anchor not in anchors(linked):
                findings.append((path, number, f"no such heading: {target}"))
repository.report(findings)
