"""The options that compare.py and kinds.py share: compare.sh gives them to both."""
import argparse
import os


def parser(name: str, about: str | None, root: str) -> argparse.ArgumentParser:
    """With the folder of photographs, described by root, and what every comparison needs."""
    made = argparse.ArgumentParser(prog=name, description=about)
    made.add_argument("root", help=root)
    made.add_argument("--programs", required=True, help="folder of knee_one, knee_start and floor")
    made.add_argument("--modules", required=True, help="folder that has node_modules/sharp")
    made.add_argument("--sharp-missing", default="sharp is not installed", help="what to say when it has not")
    made.add_argument("--recipe", required=True)
    made.add_argument("--csv", required=True, help="the table, to be written")
    made.add_argument("--rounds", type=int, default=2, help="times each is done (2)")
    made.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="CPU for one job at a time")
    return made
