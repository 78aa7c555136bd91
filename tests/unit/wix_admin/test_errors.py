"""Where a mistake is, as callers are told it."""

import pytest

from wix_admin.errors import pointer


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
