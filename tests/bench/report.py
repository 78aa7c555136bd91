"""What was measured, to be read by people and by programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from tests.bench.figures import ColdRun, Comparison, answer_ms, cold_table, init_ms, table
from tests.bench.measuring import Warm
from tests.bench.packages import MOST_ZIPPED_MB, Size
from tests.bench.rates import Ingress, answers_table, storm_table


@dataclass(frozen=True, slots=True)
class Results:
    """All of it.

    Attributes:
        comparisons: Cold starts.
        warm: Warm calls.
        sizes: The layers, by a function that has them.
        ingress: The webhook's way in.
    """

    comparisons: Sequence[Comparison]
    warm: Warm
    sizes: Mapping[str, Size]
    ingress: Ingress

    def sentences(self) -> str:
        """What the documentation quotes."""
        inits = [each.init_ratio for each in self.comparisons]
        answers = [each.ratio for each in self.comparisons]
        alone, with_webhooks = (size.zipped_mb for size in self.sizes.values())
        return f"""\
Init takes {_range(inits)} times as long as that of a handler that does the same job with bare
boto3, httpx, pydantic, PyJWT and Logger, and the time from process start to the first answer is
{_range(answers)} times as long. A warm `get_order` takes \
{self.warm.ours_ms / self.warm.request_ms:.1f} times as long as a bare httpx call;
the layers are {alone:.1f} MB zipped, and {with_webhooks:.1f} MB with the one for webhooks.
"""

    def text(self) -> str:
        """All figures, after the sentences that sum them up."""
        empty = self.comparisons[0].empty
        return f"""\
{self.sentences()}
Cold start: medians of {len(empty)} fresh processes, {os.cpu_count()} processors, \
Python {platform.python_version()}, {platform.machine()}.
The empty handler: init {init_ms(empty):.0f} ms, first answer {answer_ms(empty):.0f} ms.

{cold_table(self.comparisons)}

{self._warm_table()}

{self._size_table()}

Webhooks: AWS is a stand-in on this machine, its API Gateway, SQS, EventBridge and Lambda, so only
the ratios say something. In the next table they are to the bare SendMessage of the same body. The
function refuses its input and asks nobody else: any function takes at least as long.

{answers_table(self.ingress)}

{storm_table(self.ingress.storm)}
"""

    def json(self) -> str:
        storm = self.ingress.storm
        return json.dumps(
            {
                "machine": {"processors": os.cpu_count(), "kind": platform.machine()},
                "python": platform.python_version(),
                "cold": {each.action: each.summary() for each in self.comparisons},
                "warm": asdict(self.warm),
                "layers": {name: asdict(size) for name, size in self.sizes.items()},
                "ingress": {
                    "answers": [
                        {
                            "what": each.what,
                            "at_once": each.at_once,
                            "p50_ms": each.p50_ms,
                            "p99_ms": each.p99_ms,
                            "ratio": ratio,
                            "p99_ratio": p99_ratio,
                        }
                        for each, ratio, p99_ratio in self.ingress.compared()
                    ],
                    "per_second": storm.per_second(),
                    "storm_seconds": asdict(storm),
                },
                "samples_seconds": {
                    "empty": _seconds(self.comparisons[0].empty),
                    **{each.action: _seconds(each.ours) for each in self.comparisons},
                    **{
                        f"{each.action}/reference": _seconds(each.reference)
                        for each in self.comparisons
                    },
                },
            },
            indent=2,
        )

    def _warm_table(self) -> str:
        warm = self.warm
        rows = [
            ("bare httpx request to Wix", f"{warm.request_ms:.2f}"),
            ("invocation of an empty handler", f"{warm.empty_ms:.2f}"),
            ("invocation of the reference", f"{warm.reference_ms:.2f}"),
            ("invocation of get_order", f"{warm.ours_ms:.2f}"),
            ("get_order over the bare request", f"{warm.ours_ms - warm.request_ms:.2f}"),
            ("get_order over the reference", f"{warm.ours_ms - warm.reference_ms:.2f}"),
        ]
        return table(("warm call", "median ms"), rows)

    def _size_table(self) -> str:
        sizes = self.sizes.values()
        verdict = "PASS" if all(each.zipped_mb < MOST_ZIPPED_MB for each in sizes) else "over"
        rows = [
            (
                f"zipped, MB ({verdict}: under {MOST_ZIPPED_MB})",
                *(f"{e.zipped_mb:.1f}" for e in sizes),
            ),
            ("unzipped, MB", *(f"{each.unzipped_mb:.1f}" for each in sizes)),
            (".py files without byte code", *(str(each.not_compiled) for each in sizes)),
        ]
        return table(("all layers of", *self.sizes), rows)


def _range(ratios: Sequence[float]) -> str:
    return f"{min(ratios):.1f} to {max(ratios):.1f}"


def _seconds(runs: Sequence[ColdRun]) -> list[dict[str, float]]:
    return [asdict(run) for run in runs]
