"""A third-party program and its known facts: tests/foreign/programs/*.toml.

    title     words for people
    packages  Debian packages
    needs     programs that have to be there; with * a file
    module    npm package that has to be there (optional)
    version   shell command that prints the version
    service   shell command that runs all the time, in the folder of the sweeps; `ready` ends when it answers (optional)
    [[sweep]]
    name      what is special in it
    quick     whether continuous integration runs it (default false)
    workers   list for knee sweep --workers
    input     shell command that makes the input, in the folder of the sweep (optional); $HERE: tests/foreign/programs;
              $TIMES: 1, with --quick 3 (run.py)
    command   with {workers}; words as in a shell
    options   of knee sweep
    held      the command for --quick (optional): its standard output, which is compared, is held back after the first byte
              (hold.sh), so that the threads that write it live until knee has looked at them
    facts     expressions that hold on any machine, those of quick sweeps under any load (facts.py has the names)
    quiet     expressions that hold where nothing else runs
    emulate   list of workers for a sweep on emulated cores (--emulate), where that says something (optional)
    own       shell command: the program's own measurement (optional)
    trap      a sentence: what misleads, and the cure
"""
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "programs"


@dataclass(frozen=True)
class Sweep:
    name: str
    command: str
    workers: str = "1,2"
    quick: bool = False
    input: str = "true"
    options: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    held: str = ""
    emulate: str = ""
    own: str = ""
    trap: str = ""


@dataclass(frozen=True)
class Program:
    name: str
    title: str
    sweeps: tuple[Sweep, ...]
    packages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    module: str = ""
    version: str = ""
    service: str = ""
    ready: str = "true"


def of_table(kind: type[Any], table: dict[str, Any]) -> Any:
    """Lists become tuples; a key that the class lacks is a TypeError that names it."""
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()})


def read(path: Path) -> Program:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    sweeps = [of_table(Sweep, sweep) for sweep in table.pop("sweep")]
    program = of_table(Program, {"name": path.stem, "sweeps": sweeps, **table})
    assert isinstance(program, Program)
    return program


def read_all() -> list[Program]:
    return [read(path) for path in sorted(FOLDER.glob("*.toml"))]
