"""The programs that are compared, and how each is called for a batch of photographs and the recipe web."""
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import peers.recipe
from peers.recipe import EXTENSIONS, share

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECIPE = f"{ROOT}/pipeline/recipes/web.recipe"


@dataclass(frozen=True)
class Call:
    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    text: str = ""  # standard input


@dataclass(frozen=True)
class Program:
    name: str
    call: Callable[[str, str, int, int], Call]  # IN, OUT, workers, chunk
    parallel: bool  # has workers
    chunks: bool  # has chunks
    threads: bool = False  # its workers are threads of one process


def python(*options: str) -> Callable[[str, str, int, int], Call]:
    def call(root: str, out: str, workers: int, chunk: int) -> Call:
        given = options or ("-j", str(workers), "-c", str(chunk))
        return Call([f"{ROOT}/pipeline/reference/run.py", "-q", "-r", RECIPE, *given, root, out])

    return call


def knee(program: str) -> Callable[[str, str, int, int], Call]:
    def call(root: str, out: str, workers: int, chunk: int) -> Call:
        return Call([program, "run", "-q", "-r", RECIPE, "-j", str(workers), "-c", str(chunk), root, out])

    return call


def sharp(modules: str) -> Callable[[str, str, int, int], Call]:
    """Images in flight: as many as workers, each by one thread of libuv's pool."""
    recipe = peers.recipe.load(RECIPE)
    group = recipe.parser["watermark"]
    mark = {"file": os.path.join(recipe.folder, group["file"]), "width": share(group["width"]),
            "opacity": share(group["opacity"]), "margin": share(group["margin"])}

    def call(root: str, out: str, workers: int, chunk: int) -> Call:
        del chunk
        words = {"root": root, "out": out, "extensions": EXTENSIONS, "watermark": mark,
                 "renditions": [vars(r) for r in recipe.renditions]}
        return Call(["node", f"{ROOT}/tests/peers/sharp.mjs", modules, str(workers), json.dumps(words)],
                    {"UV_THREADPOOL_SIZE": str(workers)}, "\t".join(sorted(os.listdir(root))) + "\n")

    return call


def programs(knee_program: str, modules: str, sharp_missing: str) -> list[Program]:
    found = [Program("Python serial", python("--serial"), False, False),
             Program("Python pool", python(), True, True),
             Program("knee run", knee(knee_program), True, True)]
    if sharp_missing:
        print(f"compare: without sharp: {sharp_missing}", file=sys.stderr)
        return found
    return found + [Program("sharp", sharp(modules), True, False, True)]
