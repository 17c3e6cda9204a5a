"""Makes the pictures of this folder again: `python docs/pictures.py` (needs Chromium and the extra `charts`)."""

import io
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageColor

import corridors as cr
from corridors.maps.charts import reliability
from corridors.maps.interactive import side_by_side
from corridors.maps.screenshot import photograph

HERE = Path(__file__).parent


def small(name: str, picture: Path | io.BytesIO) -> None:
    """Keep a picture in 256 colours: white, the reds, and the commonest ones."""
    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    common = [colour for _, colour in sorted(image.getcolors(10**7), reverse=True)]
    kept = list(dict.fromkeys([*map(ImageColor.getrgb, ("white", "#a40000", "#b2182b", "#c76666")), *common]))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in kept for value in colour])
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(HERE / name, optimize=True)
    print(f"{name}: {(HERE / name).stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Draw all."""
    mpl.use("agg")
    net = cr.load()
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    target = HERE / "shot.png"
    for name, m in (("almaty_karachi_2026-01-15.png", routes.explore()), ("network.png", net.explore())):
        m.to_png(target, scale=1)
        small(name, target)
    report = HERE / "shot.html"
    routes.report(report)
    photograph(report.read_text(encoding="utf-8"), target, 1000, 1500, 1)
    small("report.png", target)
    report.unlink()
    thaw = cr.Scenario("Torkham and Chaman open").reopen("Torkham", "2026-01-01").reopen("Chaman", "2026-01-01")
    side_by_side(routes, routes.again(scenario=thaw)).to_png(target, width=1400, height=760, scale=1)
    small("scenario_pair.png", target)
    page = net.routes("Tashkent", "Peshawar", depart="2026-01-15", as_of="2026-02-15", k=4).explorer()
    page.to_png(target, scale=1)
    small("explorer.png", target)
    target.unlink()
    for name, ax in (
        ("almaty_karachi_still.png", routes.plot()),
        ("reliability.png", reliability(routes)),
        ("almaty_karachi_tcd.png", routes[:3].tcd("hours")[0, 0]),
    ):
        drawn = io.BytesIO()
        ax.figure.savefig(drawn, dpi=125)
        small(name, drawn)


if __name__ == "__main__":
    main()
