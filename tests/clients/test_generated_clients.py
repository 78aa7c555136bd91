"""Clients that generators make of the contract: they are made without a complaint, and they work.

`make contract-check` installs all the generators, `make test` only the one that needs no Node.
"""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openapi.answers import stage
from openapi.files import DOCUMENT
from tests.clients.door import Door
from tests.wix_simulator import WixSimulator

HERE = Path(__file__).parent
TOOLS = Path(__file__).parents[2] / ".tools"
FOR_PYTHON = TOOLS / "clients"
FOR_TYPESCRIPT = TOOLS / "typescript"
PACKAGE = "wix_headless_admin_client"


def needs(folder: Path) -> pytest.MarkDecorator:
    """Skip what cannot run here, and say what makes it run."""
    reason = f".tools/{folder.name} is not there: `make contract-check`, with Node 20, makes it."
    return pytest.mark.skipif(not (folder / "ready").exists(), reason=reason)


def run(*command: str | Path, folder: Path) -> str:
    """What a program says, if all went well."""
    done = subprocess.run(  # noqa: S603 - our own tools
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


# ---- Python -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the generator said, and where the client is that it made."""
    folder = tmp_path_factory.mktemp("python")
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"post_hooks": []}))
    said = run(
        FOR_PYTHON / "bin" / "openapi-python-client", "generate", "--path", DOCUMENT,
        "--output-path", folder / "made", "--config", settings, "--fail-on-warning",
        folder=folder,
    )  # fmt: skip
    return said, folder / "made"


@pytest.fixture
def wix() -> Iterator[WixSimulator]:
    with stage() as here:
        yield here.wix


class Client:
    """The generated client, at our door."""

    def __init__(self) -> None:
        made = importlib.import_module(f"{PACKAGE}.client")
        self._client = made.Client(base_url="http://door", httpx_args={"transport": Door()})
        self.models: ModuleType = importlib.import_module(f"{PACKAGE}.models")

    def call(self, operation: str, *path: str, **about: Any) -> Any:
        module = importlib.import_module(f"{PACKAGE}.api.{operation}")
        return module.sync(*path, client=self._client, **about)


@pytest.fixture
def client(generated: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.syspath_prepend(generated[1])
    yield Client()
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@needs(FOR_PYTHON)
def test_a_client_for_python_is_made_without_a_warning(generated: tuple[str, Path]) -> None:
    said, folder = generated

    assert [line for line in said.splitlines() if line] == [f"Generating {folder}"]


@needs(FOR_PYTHON)
def test_a_refused_refund_is_a_problem_with_a_type(wix: WixSimulator, client: Client) -> None:
    order = wix.add_order(total="40.00")
    wanted = client.models.RefundOrderInput(amount="500.00")

    answer = client.call("orders.refund_order", order["id"], body=wanted, idempotency_key="k-1")

    assert isinstance(answer, client.models.Problem)
    assert answer.code is client.models.ProblemCode.EXCEEDS_REFUNDABLE
    assert (answer.status, answer.retryable) == (422, False)
    assert "40" in answer.errors[0].detail


@needs(FOR_PYTHON)
def test_what_is_done_and_what_is_planned_have_types_of_their_own(
    wix: WixSimulator, client: Client
) -> None:
    order = wix.add_order(total="40.00")

    def refund(**about: Any) -> Any:
        wanted = client.models.RefundOrderInput(amount="5.00", **about)
        return client.call("orders.refund_order", order["id"], body=wanted, idempotency_key="k-1")

    planned, done = refund(dry_run=True), refund()

    assert isinstance(planned, client.models.DryRun)
    assert isinstance(done, client.models.RefundReceipt)
    assert (planned.requests[0].method, done.refunded) == ("POST", "5.00")


@needs(FOR_PYTHON)
def test_a_list_has_what_people_look_at(wix: WixSimulator, client: Client) -> None:
    order = wix.add_order(total="40.00")

    page = client.call("orders.query_orders", body=client.models.QueryOrdersInput(limit=1))

    [found] = page.items
    assert (found.id, found.payment_status) == (order["id"], client.models.OrderPaymentStatus.PAID)
    assert found.created_date.year == 2027
    assert found.buyer_info.email == order["buyerInfo"]["email"]
    assert found.price_summary.total.amount == "40.00"


@needs(FOR_PYTHON)
def test_a_code_that_is_not_there_yet_is_told_as_it_is(client: Client) -> None:
    told = {
        "type": "urn:wix-admin:problem:a_new_one",
        "title": "Something new",
        "status": 409,
        "detail": "",
        "code": "a_new_one",
        "requestId": "1",
        "retryable": False,
    }

    problem = client.models.Problem.from_dict(told)

    assert problem.code == "a_new_one"


# ---- TypeScript ---------------------------------------------------------------------------------


@needs(FOR_TYPESCRIPT)
def test_types_for_typescript_are_made_and_take_a_program(tmp_path: Path) -> None:
    tools = FOR_TYPESCRIPT / "node_modules" / ".bin"
    shutil.copy(HERE / "program.ts", tmp_path)

    run(
        tools / "openapi-typescript", DOCUMENT, "--default-non-nullable", "false",
        "-o", "admin-api.d.ts", folder=tmp_path,
    )  # fmt: skip

    assert run(tools / "tsc", "--strict", "--noEmit", "program.ts", folder=tmp_path) == ""
