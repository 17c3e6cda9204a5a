"""Answers of analyses as files: each table a sheet of a workbook, or the first of them as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd

from corridors.data.writing import write_table


class Tabular:
    """An answer made of tables."""

    tables_in_file: ClassVar[tuple[str, ...]]
    """Names of its tables, the one first that stands for all."""

    def to_file(self, path: str | Path) -> None:
        """Write the tables.

        Parameters
        ----------
        path : path
            ``.xlsx`` has each table as a sheet, ``.csv`` the first of them. Text is never taken for a formula.

        Raises
        ------
        BadRequest
            For another suffix.
        MissingExtra
            Without XlsxWriter for ``.xlsx`` (extra ``office``).
        """
        from corridors.report.tables_excel import write_tables

        frames = {name: flat(getattr(self, name)) for name in self.tables_in_file}
        write_table(path, frames[self.tables_in_file[0]], lambda target: write_tables(target, frames))


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without geometry; points as longitude and latitude, an index with names as columns."""
    found = pd.DataFrame(frame)
    if any(name is not None for name in found.index.names):
        found = found.reset_index()
    if "geometry" in found:
        shapes = found["geometry"]
        if not {"lon", "lat"} & set(found) and all(shape.geom_type == "Point" for shape in shapes):
            found = found.assign(lon=[shape.x for shape in shapes], lat=[shape.y for shape in shapes])
        found = found.drop(columns="geometry")
    return found
