"""What callers are told of a mistake, and of what is out of service."""

import pytest

from wix_admin.errors import InputError, RefusedError, Violation, listed, out_of_service, pointer


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ((), ""),
        (("lines", 0, "quantity"), "/lines/0/quantity"),
        (("filter", "buyerInfo.email"), "/filter/buyerInfo.email"),
        (("a/b", "m~n"), "/a~1b/m~0n"),
    ],
)
def test_a_place_in_a_document_is_written_as_a_json_pointer(
    path: tuple[str | int, ...], written: str
) -> None:
    assert pointer(*path) == written


def test_a_name_of_any_length_takes_little_room_in_a_pointer() -> None:
    assert pointer("labels", "x" * 200_000, 0) == f"/labels/{'x' * 100}/0"


@pytest.mark.parametrize(
    ("names", "said"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_names_are_joined_as_in_a_sentence(names: list[str], said: str) -> None:
    assert listed(names, "or") == said
    assert listed(names) == said.replace("or", "and")


@pytest.mark.parametrize(
    ("violation", "said"),
    [
        (Violation("/lines/0/quantity", "Send one."), "lines.0.quantity: Send one."),
        (Violation("/filter/a~1b/m~0n", "Send one."), "filter.a/b.m~n: Send one."),
        (Violation("", "Send one."), "Send one."),
        (Violation("", "Send one.", "Idempotency-Key"), "Idempotency-Key: Send one."),
    ],
)
def test_a_place_is_said_to_people_in_their_way(violation: Violation, said: str) -> None:
    assert str(violation) == said


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("cursor", "/cursor"),
        (pointer("lines", 0, "quantity"), "/lines/0/quantity"),
        ("", ""),
    ],
)
def test_an_error_about_one_field_says_so_in_its_text_too(field: str, place: str) -> None:
    error = RefusedError.of(field, "Send less.", code="below_zero")

    assert (type(error), error.code) == (RefusedError, "below_zero")
    assert error.violations == (Violation(place, "Send less."),)
    assert str(error) == str(error.violations[0])


def test_an_error_about_a_header_is_about_no_field() -> None:
    error = InputError.of("", "Send it once.", header="Idempotency-Key")

    assert error.violations == (Violation("", "Send it once.", "Idempotency-Key"),)
    assert str(error) == "Idempotency-Key: Send it once."


def test_what_is_out_of_service_says_why_and_what_to_check() -> None:
    assert out_of_service("A queue could not be used", "Throttled", check="its address") == (
        "A queue could not be used (Throttled): ask again later, and check its address and the"
        " function's role if it lasts"
    )
