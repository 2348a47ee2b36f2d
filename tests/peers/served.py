"""How the programs that stay alive between items are spoken to.

When ready, the program writes a line "ready " and JSON with "version" and "pids" (of its other processes). Then each
line of input holds paths within the folder of inputs, separated by tabs; when all of them are done it answers with a
line "ok", "ok N" where N ns of its CPU time are not to be counted, or "failed: REASON".
"""
import json
import sys
from collections.abc import Callable


def serve(version: str, pids: list[int], do: Callable[[list[str]], None]) -> None:
    print("ready " + json.dumps({"version": version, "pids": pids}), flush=True)
    for line in sys.stdin:
        try:
            do(line.rstrip("\n").split("\t"))
            answer = "ok"
        except (OSError, ValueError, SyntaxError) as error:
            answer = f"failed: {error}"
        print(answer, flush=True)
