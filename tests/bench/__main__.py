"""`python -m tests.bench`: what `make bench` runs. No time fails.

Figures go to build/bench, and the plot of the cold starts beside this file.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Comparison
from tests.bench.ingress import measure_ingress
from tests.bench.measuring import BenchError, measure_cold, measure_warm
from tests.bench.packages import size_of
from tests.bench.plot import cold_starts
from tests.bench.report import Results
from tests.bench.scene import KINDS, PROJECT, logical_id, scene
from tests.lambda_runtime import InitFailedError
from tests.local_stack import Progress, build, local_stack
from tests.local_stack.processes import ProcessError, signals_as_exit

RESULTS = PROJECT / "build/bench"
PLOT = Path(__file__).with_name("cold-starts.svg")
WEIGHED = ("orders/get_order", "webhooks/receive_webhook")
"""A function with the layers that all have, and the one that has more."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="fresh processes for each handler")
    runs: int = parser.parse_args().runs
    logs = RESULTS / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    progress = Progress()
    try:
        with signals_as_exit(), tempfile.TemporaryDirectory(prefix="bench-") as name:
            results = _measure(Path(name), logs, runs, progress)
    except (BenchError, InitFailedError, ProcessError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    report = results.text()
    (RESULTS / "results.md").write_text(report)
    (RESULTS / "results.json").write_text(results.json())
    PLOT.write_text(cold_starts(results.comparisons))
    written, drawn = (path.relative_to(Path.cwd(), walk_up=True) for path in (RESULTS, PLOT))
    print(f"\n{report}\nAll figures are in {written}, and the cold starts are drawn in {drawn}")
    return 0


def _measure(folder: Path, logs: Path, runs: int, progress: Progress) -> Results:
    """Measure single functions first, then the deployed stack, neither with the other beside it."""
    alone, deployed = (_made(folder / name) for name in ("alone", "deployed"))
    with progress.step("Building the layers and functions"):
        artifacts = build(folder / "build", _made(logs))
    with progress.step("Weighing the layers"):
        sizes = {name: size_of(artifacts.layers_of(logical_id(name))) for name in WEIGHED}
    with scene(artifacts, alone, _made(logs / "alone")) as stage:
        with progress.step("Calling warm functions"):
            warm = measure_warm(stage)
        samples = measure_cold(stage, runs, progress)
    with local_stack(artifacts, deployed, _made(logs / "deployed"), progress) as stack:
        ingress = measure_ingress(stack, progress)
    comparisons = [
        Comparison(kind, action, samples[action], samples[f"{action}/reference"], samples["empty"])
        for kind, action in KINDS.items()
    ]
    return Results(comparisons, warm, sizes, ingress)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
