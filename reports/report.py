"""The drawing part of 'knee report': the data of a study's scaling curve, or its report in every form, and its summary.

    /usr/bin/python3 report.py curve-data STUDY FILE [OTHER...]
    /usr/bin/python3 report.py curve-svg STUDY FILE [OTHER...]
    /usr/bin/python3 report.py pages STUDY PDF HTML JSON [OPTION=VALUE...] [OTHER...]

STUDY is the folder with study.db and fit.json; OTHER that of a replay of it or of a study of emulated cores, shown with it.
`curve-svg` gives gnuplot's picture of the curve, FILE, its title and description. `pages` writes the report as PDF, web page
and numbers, and prints the key findings. Options: core-hour-price=NUMBER,
currency=WORD, core-watts=NUMBER. Exit 0: all files were written; 1: one was not, and one line on stderr says why.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from knee_report.costs import Prices
from knee_report.curve import data_file, description, title
from knee_report.load import load_study
from knee_report.record import StudyError
from knee_report.study import Study
from knee_report.svg import named

PACKAGES = {"matplotlib": "python3-matplotlib", "numpy": "python3-numpy", "pikepdf": "python3-pikepdf"}


def fail(text: str) -> int:
    print(f"knee report: error: {' '.join(text.split())}", file=sys.stderr)
    return 1


def import_words(error: ImportError) -> str:
    """What to do about a module that cannot be imported: only some of them are Debian packages."""
    name = (error.name or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and name in PACKAGES:
        return f"the Python package {name} is missing: install {PACKAGES[name]} with apt-get, or run 'make deps'"
    if name in PACKAGES:
        return f"the Python package {name} cannot be used ({error}): install {PACKAGES[name]} again with apt-get"
    if name == "knee_report":
        return f"a part of the report is missing ({error}): install knee again"
    return f"Python cannot import what the report needs ({error}): install python3 again with apt-get"


def write_curve_data(study: Study, path: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(data_file(study))


def name_curve(study: Study, path: str) -> None:
    with open(path, encoding="utf-8") as stream:
        picture = stream.read()
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(named(picture, title(study), description(study)))


def write_pages(study: Study, paths: list[str], prices: Prices) -> None:
    from knee_report.document import document, write_document
    from knee_report.facts import report_facts
    from knee_report.pdf import write_pdf
    from knee_report.sentences import summary_lines
    from knee_report.web.page import write_page

    pdf, page, numbers = paths
    facts = report_facts(study, prices)
    write_document(document(study, prices, facts), numbers)
    write_page(study, facts, page)
    write_pdf(study, facts, pdf)
    print("report  " + "\n        ".join(paths))
    print("\n".join(summary_lines(study)))


def check_target(path: str) -> None:
    """A device or FIFO would be replaced by a file; a folder cannot be."""
    if os.path.isdir(path):
        raise StudyError(f"{path} is a folder: give the name of a file")
    if os.path.exists(path) and not os.path.isfile(path):
        raise StudyError(f"{path} is no regular file, and would be replaced: give another name")


def load(folder: str, others: list[str]) -> Study:
    study = load_study(folder)
    for place in others:
        other = load_study(place)
        if other.facts.replay_of:
            if other.facts.batch_sha256 != study.facts.batch_sha256:
                raise StudyError(f"{place} replays another batch than that of {folder}: give the replay of this study")
            study = replace(study, replayed=other)
        elif other.facts.emulated:
            study = replace(study, emulated=other)
        else:
            raise StudyError(f"{place} is not a study of emulated or replayed cores: give one that 'knee sweep --emulate' or '--replay' made")
    return study


def read_prices(words: list[str]) -> Prices:
    given = dict(word.split("=", 1) for word in words)
    price, watts = given.get("core-hour-price"), given.get("core-watts")
    return Prices(float(price) if price else None, given.get("currency") or "EUR", float(watts) if watts else None)


def main(arguments: list[str]) -> int:
    action = arguments[0] if arguments else ""
    files = {"curve-data": 1, "curve-svg": 1, "pages": 3}.get(action)
    if files is None or len(arguments) < 2 + files:
        print(__doc__, file=sys.stderr)
        return 2
    folder, paths, rest = arguments[1], arguments[2 : 2 + files], arguments[2 + files :]
    options = [word for word in rest if word.startswith(("core-hour-price=", "currency=", "core-watts="))]
    try:
        for path in paths:
            check_target(path)
        study = load(folder, [word for word in rest if word not in options])
        if action == "curve-data":
            write_curve_data(study, paths[0])
        elif action == "curve-svg":
            name_curve(study, paths[0])
        else:
            write_pages(study, paths, read_prices(options))
    except StudyError as error:
        return fail(str(error))
    except ImportError as error:
        return fail(import_words(error))
    except OSError as error:
        return fail(f"{error.filename or paths[0]} cannot be written ({error.strerror}): free space there or give another place")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
