"""What the benchmark makes of its times, and of what it takes them."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench import events
from tests.bench.figures import ColdRun, Comparison, answer_ms, table
from tests.bench.measuring import Warm, did_its_job
from tests.bench.packages import Size, size_of
from tests.bench.plot import cold_starts
from tests.bench.rates import Answers, Ingress, Storm, answers_table, storm_table
from tests.bench.report import Results
from tests.bench.scene import KINDS, PROJECT, REFERENCE
from tests.samples import SAMPLES
from tests.wix_simulator import WixSimulator

SVG = "{http://www.w3.org/2000/svg}"
STORM = Storm(answered=[0.1, 0.2], resumed=4, judged=[4.2, 4.5], fulfilled=[4.5, 5])


def comparison(ours: list[float], reference: list[float]) -> Comparison:
    runs, others = ([ColdRun(each / 2, each) for each in times] for times in (ours, reference))
    return Comparison("read", "orders/get_order", runs, others, [ColdRun(0.1, 0.1) for _ in runs])


def ingress(bare: Sequence[float], ours: Sequence[float]) -> Ingress:
    return Ingress([Answers("bare", 1, bare), Answers("ours", 1, ours)], STORM)


# ---- Cold starts ----------------------------------------------------------------------------


def test_a_round_that_was_slow_for_all_changes_no_ratio() -> None:
    quiet = comparison([1.2, 1.2, 1.2], [1.0, 1.0, 1.0])
    noisy = comparison([1.2, 9.6, 4.8], [1.0, 8.0, 4.0])

    assert round(noisy.ratio, 6) == round(quiet.ratio, 6) == 1.2


def test_a_median_is_told_in_milliseconds() -> None:
    assert answer_ms(comparison([0.3, 0.1, 0.9], [1, 1, 1]).ours) == 300


def test_the_goal_is_met_up_to_its_exact_value() -> None:
    assert comparison([1.25], [1.0]).summary()["verdict"] == "PASS"
    assert comparison([1.26], [1.0]).summary()["verdict"] == "over"


@pytest.mark.parametrize("action", KINDS.values())
def test_a_function_is_measured_beside_a_reference_of_its_name(action: str) -> None:
    assert (PROJECT / f"functions/{action}.py").exists()
    assert (REFERENCE / f"{action.rpartition('/')[2]}.py").exists()


@pytest.mark.parametrize("action", KINDS.values())
def test_an_event_names_nothing_that_only_samples_have(action: str) -> None:
    event = json.dumps(events.event_for(action, WixSimulator()))

    for sample in SAMPLES:
        assert sample not in event


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 200, "body": "{}"},
        {"batchItemFailures": []},
        {"statusCode": 200, "body": '{"done": 2, "refused": 0, "complete": true}'},
        {"items": [{"quantity": 1}], "count": 1},
    ],
)
def test_a_job_is_done_whatever_door_it_came_through(answer: object) -> None:
    assert did_its_job(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 409, "body": "{}"},
        {"batchItemFailures": [{"itemIdentifier": "1"}]},
        {"statusCode": 200, "body": '{"done": 1, "refused": 1, "complete": true}'},
        {"statusCode": 200, "body": '{"done": 1, "left": 1, "complete": false}'},
        {"items": [], "count": 0},
        {},
        None,
    ],
)
def test_no_time_is_taken_of_a_job_that_was_not_done(answer: object) -> None:
    assert not did_its_job(answer)


def test_a_plot_draws_each_kind_as_long_as_its_ratio() -> None:
    runs = [ColdRun(0.5, 2)]
    other = Comparison("write", "orders/refund_order", runs, runs, runs)

    plot = ET.fromstring(cold_starts([comparison([1.5], [1.0]), other]))  # noqa: S314 - it was just written

    bars = [each for each in plot.iter(f"{SVG}rect") if each.get("height") == "16"]
    assert [each.get("width") for each in bars] == [
        *("300", "300", "200", "200"),
        *("100", "300", "100", "300"),
    ]
    texts = [each.text for each in plot.iter(f"{SVG}text")]
    assert [text for text in texts if text in {"read", "refund_order", "1.50", "1.00"}] == [
        *("read", "1.50", "1.00"),
        *("refund_order", "1.00", "1.00"),
    ]


# ---- Webhooks -------------------------------------------------------------------------------


def test_an_answer_is_told_by_its_median_and_by_the_slowest_but_one_in_a_hundred() -> None:
    answers = Answers("a delivery", 1, [each / 1000 for each in range(101)])

    assert (round(answers.p50_ms, 6), round(answers.p99_ms, 6)) == (50, 99)


def test_kinds_are_compared_with_the_bare_one_of_as_many_at_once() -> None:
    both = Ingress(
        [
            *ingress([0.1, 0.1], [0.2, 0.2]).answers,
            Answers("bare", 20, [1.0, 1.0]),
            Answers("ours", 20, [1.5, 1.5]),
        ],
        STORM,
    )

    assert [ratio for _, ratio, _ in both.compared()] == [1, 2, 1, 1.5]
    assert [ratio for _, _, ratio in both.compared()] == [1, 2, 1, 1.5]


def test_a_moment_that_was_slow_for_all_kinds_changes_no_ratio() -> None:
    [_, (_, ratio, _)] = ingress([0.1, 0.8, 0.4], [0.2, 1.6, 0.8]).compared()

    assert ratio == 2


def test_judging_and_fulfilling_are_timed_from_when_they_could_begin() -> None:
    assert STORM.per_second() == {"answered": 10, "judged": 4, "fulfilled": 2}


def test_rates_are_also_told_in_times_that_of_the_last_step() -> None:
    rows = storm_table(STORM).replace(" ", "").splitlines()[2:]

    assert [row.split("|")[2:4] for row in rows] == [["10", "5.0"], ["4", "2.0"], ["2", "1.0"]]


def test_answers_are_told_in_milliseconds_and_ratios() -> None:
    [_, _, _, ours] = answers_table(ingress([0.1, 0.1], [0.25, 0.25])).splitlines()

    assert ours.replace(" ", "") == "|ours|1|250.0|250.0|2.50|2.50|"


# ---- All of it ------------------------------------------------------------------------------


def test_two_sentences_sum_up_from_the_fastest_kind_to_the_slowest() -> None:
    comparisons = [comparison([0.98], [1.0]), comparison([1.19], [1.0])]
    warm = Warm(request_ms=0.5, empty_ms=0.4, reference_ms=0.9, ours_ms=1.2)
    sizes = {"orders/get_order": Size(7.61, 20, 0), "webhooks/receive_webhook": Size(13.3, 40, 0)}

    said = Results(comparisons, warm, sizes, ingress([1], [1])).sentences()

    assert said.count("1.0 to 1.2 times as long") == 2
    assert "takes 2.4 times as long" in said
    assert "7.6 MB zipped, and 13.3 MB" in said


def test_a_table_lines_up() -> None:
    assert table(("what", "ms"), [("first", "1"), ("second one", "234")]) == "\n".join(
        (
            "| what       |  ms |",
            "| ---------- | --: |",
            "| first      |   1 |",
            "| second one | 234 |",
        )
    )


def test_sources_without_byte_code_are_counted(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/compiled.cpython-313.pyc").write_bytes(b"code")
    (tmp_path / "compiled.py").touch()
    (tmp_path / "forgotten.py").touch()

    assert size_of([tmp_path]).not_compiled == 1
