"""The samples of a caller against the deployed API."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.calling import EACH_LANGUAGE, LANGUAGES, Caller, caller, curl_call, exported, run
from tests.local_stack import LocalStack
from tests.local_stack.aws import Credentials
from tests.local_stack.waiting import wait_for
from tests.wix_simulator import Fault
from wix_admin.wix.client import MAX_ATTEMPTS

DOWN_SECONDS = 10
TRIES = 5
"""How often their page says that a call is made at most."""

REFUND = "/ecom/v1/order-billing/refund-payments"
TRANSACTIONS = "/ecom/v1/payments/orders/"


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund that a sample makes of an order of its own."""

    order_id: str
    sample: Future[CompletedProcess[str]]

    def printed(self) -> list[str]:
        """The lines that the sample printed, if it got through."""
        ended = self.sample.result()
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Caller]:
    return {language: caller(language, tmp_path_factory.mktemp(language)) for language in LANGUAGES}


def held(stack: LocalStack) -> dict[str, str]:
    """What a caller exports who may refund, with keys that do not change."""
    return exported(stack.api_url, stack.caller("RefundsPolicy"))


def borrowed(stack: LocalStack) -> dict[str, str]:
    """What such a caller exports who has signed in for an hour."""
    variables = held(stack)
    own = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
    sts = replace(stack.account, credentials=own).client("sts")
    session = sts.get_session_token()["Credentials"]
    return {
        **exported(stack.api_url, Credentials(session["AccessKeyId"], session["SecretAccessKey"])),
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


@contextmanager
def refunding(
    stack: LocalStack, samples: Mapping[str, Caller], *faults: Fault
) -> Iterator[dict[str, Refund]]:
    """Let the sample in each language refund an order; all have ended when the block has.

    Args:
        faults: What goes wrong with each order; `{}` in a path stands for its id.
    """
    variables = borrowed(stack)
    with ThreadPoolExecutor() as pool:
        refunds = {}
        for language, sample in samples.items():
            order_id = stack.wix.add_order(total="25.00")["id"]
            for fault in faults:
                stack.wix.add_fault(replace(fault, path=fault.path.format(order_id)))
            running = pool.submit(sample.run, sample.script, order_id, variables=variables)
            refunds[language] = Refund(order_id, running)
        yield refunds


def outcomes(stack: LocalStack, order_id: str) -> list[str]:
    """How each call of the API for a refund ended, as the function's log has it."""
    lines = [line for line in stack.logs("orders/refund_order") if order_id in line]
    return [json.loads(line)["outcome"] for line in lines]


@dataclass(frozen=True, slots=True)
class Outage:
    """What came of samples that were started while Wix was down.

    Attributes:
        refunds: Their refunds.
        refused: How many calls Wix refused.
    """

    refunds: dict[str, Refund]
    refused: int


@pytest.fixture(scope="module")
def unsent(stack: LocalStack) -> str:
    """The number of an order that is paid, and to be sent."""
    return str(stack.wix.add_order(total="9.00")["number"])


@pytest.fixture(scope="module")
def refunds(stack: LocalStack, samples: dict[str, Caller], unsent: str) -> dict[str, Refund]:
    """Refunds that nothing stood in the way of."""
    with refunding(stack, samples) as made:
        return made


@pytest.fixture(scope="module")
def outage(stack: LocalStack, samples: dict[str, Caller], refunds: dict[str, Refund]) -> Outage:
    """Wix is down for some seconds; functions that are warm do not spend them on starting."""
    before = len(stack.wix.requests())

    def refused() -> int:
        return sum(each.fault is not None for each in stack.wix.requests()[before:])

    down = stack.wix.add_fault(Fault(status=503, times=None))
    with refunding(stack, samples) as begun:
        wait_for(refused)
        time.sleep(DOWN_SECONDS)  # not until something happens: it is how long Wix is down
        stack.wix.remove_fault(down)
    return Outage(begun, refused())


@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_a_refund_is_made_and_what_is_to_be_sent_is_listed(
    refunds: dict[str, Refund], unsent: str, language: str
) -> None:
    refund, *listed = refunds[language].printed()

    assert refund == "REFUNDED 5.00"
    assert f"{unsent} 9.00" in listed


@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_a_refund_while_wix_is_down_is_made_once_it_is_back(
    stack: LocalStack, outage: Outage, language: str
) -> None:
    refund = outage.refunds[language]

    assert refund.printed()[0] == "REFUNDED 5.00"
    assert len(stack.wix.refunds(refund.order_id)) == 1


@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_an_outage_costs_a_few_calls(stack: LocalStack, outage: Outage, language: str) -> None:
    *failed, last = outcomes(stack, outage.refunds[language].order_id)

    assert 1 <= len(failed) < TRIES
    assert set(failed) == {"wix_unavailable"}
    assert last == "done"


def test_wix_is_let_be_while_it_is_down(stack: LocalStack, outage: Outage) -> None:
    calls = sum(len(outcomes(stack, each.order_id)) for each in outage.refunds.values())

    assert 1 <= outage.refused <= calls * MAX_ATTEMPTS


def test_a_refund_whose_answer_gets_lost_is_made_once(
    stack: LocalStack, samples: dict[str, Caller]
) -> None:
    lost = Fault(path=REFUND, status=503, effect=True, headers={"Retry-After": "1"})
    unread = Fault(path=TRANSACTIONS + "{}", skip=1, times=MAX_ATTEMPTS, status=503)

    with refunding(stack, samples, lost, unread) as refunds:
        pass

    for refund in refunds.values():
        assert refund.printed()[0] == "REFUNDED 5.00"
        assert len(stack.wix.refunds(refund.order_id)) == 1
        assert outcomes(stack, refund.order_id) == ["outcome_unknown", "replayed"]


@pytest.mark.parametrize("variables", [held, borrowed])
def test_the_call_for_a_shell_shows_that_it_was_made_before(
    stack: LocalStack, tmp_path: Path, variables: Callable[[LocalStack], dict[str, str]]
) -> None:
    order_id = stack.wix.add_order(total="25.00")["id"]
    shell = {**variables(stack), "ORDER_ID": order_id}

    first, second = (
        run(["sh", "-c", curl_call()], tmp_path, shell).stdout.lower() for _ in range(2)
    )

    for answer in (first, second):
        assert answer.startswith("http/1.1 200 ")
        assert "\nx-request-id: " in answer
    assert "idempotent-replayed" not in first
    assert "\nidempotent-replayed: true" in second
    assert len(stack.wix.refunds(order_id)) == 1
