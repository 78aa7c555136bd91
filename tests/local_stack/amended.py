"""Runs AWS's stand-in with what it lacks for this stack, by its own Python and not the project's.

* API Gateway: a mapping template knows when its request came and which id it has. A queue is
  written to, and a function called, with the rights of the integration's role; whom the role trusts
  is not asked, and what a function's own policy allows does not count. A caller who may not call a
  route, or calls one that does not exist, is refused in the API's own words.
* Lambda: a function that fails is told by the class of its exception, as AWS's runtime tells it.
  A layer is unpacked once for all functions, and not once for each process.
* EventBridge: a condition on `events:source` or `events:detail-type` is judged by the event.
* Its log has each call of an API and each event, too, as lines of JSON.

It reaches into the version that requirements/ministack.lock pins. `tests/stack/test_stand_in.py`
shows what the stand-in does without.
"""

# ruff: noqa: SLF001 - the stand-in has no other way in

import io
import json
import os
import sys
import tempfile
import time
import uuid
import zipfile
from contextlib import suppress
from threading import Lock
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # it has an environment of its own
from ministack.core import (  # type: ignore[import-not-found]
    iam_actions,
    iam_evaluator,
    lambda_runtime,
    responses,
    router,
)
from ministack.services import (  # type: ignore[import-not-found]
    apigateway_v1,
    eventbridge,
    lambda_svc,
)

render = apigateway_v1._render_request_template_v1
import_operation = apigateway_v1._import_operation
invoke_lambda = apigateway_v1._invoke_lambda_proxy_v1
invoke_sqs = apigateway_v1._invoke_sqs_v1
request_context = iam_actions.request_tag_context
enforce = iam_evaluator.enforce
enforce_execute_api = app._enforce_execute_api
handle_call = app._handle_execute_api_request
dispatch = eventbridge._dispatch_event
execute = lambda_svc._execute_function_warm
spawn = lambda_runtime.Worker._spawn

folders: dict[str, str] = {}
"""Where each layer is unpacked."""

unpacking = Lock()

ERROR = '"error": str(e), "trace":'
"""How a function's process reports an exception."""

ERROR_AS_AWS_TELLS_IT = (
    '"error": json.dumps({"errorMessage": str(e), "errorType": type(e).__name__,'
    ' "requestId": context.aws_request_id,'
    ' "stackTrace": traceback.format_tb(e.__traceback__)[1:]}), "trace":'
)


def rendered(template: str, body: str, parameters: Any, context: Any = None) -> Any:
    known = {"requestTimeEpoch": int(time.time() * 1000), "requestId": str(uuid.uuid4())}
    return render(template, body, parameters, {**known, **(context or {})})


def imported_with_its_role(
    api: str, resource: str, method: str, operation: dict[str, Any], *args: Any
) -> None:
    import_operation(api, resource, method, operation, *args)
    role = operation["x-amazon-apigateway-integration"].get("credentials")
    methods = apigateway_v1._resources[api][resource]["resourceMethods"]
    methods[method]["methodIntegration"]["credentials"] = role


async def called_with_the_roles_rights(
    integration: dict[str, Any], *args: Any, **kwargs: Any
) -> Any:
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration["uri"])
    if may(integration, "lambda:InvokeFunction", function):
        return await invoke_lambda(integration, *args, **kwargs)
    return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")


async def sent_with_the_roles_rights(integration: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    region, _, _, path = apigateway_v1._parse_service_integration_uri(integration["uri"])
    account, queue = path.split("/")
    if may(integration, "sqs:SendMessage", f"arn:aws:sqs:{region}:{account}:{queue}"):
        return await invoke_sqs(integration, *args, **kwargs)
    return apigateway_v1._service_integration_response(
        integration, 403, "AccessDenied", "application/json", {}
    )


def may(integration: dict[str, Any], action: str, arn: str) -> bool:
    region, account = arn.split(":")[3:5]
    role = integration.get("credentials") or ""
    asked = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=arn,
        region=region,
    )
    rights = iam_evaluator._gather_role_policies(role.rpartition("/")[2], account)
    return bool(iam_evaluator.evaluate(asked, rights).decision == "Allow")


def refused_by_the_api(key: str, action: str, *args: Any, **kwargs: Any) -> Any:
    """Have a denial rendered like a wrong signature: by what the API answers in such a case."""
    denied = enforce(key, action, *args, **kwargs)
    if action != "execute-api:Invoke" or not isinstance(denied, iam_evaluator.EvalResult):
        return denied
    return iam_evaluator.AuthError("AccessDenied", f"{denied.principal_arn} may not {action}")


def enforced_where_there_is_a_route(
    api: str, stage: str, method: str, path: str, *args: Any, **kwargs: Any
) -> Any:
    if app._execute_api_authorization_type(api, stage, method, path) is None:
        return None
    return enforce_execute_api(api, stage, method, path, *args, **kwargs)


async def logged_call(
    host: str, path: str, method: str, headers: dict[str, str], *args: Any, **kwargs: Any
) -> Any:
    began = time.perf_counter()
    reply = await handle_call(host, path, method, headers, *args, **kwargs)
    if reply is not None:
        status, answered, _ = reply
        log(
            call=f"{method} {route(host, path)}",
            status=status,
            replayed="idempotent-replayed" in {name.lower() for name in answered},
            seconds=time.perf_counter() - began,
            caller=caller(headers),
        )
    return reply


def route(host: str, path: str) -> str:
    """The path as the API has it, and so without anything that a caller made up."""
    api, _, rest = app._parse_execute_api_url(host, path)
    if scope := apigateway_v1.find_api_scope(api):
        with responses.request_scope(*scope):
            resource, _ = apigateway_v1._match_resource_tree(api, rest.strip("/").split("/"))
        if resource:
            return str(resource["path"])
    return "(no such route)"


def caller(headers: dict[str, str]) -> str:
    """Whose key a call names; nothing if it names none, or one that is not known."""
    key = router.extract_access_key_id(headers)
    found = iam_evaluator.resolve_credential(key) if key else None
    return getattr(found, "principal_arn", "").rpartition(":")[2].removeprefix("user/")


def logged_event(event: dict[str, Any], *args: Any) -> None:
    log(event=event["DetailType"], source=event["Source"])
    dispatch(event, *args)


def log(**entry: Any) -> None:
    print(json.dumps(entry), flush=True)


def executed(*args: Any) -> dict[str, Any]:
    done: dict[str, Any] = execute(*args)
    if done.get("error"):
        with suppress(ValueError):
            done["body"] = json.loads(done["body"]["errorMessage"])
    return done


def spawned_over_shared_layers(worker: Any) -> None:
    """Name the folders of a function's layers to its process, and give it none to unpack."""
    config = worker.config
    layers = [unpacked(layer["Arn"]) for layer in config.get("Layers", [])]
    variables = {
        **config.get("Environment", {}).get("Variables", {}),
        "_LAMBDA_LAYERS_DIRS": os.pathsep.join(layers),
    }
    worker.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
    try:
        spawn(worker)
    finally:
        worker.config = config


def unpacked(layer: str) -> str:
    with unpacking:
        if layer not in folders:
            folder = tempfile.mkdtemp(prefix="layer-")
            content = io.BytesIO(lambda_svc._resolve_layer_zip(layer))
            zipfile.ZipFile(content).extractall(folder)
            folders[layer] = folder
        return folders[layer]


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
apigateway_v1._import_operation = imported_with_its_role
apigateway_v1._invoke_lambda_proxy_v1 = called_with_the_roles_rights
apigateway_v1._invoke_sqs_v1 = sent_with_the_roles_rights
apigateway_v1._AUTHENTICATION_GATEWAY_ERRORS["AccessDenied"] = (
    "ACCESS_DENIED",
    "AccessDeniedException",
)
app._handle_execute_api_request = logged_call
app._enforce_execute_api = enforced_where_there_is_a_route
iam_evaluator.enforce = refused_by_the_api
iam_actions.request_tag_context = context_with_events
eventbridge._dispatch_event = logged_event
lambda_runtime._PYTHON_WORKER_SCRIPT = lambda_runtime._PYTHON_WORKER_SCRIPT.replace(
    ERROR, ERROR_AS_AWS_TELLS_IT
)
lambda_runtime.Worker._spawn = spawned_over_shared_layers
lambda_svc._execute_function_warm = executed

if __name__ == "__main__":
    sys.exit(app.main())
