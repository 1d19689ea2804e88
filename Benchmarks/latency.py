#!/usr/bin/env python3
"""Types keys into the workbench in a terminal of its own and prints how long the screen takes.

    python Benchmarks/latency.py .build/release/weightbench resnet50.onnx [--options "--data DATA"]
        [--keys 'llll----'] [--interval 40] [--starts 11] [--idle 10]

Needs nothing but Python on Linux. It prints, in milliseconds,
- start: from starting the process to the end of its first frame, and to the first frame with layers,
  over --starts starts, with the resident memory at that moment;
- keys: percentiles of `--frame-times` for keys typed every --interval ms;
- idle: processor time that the workbench takes in --idle seconds without a key.
"""
import argparse
import fcntl
import json
import os
import pty
import select
import shlex
import signal
import statistics
import struct
import tempfile
import termios
import time


class Workbench:
    """The program in a terminal of 120 x 40 cells."""

    def __init__(self, command):
        self.started = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execvp(command[0], command)

    def read(self, seconds):
        """Takes what the program writes for some time; whether it still runs."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                try:
                    os.read(self.terminal, 1 << 16)
                except OSError:
                    return False
        return True

    def type(self, keys, interval):
        for key in keys:
            os.write(self.terminal, key.encode())
            self.read(interval)

    def cpu(self):
        """Processor time so far, in seconds."""
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        while self.read(0.05):
            pass
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def run(command, keys, interval, settle):
    """The summary of one run, and the idle processor time asked for."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "times.jsonl")
        workbench = Workbench(command + ["--frame-times", path])
        workbench.read(settle)
        workbench.type(keys, interval)
        workbench.read(settle)
        workbench.stop()
        lines = [json.loads(line) for line in open(path)]
    return workbench.started, lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--options", default="", help="further options of the workbench")
    parser.add_argument("--keys", default="", help="characters to type")
    parser.add_argument("--interval", type=float, default=40, help="milliseconds between keys")
    parser.add_argument("--settle", type=float, default=2, help="seconds before and after the keys")
    parser.add_argument("--starts", type=int, default=0)
    parser.add_argument("--idle", type=float, default=0, help="seconds")
    options = parser.parse_args()
    command = [options.program, options.model] + shlex.split(options.options)

    if options.starts:
        rows = []
        for _ in range(options.starts):
            started, lines = run(command, "", 0, 0.6)
            summary = lines[-1]
            rows.append([
                (summary["firstFrame.monotonic"] - started) * 1e3, summary["firstFrame.residentMB"],
                (summary["layersFrame.monotonic"] - started) * 1e3, summary["layersFrame.residentMB"]])
        for index, name in enumerate(["first frame ms", "  resident MB", "layers frame ms", "  resident MB"]):
            column = sorted(row[index] for row in rows)
            print(f"{name:16} median {statistics.median(column):7.1f}  least {column[0]:7.1f}  most {column[-1]:7.1f}")
    if options.keys:
        _, lines = run(command, options.keys, options.interval / 1e3, options.settle)
        summary = lines[-1]
        for name in ["key.first", "key.size", "key.picture", "frame.duration", "frame.late", "loop.wait"]:
            if f"{name}.count" in summary:
                print(f"{name:16} n {summary[name + '.count']:5}  " + "  ".join(
                    f"{part} {summary[f'{name}.{part}']:8.2f}" for part in ["p50", "p95", "max"]))
    if options.idle:
        workbench = Workbench(command)
        workbench.read(options.settle)
        before = workbench.cpu()
        workbench.read(options.idle)
        print(f"idle             {workbench.cpu() - before:.2f} s of processor time in {options.idle:g} s")
        workbench.stop()
