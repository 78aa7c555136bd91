"""What is wrong with an input is said in our words, whatever it is."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Literal, get_args

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError, PydanticKnownError, _pydantic_core
from pydantic_core.core_schema import ErrorType

from tests.actions import CALLED, Action
from tests.unit.wording import foreign_words
from wix_admin.errors import InputError
from wix_admin.models import FunctionInput, OrSay
from wix_admin.places import models_in, written_names
from wix_admin.words import OTHERWISE, SENTENCES, nearest, refusal

CONTEXTS = {
    each["type"]: each["example_context"]
    for each in _pydantic_core.list_all_errors()  # the only list of them, and not a public one
}


def told(input_type: type[FunctionInput], given: dict[str, Any]) -> InputError:
    """What is said of an input that is not taken."""
    with pytest.raises(ValidationError) as caught:
        input_type.model_validate(given)
    return refusal(input_type, given, caught.value.errors(include_url=False))


def details(error: InputError) -> dict[str, str]:
    return {each.field: each.detail for each in error.violations}


# ---- Nothing of the library's ---------------------------------------------------------------


@pytest.mark.parametrize("kind", CONTEXTS)
def test_no_words_of_the_library_come_through(kind: ErrorType) -> None:
    def refuse(value: object) -> object:
        raise PydanticKnownError(kind, CONTEXTS[kind])

    class Asked(FunctionInput):
        thing: Annotated[str, BeforeValidator(refuse)]

    error = told(Asked, {"thing": "1"})

    [violation] = error.violations
    assert foreign_words(violation.detail) == []
    assert violation.detail[0].isupper()
    assert "{" not in violation.detail or "{…}" in violation.detail


def test_every_mistake_that_the_library_knows_is_known_to_be_its_own() -> None:
    assert set(CONTEXTS) == set(get_args(ErrorType))
    assert set(SENTENCES) <= set(CONTEXTS)


WRONG: list[Any] = [
    None,
    True,
    -1,
    5.5,
    10**30,
    "",
    "?",
    "x" * 20_000,
    [],
    {},
    {"no such field": 1},
]
WRONG += [[each] for each in WRONG] + [["1"] * 6_000, {"?": "?"}]


def wrongs(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Inputs with something wrong at one place, for each place that there is."""
    for name, field in written_names(model).items():
        yield from ({name: wrong} for wrong in WRONG)
        for inner in models_in(field.annotation):
            hold = next(each for each in HOLDS if takes(model, name, each({})))
            yield from ({name: hold(each)} for each in wrongs(inner))


HOLDS: list[Callable[[Any], Any]] = [
    lambda inner: [inner],
    lambda inner: {"a key": inner},
    lambda inner: inner,
]
"""How a field may hold a model: in a list, by keys, or as it is."""


def takes(model: type[BaseModel], name: str, held: Any) -> bool:
    """Tell whether a field takes something, or at least looks into it."""
    try:
        model.model_validate({name: held})
    except ValidationError as error:
        return not any(
            each["loc"] == (name,) or each["type"] == "extra_forbidden" for each in error.errors()
        )
    return True


@pytest.mark.parametrize("action", CALLED, ids=str)
def test_no_action_has_an_input_that_there_are_no_words_for(action: Action) -> None:
    input_type = action.input_type
    input_type.model_rebuild()

    for given in wrongs(input_type):
        try:
            input_type.model_validate(given)
        except ValidationError as error:
            refused = refusal(input_type, given, error.errors(include_url=False))
            for violation in refused.violations:
                assert foreign_words(violation.detail) == [], given
                assert violation.detail != OTHERWISE, given


# ---- What is said ---------------------------------------------------------------------------


class Line(FunctionInput):
    sku: str
    quantity: Annotated[int, Field(ge=1)] = 1


class Box(FunctionInput):
    lines: list[Line] | None = None


class Parcel(FunctionInput):
    advice: ClassVar[dict[str, str]] = {"weight": "Weigh it later"}

    parcel_id: str
    size: Literal["SMALL", "LARGE"] = "SMALL"
    boxes: dict[str, Box] | None = None
    code: Annotated[str, Field(pattern="^[a-z]$"), OrSay("Send one small letter")] = "a"
    lines: Annotated[list[Line], Field(min_length=1, max_length=2)] | None = None


SAID: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"/parcelId": "It is missing: send it"}),
    ({"parcelID": "1"}, {"/parcelID": "There is no such field. Did you mean parcelId?"}),
    ({"parcel_id": "1"}, {"/parcel_id": "There is no such field. Did you mean parcelId?"}),
    (
        {"colour": "red"},
        {"/colour": "There is no such field. Known here: boxes, code, lines, parcelId, size"},
    ),
    ({"weight": 3}, {"/weight": "Weigh it later"}),
    ({"sku": "1"}, {"/sku": "There is no such field here. Send it inside lines"}),
    (
        {"lines": [{"sku": "1", "parcelId": "1"}]},
        {"/lines/0/parcelId": "There is no such field here. Send it at the top level"},
    ),
    (
        {"parcel": {"size": "LARGE", "code": "b"}},
        {"/parcel": "There is no such field. Send code and size without this object around"},
    ),
    (
        {"boxes": {"a/b": {"lines": [{"sku": "1", "quantity": 0}]}}},
        {"/boxes/a~1b/lines/0/quantity": "Send 1 or more"},
    ),
    ({"boxes": {"a": {"lines": [{}]}}}, {"/boxes/a/lines/0/sku": "It is missing: send it"}),
    ({"size": "small"}, {"/size": "Send SMALL or LARGE. Did you mean SMALL?"}),
    ({"size": "huge"}, {"/size": "Send SMALL or LARGE"}),
    ({"size": None}, {"/size": "Send a value instead of null, or leave the field out"}),
    ({"code": "ab"}, {"/code": "Send one small letter"}),
    ({"code": 1}, {"/code": "Send one small letter"}),
    ({"lines": []}, {"/lines": "Send a list of 1 or more, not an empty one"}),
    ({"lines": [{"sku": "1"}] * 3}, {"/lines": "Send at most 2 of them in one request"}),
    ({"lines": {"sku": "1"}}, {"/lines": "Send a list, […], even of one"}),
    ({"lines": ["1"]}, {"/lines/0": "Send an object, {…}, without quotes around it"}),
]


@pytest.mark.parametrize(("given", "expected"), SAID, ids=str)
def test_a_mistake_is_told_with_the_way_out(
    given: dict[str, Any], expected: dict[str, str]
) -> None:
    said = details(told(Parcel, {"parcelId": "1", **given} if given else given))

    assert {field: said.get(field) for field in expected} == expected


def test_a_validator_of_ours_can_point_at_a_part_of_what_it_looks_at() -> None:
    def refuse(parts: list[dict[str, int]]) -> list[dict[str, int]]:
        raise PydanticCustomError("parts", "Send fewer", {"at": [1, "count"]})

    class Whole(FunctionInput):
        parts: Annotated[list[dict[str, int]], AfterValidator(refuse)]

    error = told(Whole, {"parts": [{"count": 1}, {"count": 2}]})

    assert details(error) == {"/parts/1/count": "Send fewer"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("limti", "limit"),
        ("LIMIT", "limit"),
        ("sorting", "sort"),
        ("colour", None),
        ("", None),
        ("x" * 500_000, None),
    ],
    ids=lambda value: str(value)[:10],
)
def test_the_nearest_name_is_meant_if_any_is_near(given: str, meant: str | None) -> None:
    assert nearest(given, ["cursor", "filter", "limit", "sort"]) == meant
