"""`python -m tests.bench`: what `make bench` runs. Results go to build/bench; no time fails."""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.bench.figures import ColdRun, Comparison, answer_ms, cold_table, init_ms, table
from tests.bench.measuring import BenchError, Warm, measure_cold, measure_warm
from tests.bench.packages import MOST_ZIPPED_MB, Size, size_of
from tests.bench.plot import draw
from tests.bench.scene import FUNCTIONS, PROJECT, scene
from tests.lambda_runtime import InitFailedError
from tests.local_stack import Progress, build
from tests.local_stack.processes import ProcessError, sigterm_as_exit

RESULTS = PROJECT / "build/bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="fresh processes for each handler")
    runs: int = parser.parse_args().runs
    logs = RESULTS / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    progress = Progress()
    try:
        with (
            sigterm_as_exit(),
            tempfile.TemporaryDirectory(prefix="bench-") as name,
        ):
            folder = Path(name)
            with progress.step("Building the layers and functions"):
                artifacts = build(folder / "build", logs)
            with progress.step("Weighing the layers"):
                size = size_of(artifacts.layers_of("GetOrderFunction"))
            with scene(artifacts, folder, logs) as here:
                with progress.step("Calling warm functions"):
                    warm = measure_warm(here)
                samples = measure_cold(here, runs, progress)
    except (BenchError, InitFailedError, ProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    empty = samples["empty"]
    comparisons = [
        Comparison(name, samples[name], samples[f"{name}/reference"], empty) for name in FUNCTIONS
    ]
    report = _report(comparisons, warm, size)
    (RESULTS / "results.md").write_text(report)
    (RESULTS / "results.json").write_text(_json(comparisons, warm, size, samples))
    draw(comparisons, RESULTS)
    print(f"\n{report}\nResults and plots are in {RESULTS.relative_to(Path.cwd(), walk_up=True)}")
    return 0


def _report(comparisons: list[Comparison], warm: Warm, size: Size) -> str:
    empty = comparisons[0].empty
    verdict = "PASS" if size.zipped_mb < MOST_ZIPPED_MB else "over"
    warm_rows = [
        ("bare httpx request to Wix", f"{warm.request_ms:.2f}"),
        ("invocation of an empty handler", f"{warm.empty_ms:.2f}"),
        ("invocation of the reference", f"{warm.reference_ms:.2f}"),
        ("invocation of get_order", f"{warm.ours_ms:.2f}"),
        ("get_order over the bare request", f"{warm.ours_ms - warm.request_ms:.2f}"),
        ("get_order over the reference", f"{warm.ours_ms - warm.reference_ms:.2f}"),
    ]
    size_rows = [
        (f"zipped, MB ({verdict}: under {MOST_ZIPPED_MB})", f"{size.zipped_mb:.1f}"),
        ("unzipped, MB", f"{size.unzipped_mb:.1f}"),
        (".py files without byte code", str(size.not_compiled)),
    ]
    return f"""\
Cold start: medians of {len(empty)} fresh processes, {os.cpu_count()} processors, \
Python {platform.python_version()}, {platform.machine()}.
The empty handler: init {init_ms(empty):.0f} ms, first answer {answer_ms(empty):.0f} ms.

{cold_table(comparisons)}

{table(("warm call", "median ms"), warm_rows)}

{table(("both layers", ""), size_rows)}
"""


def _json(
    comparisons: list[Comparison], warm: Warm, size: Size, samples: dict[str, list[ColdRun]]
) -> str:
    seconds = {name: [asdict(run) for run in runs] for name, runs in samples.items()}
    return json.dumps(
        {
            "machine": {"processors": os.cpu_count(), "kind": platform.machine()},
            "python": platform.python_version(),
            "cold": {each.name: each.summary() for each in comparisons},
            "warm": asdict(warm),
            "layers": asdict(size),
            "samples_seconds": seconds,
        },
        indent=2,
    )


if __name__ == "__main__":
    sys.exit(main())
