"""Takes the times: fresh processes and warm ones, always in turn, so that noise hits all alike."""

import json
import re
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx

from tests.bench.figures import ColdRun
from tests.bench.recorder import recorded
from tests.bench.scene import KINDS, Scene, Target
from tests.lambda_runtime import FunctionProcess
from tests.local_stack import Progress
from tests.local_stack.stack import CREDENTIAL

WARM_CALLS = 200
WARMING_UP = 20

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BenchError(Exception):
    """A handler did not do its job, so its time means nothing."""


@dataclass(frozen=True, slots=True)
class Warm:
    """Medians of warm calls for one order, in milliseconds.

    Attributes:
        request_ms: One bare request to Wix, inside a function.
        empty_ms: An invocation that does nothing.
        reference_ms: An invocation of the reference.
        ours_ms: An invocation of ours.
    """

    request_ms: float
    empty_ms: float
    reference_ms: float
    ours_ms: float


def measure_cold(scene: Scene, runs: int, progress: Progress) -> dict[str, list[ColdRun]]:
    """Start a handler of each kind and its reference `runs` times.

    Raises:
        BenchError: If a handler fails, or a reference asks Wix or AWS for something else.
    """
    pairs = [(scene.ours(name), scene.reference(name)) for name in KINDS.values()]
    with progress.step("Checking that references do the same"):
        for ours, reference in pairs:
            _check_same_job(scene, ours, reference)
    targets = [scene.other("empty"), *(each for pair in pairs for each in pair)]
    samples: dict[str, list[ColdRun]] = {target.name: [] for target in targets}
    for number in range(1, runs + 1):
        with progress.step(f"Cold starts, round {number} of {runs}: {len(targets)} processes"):
            for target in targets:
                samples[target.name].append(_cold_run(scene, target))
        targets.reverse()
    return samples


def measure_warm(scene: Scene) -> Warm:
    """Call warm handlers that read one order.

    Raises:
        BenchError: If a handler fails.
    """
    event = scene.event(KINDS["read"])
    order = event["pathParameters"]["orderId"]
    direct = {"url": f"{scene.wix.url}/ecom/v1/orders/{order}", "token": _token(scene)}
    with (
        scene.process(scene.other("bare")) as bare,
        scene.process(scene.other("empty")) as empty,
        scene.process(scene.reference(KINDS["read"])) as reference,
        scene.process(scene.ours(KINDS["read"])) as ours,
    ):
        calls: dict[str, list[float]] = {"request": [], "empty": [], "reference": [], "ours": []}
        for _ in range(WARMING_UP + WARM_CALLS):
            event["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
            calls["request"].append(_answer(bare, direct)[0]["seconds"])
            calls["empty"].append(_answer(empty, event)[1])
            calls["reference"].append(_answer(reference, event)[1])
            calls["ours"].append(_answer(ours, event)[1])
    return Warm(**{f"{name}_ms": median(all_[-WARM_CALLS:]) * 1000 for name, all_ in calls.items()})


def _cold_run(scene: Scene, target: Target) -> ColdRun:
    event = scene.event(target.action)
    with scene.process(target) as process:
        _answer(process, event)
        return ColdRun(process.init_seconds, process.first_answer_seconds)


def _answer(process: FunctionProcess, event: dict[str, Any]) -> tuple[dict[str, Any], float]:
    answer = process.invoke(event)
    if answer.error or not did_its_job(answer.result):
        raise BenchError(f"{process.name}: {answer.error or answer.result}")
    return answer.result, answer.seconds


def did_its_job(result: Any) -> bool:
    """Whether a function answers that all of it is done: a request, a queue or its schedule."""
    match result:
        case {"statusCode": 200, "body": body}:
            answer = json.loads(body or "{}")
            return not answer.get("refused") and answer.get("complete", True)
        case {"batchItemFailures": []} | {"items": [_, *_]}:
            return True
    return False


def _check_same_job(scene: Scene, ours: Target, reference: Target) -> None:
    asked, expected = _asked(scene, ours), _asked(scene, reference)
    if asked != expected:
        raise BenchError(f"{ours.name} asks for {asked}, its reference for {expected}")


def _asked(scene: Scene, target: Target) -> tuple[list[str], dict[str, int]]:
    """What a handler asks Wix for, in order, and how often for which operation of AWS."""
    event = scene.event(target.action)
    scene.wix.clear_journal()
    with (
        recorded(scene.account.endpoint) as (endpoint, of_aws),
        scene.process(target, {"AWS_ENDPOINT_URL": endpoint}) as process,
    ):
        _answer(process, event)
    of_wix = [f"{each.method} {GUID.sub('{id}', each.path)}" for each in scene.wix.requests()]
    return of_wix, dict(of_aws)


def _token(scene: Scene) -> str:
    body = {**CREDENTIAL, "grant_type": "client_credentials"}
    del body["kind"]
    reply = httpx.post(f"{scene.wix.url}/oauth2/token", json=body).raise_for_status()
    token: str = reply.json()["access_token"]
    return token
