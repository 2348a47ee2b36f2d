"""The PDF for readers that do not see it: structure, alternative texts, language, title, bookmarks; the same bytes each time."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import sys
import tempfile
import unittest
from typing import Any
from unittest import mock

import fixture
from knee_report import costs, facts, load, pdf
from knee_report.record import StudyError

pikepdf: Any = importlib.import_module("pikepdf")

def written(kind: str, folder: str, name: str = "report.pdf") -> str:
    study, path = load.parse_study(fixture.FITS[kind](), fixture.NO_RECORD), os.path.join(folder, name)
    pdf.write_pdf(study, facts.report_facts(study, costs.Prices(0.04, "EUR", 9.0)), path)
    return path


def elements(element: Any) -> list[Any]:
    """An element and all within it, in reading order."""
    found = [element]
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += elements(kid)
    return found


def marks_of(page: Any) -> tuple[list[int], int]:
    """Numbers of the marked content of a page, and how many sequences are left open."""
    numbers, depth = [], 0
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in ("BDC", "BMC"):
            depth += 1
            if str(operator) == "BDC":
                numbers.append(int(operands[1]["/MCID"]))
        depth -= str(operator) == "EMC"
    return numbers, depth


def write_on_a_full_disk(folder: str) -> None:
    """Files have 5,000 bytes at most. Exit 0: the error is an OSError that names the report."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
    try:
        written("minimal", folder)
    except OSError as error:
        sys.exit(0 if error.filename == os.path.join(folder, "report.pdf") else 3)
    sys.exit(4)


class Structure(unittest.TestCase):
    def test_full(self) -> None:
        """every mark of a page belongs to one element, figures have alternative texts, tables have rows and headings"""
        with tempfile.TemporaryDirectory() as folder, pikepdf.open(written("full", folder)) as file:
            self.assertEqual(len(file.pages), 4)
            self.assertEqual((bool(file.Root.MarkInfo.Marked), str(file.Root.Lang)), (True, "en-GB"))
            self.assertTrue(bool(file.Root.ViewerPreferences.DisplayDocTitle))
            self.assertEqual(str(file.docinfo["/Title"]), "Scaling of media")
            with file.open_outline() as outline:
                titles = [item.title for item in outline.root]
            self.assertEqual(titles, ["Answer", "Where speedup leaves the line", "Where the core-seconds go", "Why to believe it"])
            all_of_it = elements(file.Root.StructTreeRoot.K)
            kinds = [str(e.S) for e in all_of_it]
            self.assertEqual((kinds[0], kinds.count("/Sect"), kinds.count("/H1")), ("/Document", 4, 1))
            self.assertGreaterEqual(kinds.count("/Table"), 4)
            alts = [str(e.Alt) for e in all_of_it if str(e.S) == "/Figure"]
            self.assertGreaterEqual(len(alts), 9)
            self.assertTrue(all(len(alt) > 30 for alt in alts), alts)
            self.assertTrue(alts[0].startswith("The scaling curve. Bars and band: 95% intervals."), alts[0])
            self.assertIn("upwards: speedup against one worker", alts[0])
            self.assertRegex(alts[-1], r"^Chunk sizes and policies, .* across: wall time relative to the default")
            for number, page in enumerate(file.pages):
                marks, open_ = marks_of(page)
                parents = file.Root.StructTreeRoot.ParentTree.Nums[2 * number + 1]
                self.assertEqual(open_, 0)
                self.assertEqual(sorted(marks), list(range(len(parents))), "each number once")
                for mark in marks:
                    self.assertIn(mark, [int(k) for k in parents[mark].K if isinstance(k, int)])
            for font in {str(f.FontDescriptor.FontName) for page in file.pages for _, f in page.Resources.Font.items() if "/FontDescriptor" in f}:
                self.assertIn("DejaVu", font)

    def test_what_is_missing_is_said(self) -> None:
        """the alternative text of a figure that could not be drawn has the reason"""
        with tempfile.TemporaryDirectory() as folder, pikepdf.open(written("empty", folder)) as file:
            alts = [str(e.Alt) for e in elements(file.Root.StructTreeRoot.K) if str(e.S) == "/Figure"]
            self.assertTrue(alts and all("not measured" in alt for alt in alts), alts)

    def test_a_missing_font(self) -> None:
        """without the font there is no page, and one line says which package brings it"""
        with mock.patch("knee_report.style.findfont", side_effect=ValueError("not found")), tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(StudyError, "DejaVu Sans is missing: install the Debian package fonts-dejavu-core"):
                written("minimal", folder)
            self.assertEqual(os.listdir(folder), [])

    def test_a_full_disk(self) -> None:
        """where a file cannot become longer, the error names the report, which is not there"""
        with tempfile.TemporaryDirectory() as folder:
            child = multiprocessing.get_context("fork").Process(target=write_on_a_full_disk, args=(folder,))
            child.start()
            child.join()
            self.assertEqual((child.exitcode, os.listdir(folder)), (0, []))

    def test_the_same_bytes(self) -> None:
        """two reports of a study are equal, byte for byte"""
        with tempfile.TemporaryDirectory() as folder:
            paths = [written("minimal", folder, name) for name in ("a.pdf", "b.pdf")]
            contents = []
            for path in paths:
                with open(path, "rb") as stream:
                    contents.append(stream.read())
        self.assertEqual(contents[0], contents[1])


if __name__ == "__main__":
    unittest.main()
