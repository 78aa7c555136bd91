"""The auth layer attached to somebody's own function, with nothing else of ours."""

from pathlib import Path

import pytest

from tests.contract.functions import Functions, marks_in
from tests.wix_simulator import WixSimulator

SOMEBODYS_FUNCTION = """
import logging
import os

from wix_auth import wix_http_client

logging.getLogger().setLevel(os.environ["LEVEL"])
wix = wix_http_client(os.environ["WIX_SECRET_ARN"], api_url=os.environ["WIX_API_URL"])


def handler(event, context):
    return wix.get(f"/ecom/v1/orders/{event['orderId']}").json()["order"]["id"]
"""


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_it_signs_requests_and_keeps_the_secret_out_of_the_log_at_any_level(
    functions: Functions, wix: WixSimulator, tmp_path: Path, level: str
) -> None:
    (tmp_path / "somebodys.py").write_text(SOMEBODYS_FUNCTION)
    order_id = wix.add_order()["id"]

    with functions.somebodys("somebodys.handler", tmp_path, LEVEL=level) as process:
        answer = process.invoke({"orderId": order_id})

    assert answer.error is None
    assert answer.result == order_id
    assert level in functions.output(process)
    assert not marks_in(functions.output(process))
