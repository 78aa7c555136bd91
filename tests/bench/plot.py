"""Draws how our cold starts compare."""

from collections.abc import Iterator, Sequence

from tests.bench.figures import GOAL, Comparison, answer_ms, init_ms

OURS = ("#1b5e8c", "#8cbfe0")
BARE = ("#6b6b6b", "#c4c4c4")
"""Colors of a process's start, and of its first invocation."""

FONT = 'font-family="system-ui, sans-serif" font-size="12" fill="#1f2328"'
WIDTH, LEFT, ONE = 760, 140, 400
"""How wide the plot is, where bars begin, and how long is what bare libraries take."""

TOP, ROW, BAR = 44, 46, 16
FOOT = 56
BY_CHARACTER = 6.2
"""About how wide a character is."""


def cold_starts(comparisons: Sequence[Comparison]) -> str:
    """The plot as SVG: for each kind of action, ours above what bare libraries take."""
    end = TOP + ROW * len(comparisons)
    goal = LEFT + GOAL * ONE
    title = (
        "Process start to first answer, in times what bare libraries take: "
        f"medians of {len(comparisons[0].ours)} fresh processes"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{end + FOOT}" {FONT}>',
        f"<title>{title}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(16, 24, title, 'font-weight="bold"'),
        *(part for row, each in enumerate(comparisons) for part in _row(TOP + row * ROW, each)),
        f'<path d="M{goal:.0f} {TOP}V{end}" stroke="#b3261e" stroke-dasharray="4 3"/>',
        _text(goal, end + 14, f"goal: {GOAL}", 'text-anchor="middle" fill="#b3261e"'),
        *_legend(end + 34),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(top: float, each: Comparison) -> Iterator[str]:
    yield _text(16, top + 16, each.kind, 'font-weight="bold"')
    yield _text(16, top + 32, each.action.rpartition("/")[2], 'fill="#59636e"')
    for runs, ratio, colors, at in (
        (each.ours, each.ratio, OURS, top + 4),
        (each.reference, 1.0, BARE, top + 4 + BAR),
    ):
        whole = ratio * ONE
        init = whole * init_ms(runs) / answer_ms(runs)
        yield _bar(LEFT, at, init, colors[0])
        yield _bar(LEFT + init, at, whole - init, colors[1])
        yield _text(LEFT + whole + 6, at + 12, f"{ratio:.2f}")


def _legend(at: float) -> Iterator[str]:
    left = 16.0
    for name, colors in (("this project", OURS), ("bare libraries", BARE)):
        for color, part in zip(colors, ("init", "first invocation"), strict=True):
            text = f"{name}: {part}"
            yield _bar(left, at, 12, color, 12)
            yield _text(left + 18, at + 10, text)
            left += 34 + BY_CHARACTER * len(text)


def _bar(left: float, top: float, width: float, color: str, height: float = BAR) -> str:
    where = f'x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<rect {where} fill="{color}"/>'


def _text(left: float, base: float, text: str, style: str = "") -> str:
    return f'<text x="{left:.0f}" y="{base:.0f}" {style}>{text}</text>'.replace(" >", ">")
