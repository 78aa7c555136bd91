"""One opaque cursor, whatever paging Wix uses underneath."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wix_admin.builders import untimed
from wix_admin.errors import InputError
from wix_admin.wix.cursors import MAX_LENGTH, seal, unseal


def wrapped(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@untimed
@given(st.text(min_size=1))
def test_a_position_comes_back_as_it_was(position: str) -> None:
    assert unseal("orders.search", seal("orders.search", position)) == position


def test_the_longest_cursor_of_wix_fits() -> None:
    assert len(seal("orders.search", "x" * 16_000)) <= MAX_LENGTH


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "no cursor",
        "é",
        "\ud800",
        "=",
        seal("members.query", "1"),
        seal("orders.search", "1") + "!",
        seal("orders.search", "1")[2:],
        wrapped(None),
        wrapped([]),
        wrapped("text"),
        wrapped({}),
        wrapped({"v": 2, "of": "orders.search", "at": "1"}),
        wrapped({"v": 1, "of": "orders.search"}),
        wrapped({"v": 1, "of": "orders.search", "at": ""}),
        wrapped({"v": 1, "of": "orders.search", "at": 1}),
        base64.urlsafe_b64encode(b"[" * 18_000).decode(),
        base64.urlsafe_b64encode(b"1" * 5_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_anything_else_is_no_cursor(cursor: str) -> None:
    with pytest.raises(InputError, match="cursor: Send the cursor of the last answer") as caught:
        unseal("orders.search", cursor)

    assert len(str(caught.value)) < 100


@untimed
@given(st.text())
def test_whatever_is_sent_as_a_cursor_is_read_or_refused(cursor: str) -> None:
    with suppress(InputError):
        assert unseal("orders.search", cursor)
