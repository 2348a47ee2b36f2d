"""The drawing part of 'knee report': the data of a study's scaling curve, its pages, or its summary.

    /usr/bin/python3 report.py curve-data STUDY FILE [EMULATED]
    /usr/bin/python3 report.py pdf STUDY FILE [EMULATED]
    /usr/bin/python3 report.py summary STUDY - [EMULATED]

STUDY is the folder with study.db and fit.json; EMULATED that of a study of emulated or replayed cores to be shown with it.
`summary` prints the key findings. Exit 0: FILE was written; 1: it was not, and one line on stderr says why.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from knee_report.curve import data_file
from knee_report.load import load_study
from knee_report.record import StudyError
from knee_report.study import Study


def fail(text: str) -> int:
    print(f"knee report: error: {' '.join(text.split())}", file=sys.stderr)
    return 1


def write_curve_data(study: Study, path: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(data_file(study))


def write_pages(study: Study, path: str) -> None:
    from knee_report.pdf import write_pdf

    write_pdf(study, path)


def print_summary(study: Study, path: str) -> None:
    del path
    from knee_report.sentences import summary_lines

    print("\n".join(summary_lines(study)))


def load(folder: str, other: str | None) -> Study:
    study = load_study(folder)
    if other is None:
        return study
    emulated = load_study(other)
    if not emulated.facts.emulated and not emulated.facts.replay_of:
        raise StudyError(f"{other} is not a study of emulated or replayed cores: give one that 'knee sweep --emulate' or '--replay' made")
    if emulated.facts.replay_of and emulated.facts.batch_sha256 != study.facts.batch_sha256:
        raise StudyError(f"{other} replays another batch than that of {folder}: give the replay of this study")
    return replace(study, emulated=emulated)


def main(arguments: list[str]) -> int:
    actions = {"curve-data": write_curve_data, "pdf": write_pages, "summary": print_summary}
    if len(arguments) not in (3, 4) or arguments[0] not in actions:
        print(__doc__, file=sys.stderr)
        return 2
    action, folder, path = arguments[:3]
    try:
        actions[action](load(folder, arguments[3] if len(arguments) == 4 else None), path)
    except StudyError as error:
        return fail(str(error))
    except ImportError as error:
        return fail(f"the Python package {error.name} is missing: install python3-{error.name} with apt-get, or run 'make deps'")
    except OSError as error:
        return fail(f"{path} cannot be written ({error.strerror}): free space there or give another place")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
