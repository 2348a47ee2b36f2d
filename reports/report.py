"""What knee report runs: a study's curve data, or its four pages.

    /usr/bin/python3 report.py curve-data STUDY FILE
    /usr/bin/python3 report.py pdf STUDY FILE
    /usr/bin/python3 report.py summary STUDY -

STUDY is the folder with study.db and fit.json. `summary` prints the key findings. Exit 0: FILE was written; 1: it was not, one line on stderr says why.
"""

from __future__ import annotations

import sys

from knee_report.curve import data_file
from knee_report.load import StudyError, load_study


def fail(text: str) -> int:
    print(f"knee report: error: {' '.join(text.split())}", file=sys.stderr)
    return 1


def write_curve_data(folder: str, path: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(data_file(load_study(folder)))


def write_pages(folder: str, path: str) -> None:
    from knee_report.pdf import write_pdf

    write_pdf(load_study(folder), path)


def print_summary(folder: str, path: str) -> None:
    del path
    from knee_report.findings import summary_lines

    print("\n".join(summary_lines(load_study(folder))))


def main(arguments: list[str]) -> int:
    verbs = {"curve-data": write_curve_data, "pdf": write_pages, "summary": print_summary}
    if len(arguments) != 3 or arguments[0] not in verbs:
        print(__doc__, file=sys.stderr)
        return 2
    verb, folder, path = arguments
    try:
        verbs[verb](folder, path)
    except StudyError as error:
        return fail(str(error))
    except ImportError as error:
        return fail(f"the Python package {error.name} is missing: install python3-{error.name} with apt-get, or run 'make deps'")
    except OSError as error:
        return fail(f"{path} cannot be written ({error.strerror}): free space there or give another place")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
