#!/usr/bin/python3
"""Which folder may include which, held against the #include lines of the sources.

usage: layers.py [--draw FILE.svg]

LAYERS lists the folders from the bottom up, each with the folders that its files may include. A folder may name
only folders above it in this list, so a table that is accepted has no cycle. Reported: an include that the table
does not allow, an entry that no source needs, a folder that the table lacks, an include that is not written from
the root. Exit 1 when anything is reported. --draw writes a picture of the folders and includes (needs graphviz).
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREES = ("pipeline", "harness", "analysis")

LAYERS: dict[str, str] = {
    # statistics: arrays in, structs out; knows nobody
    "analysis/statistics": "",
    "analysis/speedup": "analysis/statistics",
    "analysis/models": "analysis/statistics analysis/speedup",
    "analysis/knee": "analysis/statistics analysis/speedup analysis/models",
    "analysis/sweep": "analysis/speedup analysis/models analysis/knee",
    "analysis/size": "analysis/statistics",
    "analysis/account": "analysis/statistics analysis/size",
    "analysis/prediction": "analysis/statistics",
    "analysis/gate": "analysis/statistics",
    "analysis/knob": "",
    "analysis/reference": "analysis/statistics analysis/models",
    # the pool: processes that do items of any workload
    "pipeline/base": "",
    "pipeline/pool": "pipeline/base",
    "pipeline/synthetic": "pipeline/base pipeline/pool analysis/statistics analysis/prediction",
    "pipeline/replay": "pipeline/base pipeline/pool",
    # images, as a workload of the pool
    "pipeline/images/input": "pipeline/base pipeline/pool",
    "pipeline/images/pixels": "pipeline/base",
    "pipeline/images/recipe": "pipeline/base pipeline/images/input",
    "pipeline/images/jxl": "pipeline/base pipeline/images/pixels",
    "pipeline/images/codecs": "pipeline/base pipeline/images/input pipeline/images/pixels pipeline/images/recipe "
                              "pipeline/images/jxl",
    "pipeline/images/overlay": "pipeline/base pipeline/images/pixels pipeline/images/recipe",
    "pipeline/images/engines": "pipeline/base pipeline/images/input pipeline/images/pixels pipeline/images/recipe "
                               "pipeline/images/codecs pipeline/images/jxl",
    "pipeline/images/output": "pipeline/base pipeline/pool pipeline/images/input pipeline/images/recipe",
    "pipeline/images/shards": "pipeline/base pipeline/pool pipeline/images/input pipeline/images/recipe "
                              "pipeline/images/output",
    "pipeline/images": "pipeline/base pipeline/pool pipeline/replay pipeline/images/input pipeline/images/recipe "
                       "pipeline/images/codecs pipeline/images/overlay pipeline/images/engines pipeline/images/output",
    # measurement
    "harness/machine": "pipeline/base",
    "harness/machine/counters": "pipeline/base",
    "harness/machine/emulation": "pipeline/base pipeline/pool harness/machine",
    "harness/machine/doctor": "pipeline/base pipeline/pool harness/machine harness/machine/counters",
    "harness/antagonist": "pipeline/base",
    "harness/study": "pipeline/base analysis/statistics analysis/account analysis/speedup",
    "harness/tables": "pipeline/base harness/study",
    "harness/knob": "analysis/statistics analysis/knob harness/study",
    "harness/trial/starter": "",
    "harness/trial": "pipeline/base pipeline/pool harness/machine harness/machine/counters harness/machine/emulation "
                     "harness/study harness/trial/starter",
    "harness/sweep": "pipeline/base pipeline/pool analysis/statistics analysis/speedup analysis/knee harness/machine "
                     "harness/antagonist harness/study harness/trial",
    "harness/fit": "pipeline/base pipeline/pool analysis/statistics analysis/speedup analysis/models analysis/knee "
                   "analysis/sweep "
                   "analysis/size analysis/account analysis/prediction harness/machine/counters "
                   "harness/study harness/knob",
    "harness/validation": "analysis/speedup harness/study harness/fit",
    "harness/answer": "analysis/statistics analysis/prediction harness/fit",
    # what people see and type
    "harness/console": "pipeline/base analysis/statistics harness/study harness/knob harness/sweep harness/fit "
                       "harness/validation harness/answer",
    "harness/export": "pipeline/base analysis/statistics harness/study harness/tables harness/trial harness/fit "
                      "harness/console",
    "harness/cluster": "pipeline/base pipeline/images/output pipeline/images/shards harness/console",
    "harness/sweep/subjects": "pipeline/base pipeline/synthetic pipeline/replay pipeline/images pipeline/images/input "
                              "pipeline/images/recipe analysis/statistics analysis/prediction harness/machine "
                              "harness/machine/counters harness/machine/emulation harness/study harness/trial "
                              "harness/sweep harness/fit harness/cluster harness/console pipeline/images/shards",
    "harness/gate": "pipeline/base analysis/statistics analysis/account analysis/gate harness/machine harness/study "
                    "harness/trial harness/fit harness/console",
    "harness/cli/gate": "analysis/statistics analysis/gate pipeline/base pipeline/images/input harness/trial "
                        "harness/fit harness/console harness/gate",
    "harness/cli/history": "analysis/gate pipeline/base harness/study harness/fit harness/console harness/cli/gate",
    "harness/cli": "analysis/statistics analysis/knee analysis/prediction analysis/gate analysis/reference "
                   "pipeline/base pipeline/pool pipeline/synthetic pipeline/replay pipeline/images/input "
                   "pipeline/images/recipe pipeline/images/codecs pipeline/images/overlay pipeline/images/engines "
                   "pipeline/images/output pipeline/images/shards pipeline/images harness/machine "
                   "harness/machine/counters harness/machine/emulation harness/machine/doctor harness/study "
                   "harness/tables harness/trial harness/sweep harness/fit harness/validation harness/answer "
                   "harness/console harness/export harness/cluster harness/sweep/subjects harness/gate "
                   "harness/cli/gate harness/cli/history",
}

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def read_includes(problems: list[str]) -> dict[str, set[str]]:
    """The folders that each folder includes; errors of single include lines are added to problems."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for tree in TREES:
        for path in sorted((ROOT / tree).rglob("*.[ch]")):
            folder = path.parent.relative_to(ROOT).as_posix()
            found.setdefault(folder, set())
            for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
                name = path.relative_to(ROOT).as_posix()
                target = ROOT / included
                if not target.is_file():
                    problems.append(f"{name}: #include \"{included}\" is not written from the root")
                    continue
                other = target.parent.relative_to(ROOT).as_posix()
                if included.endswith("_internal.h") and other != folder:
                    problems.append(f"{name}: {included} is private to {other}")
                if other != folder:
                    found[folder].add(other)
                    if other not in LAYERS.get(folder, "").split():
                        problems.append(f"{name}: {folder} may not include {other}")
    return found


def check(found: dict[str, set[str]], problems: list[str]) -> None:
    """The table itself: complete, without needless entries, and one way."""
    order = {folder: place for place, folder in enumerate(LAYERS)}
    for folder in found:
        if folder not in LAYERS:
            problems.append(f"{folder} is not in the table of tests/layers.py")
    for folder, allowed in LAYERS.items():
        for other in allowed.split():
            if other not in found.get(folder, set()):
                problems.append(f"{folder} does not include {other}: remove it from the table of tests/layers.py")
            elif order.get(other, len(order)) >= order[folder]:
                problems.append(f"{folder} includes {other}, which is not below it in the table of tests/layers.py")


COLOURS = {"harness": ("#e8f0fb", "#3b6ea5"), "analysis": ("#eaf5ea", "#3f8a4a"), "pipeline": ("#fdf1e3", "#b0742a")}


def draw(found: dict[str, set[str]], target: str) -> None:
    """Boxes for folders, those that include at the top; arrows for the includes that no longer path implies."""
    font = "fontname=\"DejaVu Sans\""
    lines = ["digraph layers {", f"rankdir=TB; newrank=true; nodesep=0.25; ranksep=0.45; {font};",
             f"node [shape=box, style=\"rounded,filled\", {font}, fontsize=12, height=0.4];",
             "edge [color=\"#66707a\", arrowsize=0.6];"]
    for tree, (fill, line) in COLOURS.items():
        lines.append(f"subgraph cluster_{tree} {{ label=\"{tree}/\"; labeljust=l; fontsize=15; fontcolor=\"{line}\"; "
                     f"color=\"{line}\"; node [fillcolor=\"{fill}\", color=\"{line}\"];")
        for folder in found:
            if folder.split("/")[0] == tree:
                lines.append(f"\"{folder}\" [label=\"{folder.removeprefix(tree + '/')}\"];")
        lines.append("}")
    for folder, others in found.items():
        lines += [f"\"{folder}\" -> \"{other}\";" for other in sorted(others)]
    lines.append("\"reports\" [label=\"reports/\", fillcolor=\"#f3ecf8\", color=\"#7a4fa0\"];")
    lines.append("\"reports\" -> \"harness/fit\" [style=dashed, color=\"#7a4fa0\"];")
    lines.append("}")
    reduced = subprocess.run(["tred"], input="\n".join(lines), capture_output=True, text=True, check=True).stdout
    subprocess.run(["dot", "-Tsvg", "-o", target], input=reduced, text=True, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold the includes of the sources against the table of layers.")
    parser.add_argument("--draw", metavar="FILE.svg", help="write a picture of folders and includes")
    options = parser.parse_args()
    problems: list[str] = []
    found = read_includes(problems)
    check(found, problems)
    for problem in problems:
        print(problem)
    if options.draw:
        draw(found, options.draw)
    print(f"{len(found)} folders, {sum(map(len, found.values()))} arrows, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
