"""Documents agree with the tree: links, named paths, make targets and subcommands exist, and none is undocumented;
lines are short; words that the glossary replaces do not come back. Prints TAP."""

import html
import itertools
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import layers
import tap

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")),
             *sorted(ROOT.glob("*/README.md"))]
HELP = sorted((ROOT / "tests" / "golden").glob("help*.txt"))
# Not plain English, or replaced by the glossary; add a phrase when one comes up twice in reviews.
AVOIDED = ("so many", "anew", "beside", "told", "tells", "telling", "made-up", "stands", "foreseen", "goes on")
COLUMNS = 120


def name_of(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def none(problems: Iterator[str]) -> None:
    found = list(problems)
    assert not found, "\n" + "\n".join(found)


def anchors(text: str) -> set[str]:
    """GitHub's names of the headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(text: str) -> Iterator[str]:
    """Commands in a document: code in a line, and the lines of code blocks, without comments."""
    for part, content in enumerate(re.split(r"^```.*$", text, flags=re.MULTILINE)):
        if part % 2:
            yield from (line.split("#")[0] for line in content.splitlines())
        else:
            yield from (words.replace("\n", " ") for words in re.findall(r"`([^`]*)`", content))


def make_words(text: str) -> set[str]:
    """The targets of the make commands in a document."""
    targets: set[str] = set()
    for command in itertools.chain.from_iterable(line.split("&&") for line in code(text)):
        words = command.split()
        if words[:1] == ["make"]:
            targets.update(itertools.takewhile(re.compile(r"[a-z-]+$").match, (w for w in words[1:] if "=" not in w)))
    return targets


def test_links_resolve() -> None:
    def broken() -> Iterator[str]:
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
                file, _, anchor = target.partition("#")
                if re.match(r"[a-z]+:", target):
                    continue
                path = (document.parent / file).resolve() if file else document
                if not path.exists():
                    yield f"{name_of(document)}: {target} does not exist"
                elif anchor and path.suffix == ".md" and anchor not in anchors(text_of(path)):
                    yield f"{name_of(document)}: {target}: no such heading"

    none(broken())


def test_named_paths_exist() -> None:
    """Code such as `harness/sweep/plan.h` or `tests/fuzz/*.c` names something in the tree."""
    folders = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in ("build", "results"))
    pattern = re.compile(rf"`((?:{folders})/[\w./*-]*)`")

    def missing() -> Iterator[str]:
        for document in DOCUMENTS:
            if document.parent == ROOT / "datasets" or document.name == "CHANGELOG.md":
                continue
            for path in pattern.findall(text_of(document)):
                if not path.startswith("datasets/media") and not any(ROOT.glob(path)):
                    yield f"{name_of(document)}: {path} does not exist"

    none(missing())


def test_sources_name_documents_that_exist() -> None:
    """A comment may point to docs/NAME.md."""
    files = subprocess.run(["git", "-C", ROOT, "grep", "-oIE", r"docs/[a-z_-]+\.md"], capture_output=True, text=True,
                           check=False).stdout

    def missing() -> Iterator[str]:
        for line in files.splitlines():
            file, path = line.split(":", 1)
            if file != "CHANGELOG.md" and not (ROOT / path).is_file():
                yield f"{file}: {path} does not exist"

    none(missing())


def test_rows_of_tables_have_names_of_their_own() -> None:
    """Keys and options: a merge can leave the older text of a row behind."""

    def repeated() -> Iterator[str]:
        for path in DOCUMENTS:
            for table in re.findall(r"(?:^\|.*\n)+", text_of(path), re.MULTILINE):
                rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
                yield from (f"{name_of(path)}: {row}" for row in sorted({row for row in rows if row[:1] == "`" and rows.count(row) > 1}))

    none(repeated())


def test_lines_are_short() -> None:
    examples = sorted((ROOT / "docs" / "examples").iterdir())

    def long() -> Iterator[str]:
        for document in [*DOCUMENTS, *examples]:
            for number, line in enumerate(text_of(document).splitlines(), 1):
                if len(line) > COLUMNS:
                    yield f"{name_of(document)}:{number}: {len(line)} columns"

    none(long())


def test_comments_are_short() -> None:
    """Lines of code have the limit of their formatter."""
    marks = {".c": re.compile(r" *(/\*| \*)"), ".h": re.compile(r" *(/\*| \*)"),
             ".sh": re.compile(" *#"), ".t": re.compile(" *#"), ".py": re.compile(" *#")}

    def long() -> Iterator[str]:
        for folder in ("analysis", "datasets", "findings", "harness", "packaging", "pipeline", "reports", "tests"):
            for path in sorted((ROOT / folder).rglob("*.*")):
                mark = marks.get(path.suffix)
                for number, line in enumerate(text_of(path).splitlines() if mark else [], 1):
                    if len(line) > COLUMNS and mark and mark.match(line):
                        yield f"{name_of(path)}:{number}: {len(line)} columns"

    none(long())


def test_scripts_can_be_run() -> None:
    tests = sorted((ROOT / "tests").rglob("*.t"))
    assert tests
    none(f"{name_of(path)}: not executable" for path in tests if not os.access(path, os.X_OK))


def test_documents_begin_with_a_title() -> None:
    none(name_of(document) for document in DOCUMENTS if not text_of(document).startswith("# "))


def test_plain_words() -> None:
    """Glossary and changelog name replaced words, so they are left out."""
    pattern = re.compile(rf"\b({'|'.join(AVOIDED)})\b", re.IGNORECASE)

    def found() -> Iterator[str]:
        for document in [*DOCUMENTS, *HELP]:
            if document.name in ("glossary.md", "CHANGELOG.md"):
                continue
            for number, line in enumerate(text_of(document).splitlines(), 1):
                for word in pattern.findall(line):
                    yield f"{name_of(document)}:{number}: '{word}'"

    none(found())


def test_readme_has_every_subcommand() -> None:
    section = text_of(ROOT / "tests/golden/help.txt").split("commands:\n")[1].split("\n\n")[0]
    names = re.findall(r"^  ([a-z-]+)", section, re.MULTILINE)
    documented = re.findall(r"^\| `knee ([a-z-]+)", text_of(ROOT / "README.md"), re.MULTILINE)
    tap.equal(sorted(set(documented)), sorted(names))


def test_readme_has_the_two_commands() -> None:
    commands = [line.rstrip() for line in code(text_of(ROOT / "README.md"))]
    for command in ("make deps sweep", "make deps test"):
        assert command in commands, f"{command} is missing"


def test_make_targets() -> None:
    """Documented targets exist, and those of `make help` are documented."""
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    documented = set().union(*(make_words(text_of(document)) for document in DOCUMENTS))
    help_lines = re.findall(r"@echo '(.*)'", makefile)
    helped = {target for line in help_lines for target in re.findall(r"(?:^|; )make ([a-z-]+)", line)}
    none(f"make {target} is documented and does not exist" for target in sorted(documented - targets))
    none(f"make help names {target}, which does not exist" for target in sorted(helped - targets))
    none(f"make {target} is in make help and in no document" for target in sorted(helped - documented))


def test_readme_lists_every_document() -> None:
    linked = re.findall(r"\]\((docs/[a-z_-]+\.md)\)", text_of(ROOT / "README.md"))
    tap.equal(sorted(set(linked)), sorted(name_of(path) for path in (ROOT / "docs").glob("*.md")))


def test_picture_of_layers_is_current() -> None:
    """Made by `tests/layers.py --draw docs/images/layers.svg`: the same folders, and no include that is gone."""
    found = layers.read_includes([])
    titles = [html.unescape(title) for title in re.findall("<title>(.*)</title>", text_of(ROOT / "docs/images/layers.svg"))]
    arrows = [title.split("->") for title in titles if "->" in title]
    drawn = {title for title in titles if title in found}
    none(f"{folder} is not in the picture" for folder in sorted(set(found) - drawn))
    none(f"{a} does not include {b} any more" for a, b in arrows if a != "reports" and b not in found[a])


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
