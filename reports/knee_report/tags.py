"""The structure of the PDF for readers that do not see it: headings, paragraphs, tables and figures with alternative texts.

matplotlib writes no structure. While a page is drawn, each tagged artist puts the number of its element around its marks
(marked content, ISO 32000-1, 14.6 to 14.8); afterwards pikepdf adds the tree of elements, language, title and bookmarks.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any


@dataclass
class Element:
    """kind: a standard structure type ("P", "H1", "Table", "Figure"). marks: numbers of its marked content on the page."""

    kind: str
    alt: str = ""
    parts: list[Element] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)


class Tags:
    """The elements of one page, in reading order. add() and inside() build them, mark() connects artists with them."""

    def __init__(self) -> None:
        self.root = Element("Sect")
        self.count = 0
        self._open = [self.root]
        self.figures: list[tuple[Element, Any]] = []  # figures, and the axes that name their scales

    def add(self, kind: str, alt: str = "") -> Element:
        element = Element(kind, alt)
        self._open[-1].parts.append(element)
        return element

    @contextmanager
    def inside(self, kind: str) -> Iterator[Element]:
        """What is added within belongs to a new element."""
        element = self.add(kind)
        self._open.append(element)
        try:
            yield element
        finally:
            self._open.pop()

    def mark(self, artist: Any, element: Element) -> None:
        element.marks.append(self.count)
        _surround(artist, f"/{element.kind} <</MCID {self.count}>> BDC\n")
        self.count += 1


def _surround(artist: Any, opening: str) -> None:
    """Puts marks around what the artist draws into a PDF; other renderers draw it as ever."""
    draw = artist.draw

    def marked(renderer: Any, *arguments: Any, **options: Any) -> Any:
        file = getattr(renderer, "file", None)
        if file is None:
            return draw(renderer, *arguments, **options)
        file.write(opening.encode("ascii"))
        result = draw(renderer, *arguments, **options)
        file.write(b"EMC\n")
        return result

    artist.draw = marked


def decorate(artist: Any) -> None:
    """An artist that says nothing: a rule, a box, the running head."""
    _surround(artist, "/Artifact BMC\n")


def figure_words(alt: str, ax: Any) -> str:
    """The alternative text of a figure: its title and note, what its axes are, and what its legend names."""
    axes = [f"{name}: {label}" for name, label in (("across", ax.get_xlabel()), ("upwards", ax.get_ylabel())) if label]
    reasons = [" ".join(text.get_text().split()) for text in ax.texts if text.get_text().startswith("not measured")]
    labels = [text.get_text() for text in (ax.get_legend().get_texts() if ax.get_legend() else [])]
    words = [alt, "; ".join(axes), f"shown: {', '.join(labels)}" if labels else "", *reasons]
    return ". ".join(word.rstrip(". ") for word in words if word) + "."


def _children(lib: Any, pdf: Any, made: Any, element: Element, page: Any, parents: list[Any]) -> Any:
    """The object of an element (lib: pikepdf); parents[mark] becomes the object that owns the mark."""
    own = pdf.make_indirect(lib.Dictionary(Type=lib.Name.StructElem, S=lib.Name(f"/{element.kind}"), P=made, Pg=page))
    if element.alt:
        own.Alt = lib.String(element.alt)
    if element.kind == "TH":
        own.A = lib.Dictionary(O=lib.Name.Table, Scope=lib.Name.Column)
    kids: list[Any] = []
    for mark in element.marks:
        kids.append(mark)
        parents[mark] = own
    kids += [_children(lib, pdf, own, part, page, parents) for part in element.parts]
    own.K = lib.Array(kids)
    return own


def structured(drawn: IO[bytes], pages: Sequence[Tags], title: str, bookmarks: Sequence[str]) -> bytes:
    """The file that was drawn with structure, language, title and one bookmark a page."""
    lib: Any = importlib.import_module("pikepdf")
    made = io.BytesIO()  # not a file: where the disk is full, pikepdf ends the process while it closes one
    with lib.open(drawn) as pdf:
        root = pdf.make_indirect(lib.Dictionary(Type=lib.Name.StructTreeRoot))
        document = pdf.make_indirect(lib.Dictionary(Type=lib.Name.StructElem, S=lib.Name.Document, P=root))
        sections, numbers = [], []
        for place, tags in enumerate(pages):
            for element, ax in tags.figures:
                element.alt = figure_words(element.alt, ax)
            page, parents = pdf.pages[place].obj, [None] * tags.count
            sections.append(_children(lib, pdf, document, tags.root, page, parents))
            page.StructParents = place
            page.Tabs = lib.Name.S
            numbers += [place, pdf.make_indirect(lib.Array(parents))]
        document.K = lib.Array(sections)
        root.K = document
        root.ParentTree = pdf.make_indirect(lib.Dictionary(Nums=lib.Array(numbers)))
        root.ParentTreeNextKey = len(pages)
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = lib.Dictionary(Marked=True)
        pdf.Root.Lang = lib.String("en-GB")
        pdf.Root.ViewerPreferences = lib.Dictionary(DisplayDocTitle=True)
        with pdf.open_outline() as outline:
            outline.root.extend(lib.OutlineItem(name, place) for place, name in enumerate(bookmarks))
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = ["en-GB"]
        # The same study gives the same bytes: no identifier that is drawn from time.
        pdf.save(made, static_id=True, object_stream_mode=lib.ObjectStreamMode.generate)
    return made.getvalue()
