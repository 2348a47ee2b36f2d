"""The tables of study.db as docs/formats.md has them; tests/e2e/formats.t compares that page with what the program writes."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "formats.md")


def make_tables(db: sqlite3.Connection) -> None:
    with open(PAGE, encoding="utf-8") as stream:
        page = stream.read()
    tables = re.sub(r"--.*", "", page.partition("```sql\n")[2].partition("```")[0])
    for table in filter(str.strip, tables.split(";")):
        db.execute(f"CREATE TABLE {table}")


def insert(db: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Columns that a row does not have become NULL; one that the table does not have is an error."""
    names = [str(row[1]) for row in db.execute(f"PRAGMA table_info({table})")]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            assert row.keys() <= set(names), f"table {table} has no {', '.join(row.keys() - set(names))}"
            yield [row.get(name) for name in names]

    db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values())
