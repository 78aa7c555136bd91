"""What the benchmark makes of its times."""

from pathlib import Path

from tests.bench.figures import ColdRun, Comparison, answer_ms, table
from tests.bench.packages import size_of


def comparison(ours: list[float], reference: list[float]) -> Comparison:
    runs, others = ([ColdRun(each / 2, each) for each in times] for times in (ours, reference))
    return Comparison("get_order", runs, others, [ColdRun(0.1, 0.1) for _ in runs])


def test_a_round_that_was_slow_for_all_changes_no_ratio() -> None:
    quiet = comparison([1.2, 1.2, 1.2], [1.0, 1.0, 1.0])
    noisy = comparison([1.2, 9.6, 4.8], [1.0, 8.0, 4.0])

    assert round(noisy.ratio, 6) == round(quiet.ratio, 6) == 1.2


def test_a_median_is_told_in_milliseconds() -> None:
    assert answer_ms(comparison([0.3, 0.1, 0.9], [1, 1, 1]).ours) == 300


def test_the_goal_is_met_up_to_its_exact_value() -> None:
    assert comparison([1.25], [1.0]).summary()["verdict"] == "PASS"
    assert comparison([1.26], [1.0]).summary()["verdict"] == "over"


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
