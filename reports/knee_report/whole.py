"""Files that are complete or not there at all."""

from __future__ import annotations

import os
import tempfile


def write_whole(path: str, content: bytes) -> None:
    """Writes a file next to path, which takes its place in the end, unless something failed. OSError names path."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(".tmp", os.path.basename(path) + ".", os.path.dirname(path) or ".")
        with open(handle, "wb") as stream:
            stream.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # mkstemp() lets its owner alone read it
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
