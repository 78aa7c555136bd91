"""How Wix answers calls that do many things at once."""

from tests.wix_simulator.errors import Json, RefusedError


def succeeded(item_id: str, index: int, item: Json | None = None) -> Json:
    """One item that was done; `item` only if the caller asked for it."""
    metadata = {"id": item_id, "originalIndex": index, "success": True}
    return {"itemMetadata": metadata} | ({} if item is None else {"item": item})


def failed(item_id: str | None, index: int, refusal: RefusedError) -> Json:
    """One item that was refused, as the call for it alone would have been."""
    metadata: Json = {"originalIndex": index, "success": False, "error": _error(refusal)}
    return {"itemMetadata": metadata | ({} if item_id is None else {"id": item_id})}


def bulk_result(results: list[Json]) -> Json:
    """The answer; 200 even if everything failed."""
    done = sum(result["itemMetadata"]["success"] for result in results)
    return {
        "results": results,
        "bulkActionMetadata": {
            "totalSuccesses": done,
            "totalFailures": len(results) - done,
            "undetailedFailures": 0,
        },
    }


def _error(refusal: RefusedError) -> Json:
    body = refusal.reply.body
    details: Json = body["details"] if isinstance(body, dict) else {}
    if "applicationError" in details:
        return dict(details["applicationError"])
    violations = details.get("validationError", {}).get("fieldViolations", [])
    first: Json = violations[0] if violations else {}
    code = first.get("ruleName") or "INVALID_ARGUMENT"
    return {"code": code, "description": first.get("description", ""), "data": {}}
