"""The errors that `corridors` raises: one base, each also a built-in error of the same meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class CorridorsError(Exception):
    """Base of every error that this library raises on purpose."""


class BadRequest(CorridorsError, ValueError):
    """An invalid argument, such as a malformed date, ``k=0``, or a destination that is the origin."""


class BadScenario(CorridorsError, ValueError):
    """A scenario names something that the network does not have, or contradicts itself."""


class DataError(CorridorsError, ValueError):
    """A table of the data folder is wrong.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    table, row, column : str, optional
        Where the fault is; repeated at the start of the message.
    """

    def __init__(self, message: str, table: str = "", row: object = "", column: str = "") -> None:
        parts = [
            f"table {table}" if table else "",
            f"row {row}" if row != "" else "",
            f"column {column}" if column else "",
        ]
        where = ", ".join(part for part in parts if part)
        super().__init__(f"{where}: {message}" if where else message)
        self.table, self.row, self.column = table, row, column


class UnknownPlace(CorridorsError, LookupError):
    """No place has this id, name or alias; the message names the nearest ones."""


class MissingExtra(CorridorsError, ImportError):
    """A call needs a library or program that is not installed; the message names what to install."""


class FileNotWritten(CorridorsError, OSError):
    """The system refused to write a file (no space, no permission, name too long); an existing file is untouched."""


class NoRoute(CorridorsError, ValueError):
    """No route exists for the question asked; the message gives the first causes, the attributes give all.

    Parameters
    ----------
    message : str
    blocking : sequence of str
    rejected : DataFrame, optional

    Attributes
    ----------
    blocking : list of str
        Names of the elements that would have to open; closing exactly these separates origin and destination.
    rejected : pandas.DataFrame
        The corridors that fail and why, as in ``Routes.rejected``.
    """

    def __init__(self, message: str, blocking: Sequence[str] = (), rejected: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.blocking = list(blocking)
        if rejected is None:
            import pandas as pd

            rejected = pd.DataFrame()
        self.rejected = rejected
