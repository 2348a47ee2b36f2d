"""Items: which there are, what is made of one, and what a worker holds meanwhile."""
import hashlib
import os
import pathlib
import time
from typing import NamedTuple

from knee_reference import picture, recipe
from knee_reference.renditions import Studio
from knee_reference.spans import Spans

Digests = tuple[tuple[str, str], ...]  # path of each output within OUT, and its SHA-256


class Job(NamedTuple):
    """What a worker has to know before its first item."""
    recipe: str
    root: str
    out: str


class Item(NamedTuple):
    place: int  # in the sorted batch, from 1
    path: str  # within the batch


class Result(NamedTuple):
    path: str
    digests: Digests
    failed: str  # why; empty: done


def list_items(root: str) -> list[Item]:
    """Every regular file, but no name that begins with a dot; in the order of their bytes."""
    found = (path for path in pathlib.Path(root).rglob("*") if path.is_file() and not path.is_symlink())
    names = sorted((str(path.relative_to(root)) for path in found), key=os.fsencode)
    return [Item(place, name) for place, name in enumerate((n for n in names if "/." not in f"/{n}"), 1)]


def store(out: str, path: str, data: bytes) -> str:
    """Complete or absent; returns the digest."""
    final = os.path.join(out, path)
    temporary = os.path.join(out, f".reference-{os.getpid()}")
    os.makedirs(os.path.dirname(final), exist_ok=True)
    with open(temporary, "wb") as file:
        file.write(data)
    os.rename(temporary, final)
    return hashlib.sha256(data).hexdigest()


class Worker:
    def __init__(self, job: Job, spans: Spans) -> None:
        self.root, self.out, self.spans = job.root, job.out, spans
        self.studio = Studio(recipe.load(job.recipe))
        spans.ready()

    def make(self, item: Item) -> tuple[str, Digests]:
        kind, image, exif = picture.load(os.path.join(self.root, item.path), self.studio.recipe)
        made = self.studio.make(image, self.studio.caption(item.path, item.place, exif), exif)
        paths = [rendition.output(item.path) for rendition in self.studio.recipe.renditions]
        return kind, tuple((path, store(self.out, path, data)) for path, data in zip(paths, made))

    def do(self, item: Item) -> Result:
        start, kind, failed = time.monotonic(), "unknown", ""
        digests: Digests = ()
        try:
            kind, digests = self.make(item)
        except Exception as error:  # of damaged files, decoders raise errors of any class; an item never ends the run
            failed = " ".join(str(error).split()) or type(error).__name__
        self.spans.done(item.path, kind, start, os.path.getsize(os.path.join(self.root, item.path)))
        return Result(item.path, digests, failed)
