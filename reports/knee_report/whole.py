"""Files that are complete or not there at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def whole_file(path: str) -> Iterator[str]:
    """The name of an empty file next to path, which takes its place in the end, unless something failed. OSError names path."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(".tmp", os.path.basename(path) + ".", os.path.dirname(path) or ".")
        os.close(handle)
        yield temporary
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # mkstemp() lets its owner alone read it
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
