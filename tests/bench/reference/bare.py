"""One request to Wix, timed where it is made: what any function around it adds to."""

import time
from typing import Any

import httpx

http = httpx.Client(timeout=10)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    began = time.perf_counter()
    response = http.get(event["url"], headers={"Authorization": event["token"]})
    seconds = time.perf_counter() - began
    return {"statusCode": response.status_code, "body": "", "seconds": seconds}
