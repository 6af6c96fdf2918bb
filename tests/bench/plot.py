# SPDX-License-Identifier: GPL-3.0-or-later
"""The plot of the benchmark: a few lines of SVG, so that nothing has to be installed for it."""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

WIDTH, MARGIN, LABELS, ROW = 960, 24, 420, 22
PLOT_HEIGHT, AXIS = 300, 56
COLOURS = ("#0b6e99", "#c2571a", "#4b8b3b", "#7a4fa3", "#b3306b", "#5f6b73")
OURS, PROCESS, OTHER = "#0b6e99", "#7fb6cf", "#b9b4ac"
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222} .s{font-size:11px;fill:#555} .h{font-size:15px;font-weight:600}"
)


def plot(tasks: list[dict[str, Any]], fleets: list[dict[str, Any]]) -> str:
    bars, top = _bars(tasks, MARGIN + 16)
    lines, bottom = _lines(fleets, top + 40)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom}" viewBox="0 0 {WIDTH} {bottom}">',
            f"<style>{_STYLE}</style>",
            f'<rect width="{WIDTH}" height="{bottom}" fill="#fff"/>',
            *bars,
            *lines,
            "</svg>",
            "",
        )
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#ddd") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def steps(largest: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to the first that is not below ``largest``."""
    rough = max(largest, 1e-9) / about
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [step * n for n in range(math.ceil(largest / step) + 1)]


def _bars(tasks: list[dict[str, Any]], start: float) -> tuple[list[str], float]:
    """Ratio to debug, in groups of one job; logarithmic would hide what an operator pays, so linear."""
    y = start
    out = [_text(MARGIN, y, "CPU of one converged task ÷ debug", kind="h")]
    legend = ((OURS, "in the controller"), (PROCESS, "module process"), (OTHER, "others"))
    for number, (colour, name) in enumerate(legend):
        x = LABELS + 130 * number
        out += [f'<rect x="{x}" y="{y - 10:.1f}" width="12" height="12" fill="{colour}"/>', _text(x + 18, y, name)]
    ticks = steps(max((one["ratio"] for one in tasks), default=1))
    scale = (WIDTH - LABELS - 60) / ticks[-1]
    first = y = y + 20
    rows: list[str] = []
    job = None
    for one in tasks:
        y += 8 if job not in (None, one["job"]) else 0
        job = one["job"]
        ours = one["name"].startswith("repobridge.")
        colour = (OURS if "in the controller" in one["name"] else PROCESS) if ours else OTHER
        width = one["ratio"] * scale
        rows += [
            _text(LABELS - 10, y + 14, _short(one["name"]), "end"),
            f'<rect x="{LABELS}" y="{y + 3:.1f}" width="{width:.1f}" height="{ROW - 7}" fill="{colour}"/>',
            _text(LABELS + width + 5, y + 14, f"{one['ratio']:.1f}", kind="s"),
        ]
        y += ROW
    for tick in ticks:
        at = LABELS + tick * scale
        out += [_line(at, first, at, y), _text(at, y + 15, f"{tick:g}", "middle", "s")]
    return out + rows, y + 20


def _short(name: str) -> str:
    """Without what the colour says."""
    for words in (", in the controller", ", module process", "repobridge.bitbucket."):
        name = name.replace(words, "")
    return name


def _lines(fleets: list[dict[str, Any]], y: float) -> tuple[list[str], float]:
    """CPU seconds against the number of repositories; on double logarithmic axes a linear cost has the slope 1."""
    out = [
        _text(MARGIN, y, "CPU of a converged run by number of repositories", kind="h"),
        _text(MARGIN, y + 18, "seconds; both axes logarithmic; the dotted lines are linear", kind="s"),
    ]
    left, right = MARGIN + 40, WIDTH - 190
    top, bottom = y + 36, y + 36 + PLOT_HEIGHT
    if not fleets:
        return out, bottom
    sizes = sorted({one["repositories"] for one in fleets})
    seconds = [one["seconds"] for one in fleets]
    low, high = (10.0**bound for bound in (math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))))
    span = math.log(sizes[-1] / sizes[0]) or 1.0

    def place(size: float, value: float) -> tuple[float, float]:
        x = left + (right - left) * math.log(size / sizes[0]) / span
        return x, bottom - (bottom - top) * math.log(value / low) / math.log(high / low)

    value = low
    while value <= high * 1.001:
        level = place(sizes[0], value)[1]
        out += [_line(left, level, right, level), _text(left - 6, level + 4, f"{value:g}", "end", "s")]
        # Through the corner and below: where a cost goes that is in proportion to the repositories.
        (x1, y1), (x2, y2) = place(sizes[0], value), place(sizes[-1], value * sizes[-1] / sizes[0])
        if y2 < top and y1 > top:
            x2, y2 = x1 + (x2 - x1) * (y1 - top) / (y1 - y2), top
        out.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#bbb" stroke-dasharray="2 4"/>'
        )
        value *= 10
    for size in sizes:
        x = place(size, low)[0]
        out += [_line(x, top, x, bottom), _text(x, bottom + 16, str(size), "middle", "s")]
    out.append(_text((left + right) / 2, bottom + 34, "repositories", "middle", "s"))
    return out + _series(fleets, place, right), bottom + AXIS


def _series(fleets: list[dict[str, Any]], place: Any, right: float) -> list[str]:
    """A line for each target, its name at its end; names keep a distance from each other."""
    out, ends = [], []
    for number, target in enumerate(dict.fromkeys(one["target"] for one in fleets)):
        colour = COLOURS[number % len(COLOURS)]
        points = [place(one["repositories"], one["seconds"]) for one in fleets if one["target"] == target]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        ends.append((points[-1][1], points[-1], target, colour))
    last = -math.inf
    for level, (x, y), target, colour in sorted(ends):
        last = max(level, last + 16)
        out.append(
            f'<line x1="{x + 5:.1f}" y1="{y:.1f}" x2="{right + 12}" y2="{last:.1f}" stroke="{colour}" opacity="0.4"/>'
        )
        out.append(f'<text x="{right + 16}" y="{last + 4:.1f}" style="fill:{colour}">{escape(target)}</text>')
    return out
