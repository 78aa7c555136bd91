"""Runs AWS's stand-in with what it lacks for this stack, by its own Python and not the project's.

* API Gateway: a mapping template knows when its request came and which id it has, and a queue is
  written to with the rights of the integration's role.
* EventBridge: a condition on `events:source` or `events:detail-type` is judged by the event.

It reaches into the version that requirements/ministack.lock pins. `tests/stack/test_stand_in.py`
shows what the stand-in does without.
"""

# ruff: noqa: SLF001 - the stand-in has no other way in

import json
import sys
import time
import uuid
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # it has an environment of its own
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]
from ministack.services import apigateway_v1  # type: ignore[import-not-found]

render = apigateway_v1._render_request_template_v1
invoke_sqs = apigateway_v1._invoke_sqs_v1
request_context = iam_actions.request_tag_context


def rendered(template: str, body: str, parameters: Any, context: Any = None) -> Any:
    known = {"requestTimeEpoch": int(time.time() * 1000), "requestId": str(uuid.uuid4())}
    return render(template, body, parameters, {**known, **(context or {})})


async def sent_with_the_roles_rights(integration: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    if may_send(integration):
        return await invoke_sqs(integration, *args, **kwargs)
    return apigateway_v1._service_integration_response(
        integration, 403, "AccessDenied", "application/json", {}
    )


def may_send(integration: dict[str, Any]) -> bool:
    region, _, _, path = apigateway_v1._parse_service_integration_uri(integration["uri"])
    account, queue = path.split("/")
    role = integration.get("credentials") or ""
    asked = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action="sqs:SendMessage",
        resource_arn=f"arn:aws:sqs:{region}:{account}:{queue}",
        region=region,
    )
    rights = iam_evaluator._gather_role_policies(role.rpartition("/")[2], account)
    return bool(iam_evaluator.evaluate(asked, rights).decision == "Allow")


def context_with_events(service: str, action: str, body: bytes, parameters: Any) -> Any:
    context = request_context(service, action, body, parameters)
    if action == "events:PutEvents":
        entries = json.loads(body)["Entries"]
        context["events:source"] = sole(entries, "Source")
        context["events:detail-type"] = sole(entries, "DetailType")
    return context


def sole(entries: list[dict[str, Any]], field: str) -> str | None:
    """What all entries have in common; a condition is not met by entries that differ."""
    values = {entry.get(field) for entry in entries}
    return values.pop() if len(values) == 1 else None


apigateway_v1._render_request_template_v1 = rendered
apigateway_v1._invoke_sqs_v1 = sent_with_the_roles_rights
iam_actions.request_tag_context = context_with_events

if __name__ == "__main__":
    sys.exit(app.main())
