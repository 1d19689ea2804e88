"""Runs the commands of Documentation/walk-through.md, and writes what they print into it.

    walk_through.py FOLDER WEIGHTBENCH [--only TEXT ...] [--check]

Plans and descriptions on the page (```yaml blocks that begin with "# NAME") are written to FOLDER; it needs
`shared`, a link to the folder of real models and data, and `Tests`, one to the tests. ```sh blocks are run when
FOLDER has no `networks`, ```console blocks always: each line after "$ " is a command, and what it prints comes in
place of what stands below it. --only takes the blocks of the sections whose titles hold one of the texts. --check
writes nothing, and ends with status 1 where a command fails.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "Documentation/walk-through.md"
# Bytes of every format, one a line; and what Python says of its own libraries.
LEFT_OUT = re.compile(r"^ {10}(ct|onnx|pth|safetensors)[-a-z0-9]* +\d+ bytes$|Warning: |^  (device|tensor) = |^  device=")


def run(command, folder, path):
    environment = os.environ | {"PATH": f"{path}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    found = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    lines = [line for line in found.stdout.splitlines() if not LEFT_OUT.search(line)]
    return found.returncode, lines


def is_whole(command):
    """Whether the shell would not wait for another line."""
    text = "\n".join(command)[2:]
    return not text.endswith("\\") and subprocess.run(["bash", "-n", "-c", text], capture_output=True).returncode == 0


def commands(lines):
    """Commands of a console block, each with the lines that it goes on in."""
    found = []
    for line in lines:
        if found and not is_whole(found[-1]):
            found[-1].append(line)
        elif line.startswith("$ "):
            found.append([line])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("weightbench", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    path = options.weightbench.resolve().parent
    has_networks = (options.folder / "networks").exists()
    lines, result, failures, title = PAGE.read_text().splitlines(), [], 0, ""
    at = 0
    while at < len(lines):
        line = lines[at]
        result.append(line)
        at += 1
        if line.startswith("#"):
            title = line
        if not line.startswith("```") or line == "```":
            continue
        end = lines.index("```", at)
        block = lines[at:end]
        at = end + 1
        name = re.match(r"# (\S+\.yaml)", block[0]) if line == "```yaml" else None
        if name:
            (options.folder / name[1]).write_text("\n".join(block) + "\n")
        is_taken = not options.only or any(text in title for text in options.only)
        if line == "```sh" and not has_networks:
            failures += run("\n".join(block), options.folder, path)[0] != 0
        if line == "```console" and is_taken:
            fresh = []
            for command in commands(block):
                print(*command, sep="\n", flush=True)
                status, printed = run("\n".join(command)[2:], options.folder, path)
                print(*printed, sep="\n", flush=True)
                failures += status != 0
                fresh += command + printed
            block = fresh
        result += block + ["```"]
    if not options.check:
        PAGE.write_text("\n".join(result) + "\n")
    sys.exit(1 if failures else 0)


main()
