"""The drawing part of 'knee report': the data of a study's scaling curve, or its report in every form, and its summary.

    /usr/bin/python3 report.py curve-data STUDY FOLDER [OTHER...]
    /usr/bin/python3 report.py curve-svg FOLDER
    /usr/bin/python3 report.py pages STUDY PDF HTML JSON [OPTION=VALUE...] [OTHER...]

STUDY is the folder with study.db and fit.json; OTHER that of a replay of it or of a study of emulated cores, shown with it.
`curve-data` writes FOLDER/curve.dat; `curve-svg` gives gnuplot's picture of it, FOLDER/curve.svg, its title and description.
FOLDER is a private one within the place that an error names. `pages` writes the report as PDF, web page and numbers, and
prints the key findings. Options: core-hour-price=NUMBER, currency=WORD, core-watts=NUMBER, compared=FILE (compare.json of
'make compare'). Exit 0: all files were written; 1: one was not, and one line on stderr says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from knee_report.compared import read_comparison
from knee_report.costs import Prices
from knee_report.curve import data_file, read_words
from knee_report.load import load_study
from knee_report.record import StudyError
from knee_report.study import Study
from knee_report.svg import named

OPTIONS = ("core-hour-price=", "currency=", "core-watts=", "compared=")
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


def read_text(path: str) -> str:
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def write_text(path: str, content: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(content)


@contextmanager
def private(folder: str) -> Iterator[None]:
    """An error within names the place of a private folder, which the user has never seen."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.path.dirname(folder) or ".") from error


def write_curve_data(study: Study, folder: str) -> None:
    with private(folder):
        write_text(os.path.join(folder, "curve.dat"), data_file(study))


def name_curve(folder: str) -> None:
    picture = os.path.join(folder, "curve.svg")
    with private(folder):
        words = read_words(read_text(os.path.join(folder, "curve.dat")))
        write_text(picture, named(read_text(picture), words["title"], words["description"]))


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
    print("\n".join(summary_lines(study)), flush=True)


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


def read_prices(given: dict[str, str]) -> Prices:
    price, watts = given.get("core-hour-price"), given.get("core-watts")
    return Prices(float(price) if price else None, given.get("currency") or "EUR", float(watts) if watts else None)


def run(action: str, words: list[str]) -> None:
    if action == "curve-data":
        write_curve_data(load(words[0], words[2:]), words[1])
    elif action == "curve-svg":
        name_curve(words[0])
    else:
        options = [word for word in words[4:] if word.startswith(OPTIONS)]
        given = dict(word.split("=", 1) for word in options)
        study = load(words[0], [word for word in words[4:] if word not in options])
        if "compared" in given:
            study = replace(study, compared=read_comparison(given["compared"], study.facts.host))
        write_pages(study, words[1:4], read_prices(given))


def main(arguments: list[str]) -> int:
    action, words = arguments[0] if arguments else "", arguments[1:]
    if len(words) < {"curve-data": 2, "curve-svg": 1, "pages": 4}.get(action, len(words) + 1):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        run(action, words)
    except StudyError as error:
        return fail(str(error))
    except ImportError as error:
        return fail(import_words(error))
    except OSError as error:
        return fail(f"{error.filename or 'standard output'} cannot be written ({error.strerror}): free space there or give another place")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
