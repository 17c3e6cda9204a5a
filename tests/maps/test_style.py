"""Route colours by the published formulas: contrast on land (WCAG 2.1) and colour-vision deficiency (Machado 2009)."""

from itertools import combinations

import numpy as np
import pytest

from corridors.maps.layers import COLOURS, LATER, colour

LAND = "#f8f7f3"
SEEN = {  # severity 1.0, on linear RGB
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (a, b)), reverse=True)
    return light / dark


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [*COLOURS, LATER])
def test_lines_stand_out_on_land(colour: str) -> None:
    assert contrast(colour, LAND) >= 3  # what WCAG asks of lines and symbols


@pytest.mark.parametrize("eye", SEEN)
def test_routes_are_told_apart_by_every_eye(eye: str) -> None:
    def apart(a: str, b: str) -> float:
        return float(np.linalg.norm(lab(SEEN[eye] @ linear(a)) - lab(SEEN[eye] @ linear(b))))

    for a, b in combinations(COLOURS[:3], 2):
        assert apart(a, b) > 25
        assert abs(lab(linear(a))[0] - lab(linear(b))[0]) > 5  # and in a grey print
    for a, b in combinations(COLOURS, 2):
        assert apart(a, b) > 15


def test_eight_routes_have_a_colour_each() -> None:
    assert len({colour(label) for label in "ABCDEFGH"} - {LATER}) == 8
    assert colour("I") == colour("AB") == LATER
