"""Pictures of a page by the Chromium of this machine, as a plain subprocess."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from corridors.arguments import as_number, as_path, as_whole
from corridors.data.writing import whole_file
from corridors.errors import CorridorsError, MissingExtra

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=4000",
)
SECONDS = 120
WINDOW = 100, 10_000
"""Fewest and most pixels of a window, in width or height."""


def photograph(page: str, path: str | Path, width: int, height: int, scale: float) -> None:
    """Write a PNG of a page.

    Raises
    ------
    BadRequest
        If `path` is not a path, or a size cannot be that of a window.
    MissingExtra
        If there is no Chromium; the message names the call that does not need it.
    """
    as_path(path, "path")
    width, height = (as_whole(value, name, *WINDOW) for name, value in (("width", width), ("height", height)))
    scale = as_number(scale, "scale", least=0.1, most=8.0)
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise MissingExtra(
            "A picture of the interactive map needs Chromium, which is not on this machine "
            "(apt-get install chromium). Without it, plot() draws a still map: "
            "routes.plot().figure.savefig('map.png')."
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(page, encoding="utf-8")
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        try:
            done = subprocess.run(
                [
                    program,
                    *QUIET,
                    *root,
                    f"--user-data-dir={folder}/profile",
                    f"--force-device-scale-factor={scale}",
                    f"--window-size={width},{height}",
                    f"--screenshot={target}",
                    source.as_uri(),
                ],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CorridorsError(
                f"{program} gave no picture within {SECONDS} s; plot() draws a still map without it."
            ) from None
        if not target.exists():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise CorridorsError(f"{program} gave no picture ({last}); plot() draws a still map without it.")
        with whole_file(path) as unfinished:
            shutil.copyfile(target, unfinished)
