# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Results as Markdown: every number with its unit, every ratio above one where quantc is faster."""
import datetime

from .kernels import summarize
from .process import Failure


def format_table(head, rows):
    """A table with its first column to the left and the others to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def replace_section(document, name, text):
    """`document` with `text` between the comments that enclose the section `name`."""
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    head, found, rest = document.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise Failure(f"--section: the output has no section '{name}'")
    return f"{head}{begin}\n{text}\n{end}{tail}"


def format_time(value):
    return "-" if value is None else f"{value:.4g}"


def format_ratio(theirs, ours):
    return "-" if theirs is None or ours is None else f"{theirs / ours:.2f}"


def format_rate(macs, seconds, peak):
    """Billions of multiply-adds in a second, and of the peak."""
    if seconds is None:
        return ["-", "-"]
    rate = macs / seconds / 1e9
    return [f"{rate:.1f}", f"{100 * rate / peak:.0f} %" if peak else "-"]


def write_head(machine, revision, versions, settings, date=None):
    date = date or datetime.date.today().isoformat()
    lines = [f"Measured on {date}: {machine}; quantc {revision}."]
    if versions:
        lines.append("Beside it: " + ", ".join(versions) + ".")
    lines.append(settings)
    return " ".join(lines) + "\n"


def write_models(rows, peak):
    """The networks as a whole. `rows` as models.Comparison.measure gives them."""
    engines = {engine for row in rows for engine in row["times"]}
    head = ["network (million MACs)", "quantc int8, ms"]
    with_one = "quantc int8, 1 thread" in engines
    with_runtime, with_float, with_onednn = "ort int8" in engines, "quantc f32" in engines, any(
        "onednn" in engine for engine in engines)
    if with_one:
        head += ["1 thread, ms", "ratio"]
    if with_runtime:
        head += ["ONNX Runtime int8, ms", "ratio"]
    head += ["GMAC/s", "of peak"]
    if with_onednn:
        head += ["oneDNN, convolutions alone, ms"]
    if with_float:
        head += ["quantc f32, ms", "int8 over f32"]
        if with_runtime:
            head += ["ONNX Runtime f32, ms", "ratio"]
    table = []
    for row in rows:
        times = row["times"].get
        ours = times("quantc int8")
        cells = [f"{row['name']} ({row['macs'] / 1e6:.4g})", format_time(ours)]
        if with_one:
            one = times("quantc int8, 1 thread")
            cells += [format_time(one), format_ratio(one, ours)]
        if with_runtime:
            cells += [format_time(times("ort int8")), format_ratio(times("ort int8"), ours)]
        cells += format_rate(row["macs"], ours and ours / 1e3, peak)
        if with_onednn:
            cells += [format_time(times("onednn convolutions"))]
        if with_float:
            cells += [format_time(times("quantc f32")), format_ratio(times("quantc f32"), ours)]
            if with_runtime:
                cells += [format_time(times("ort f32")), format_ratio(times("ort f32"), times("quantc f32"))]
        table.append(cells)
    return format_table(head, table)


def write_layers(rows):
    """Where the time of each network goes, by kinds of layers. `rows` as Comparison.measure_layers gives them."""
    table = []
    for row in rows:
        total = sum(kind["time"] for kind in row["kinds"].values()) or 1
        for name, kind in row["kinds"].items():
            rate = kind["macs"] / kind["time"] / 1e3 if kind["time"] else 0
            table.append([row["name"], f"{name} ({kind['count']})", format_time(kind["time"]),
                          f"{100 * kind['time'] / total:.0f} %", f"{rate:.1f}" if kind["macs"] else "-",
                          f"{100 * kind['limit'] / kind['time']:.0f} %" if kind["time"] else "-"])
    return format_table(["network", "layers", "us", "share", "GMAC/s", "of limit"], table)


def write_sizes(rows):
    """What compiling takes and gives. `rows` as models.measure_compilation gives them."""
    table = []
    for row in rows:
        sizes = row["sizes"].get
        over = f"{row['arena'] / row['bound']:.2f}" if row["bound"] else "-"
        table.append([row["name"], f"{row['seconds']:.1f}", f"{row['memory'] / 2**20:.0f}",
                      f"{sizes('.text', 0) / 1024:.0f}", f"{sizes('.rodata', 0) / 1024:.0f}",
                      f"{row['arena'] / 1024:.0f}", over])
    return format_table(["network", "compile, s", "memory, MiB", "code, KiB", "constants, KiB", "arena, KiB",
                         "by its lower bound"], table)


def write_kernels(rows, peak):
    """Kernels in groups, each with the geometric mean and the least of its ratios."""
    groups = {}
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    parts = []
    for group, members in groups.items():
        with_peer = any("onednn" in row["times"] for row in members)
        head = [group, "MMAC", "quantc, us"] + (["oneDNN, us", "ratio"] if with_peer else []) + ["GMAC/s", "of peak"]
        table = []
        for row in members:
            ours, theirs = row["times"].get("quantc"), row["times"].get("onednn")
            cells = [row["name"], f"{row['macs'] / 1e6:.4g}", format_time(ours)]
            if with_peer:
                cells += [format_time(theirs), format_ratio(theirs, ours)]
            table.append(cells + format_rate(row["macs"], ours and ours / 1e6, peak))
        part = format_table(head, table)
        if summary := summarize(members):
            part += f"\n{len(members)} shapes: geometric mean {summary[0]:.2f}, least {summary[1]:.2f}.\n"
        parts.append(part)
    return "\n".join(parts)
