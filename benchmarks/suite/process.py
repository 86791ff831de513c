# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rules under which anything is timed.

- One measurement, one process: two runtimes in one process disturb each other.
- The process is pinned to one core (for one thread).
- A sample is thrown away for what other processes did meanwhile, never for its own time: the busy time of the whole
  machine less that of the child. After some attempts the disturbed sample is kept, counted and reported.
- With several threads, the round trip of a cache line between two cores is measured around each sample. A virtual machine
  moves between near and far cores: where they are not as near as in the nearest state at first, the sample is thrown away
  as well.
- Engines alternate, and the median over all passes of the medians of each process is quoted.
"""
import os
import re
import resource
import statistics
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
#: How often the round trip of a cache line is measured to know that of near cores, and the seconds in between.
FIRST_PROBES, PROBE_PAUSE = 10, 0.3


class Failure(Exception):
    """A command that did not do what it should, with its output."""


def run(command, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}\n{result.stdout[-500:]}{result.stderr[-1500:]}")
    return result.stdout


def read_busy_seconds():
    """Of all cores since the machine's start; what a hypervisor took away counts."""
    with open("/proc/stat") as file:
        user, nice, system, idle, wait, *others = (int(field) for field in file.readline().split()[1:])
    return (user + nice + system + sum(others[:3])) / TICKS


def read_own_seconds():
    return sum(usage.ru_utime + usage.ru_stime for usage in (
        resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))


class Meter:
    """Runs commands under the rules and remembers how often they were broken."""

    def __init__(self, core, foreign_limit, attempts=5, threads=1, prefix=()):
        self.core, self.foreign_limit, self.attempts, self.threads = core, foreign_limit, attempts, threads
        self.prefix = list(prefix)
        #: The program that measures round trips, and that of near cores, in nanoseconds.
        self.probe = self.distance = None
        self.rejected = self.disturbed = 0

    def run_once(self, command, threads=None):
        """The output of `command` and the cores that others used meanwhile. `threads` where it runs on other ones."""
        threads = threads or self.threads
        prefix = ["taskset", "-c", str(self.core)] if threads == 1 else []
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads),
                           OMP_PROC_BIND="close" if threads > 1 else "false")
        busy, own, start = read_busy_seconds(), read_own_seconds(), time.monotonic()
        output = run(self.prefix + prefix + list(command), env=environment)
        elapsed = time.monotonic() - start
        foreign = read_busy_seconds() - busy - (read_own_seconds() - own)
        # The kernel counts in ticks; one at each end may belong to anybody.
        return output, max(0.0, foreign - 2 / TICKS) / elapsed

    def measure_distance(self):
        return float(re.search(r"median=([0-9.]+)", run([self.probe])).group(1))

    def are_cores_near(self):
        """Whether the cores are as near to each other as in the nearest of the states that they were in at first."""
        if not self.probe:
            return True
        if self.distance is None:
            first = []
            for _ in range(FIRST_PROBES):
                first.append(self.measure_distance())
                time.sleep(PROBE_PAUSE)
            self.distance = min(first)
        return self.distance / 1.5 < self.measure_distance() < self.distance * 1.5

    def measure(self, command, pattern=r"median=([0-9.]+)", threads=None):
        """The number that `pattern` finds last in what `command` prints."""
        for attempt in range(self.attempts):
            near_before = self.are_cores_near()
            output, foreign = self.run_once(command, threads)
            if foreign <= self.foreign_limit and near_before and self.are_cores_near():
                break
            self.rejected += 1
            if attempt + 1 < self.attempts:
                time.sleep(min(8, 2**attempt / 2))
        else:
            self.disturbed += 1
        found = re.findall(pattern, output)
        if not found:
            raise Failure(f"{' '.join(map(str, command))} printed no {pattern}:\n{output[-500:]}")
        return float(found[-1])


def alternate(passes, commands, progress):
    """The medians of `commands`, a dictionary of functions that measure, called in turn, pass after pass."""
    samples = {name: [] for name in commands}
    for number in range(passes):
        progress(f"pass {number + 1} of {passes}")
        for name, measure in commands.items():
            samples[name].append(measure())
    return {name: statistics.median(values) for name, values in samples.items()}
