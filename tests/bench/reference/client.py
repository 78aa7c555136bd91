"""Wix with boto3 and httpx."""

import json
import os
import time
from typing import Any

import boto3
import httpx
from aws_lambda_powertools import Logger
from pydantic import BaseModel

type Json = dict[str, Any]

RENEW_EARLY_SECONDS = 60

logger = Logger()
secrets = boto3.client("secretsmanager")
http = httpx.Client(base_url=os.environ["WIX_API_URL"], timeout=10)


class Token:
    """The token in use, for as long as it lives."""

    value = ""
    renew_at = 0.0

    def get(self) -> str:
        if time.time() >= self.renew_at:
            self._exchange()
        return self.value

    def _exchange(self) -> None:
        stored = secrets.get_secret_value(SecretId=os.environ["WIX_SECRET_ARN"])
        credential = json.loads(stored["SecretString"])
        del credential["kind"]
        reply = _post("/oauth2/token", {"grant_type": "client_credentials", **credential})
        info = _post("/oauth2/token-info", {"token": reply["access_token"]})
        if info["siteId"] != os.environ["WIX_SITE_ID"]:
            raise PermissionError("the credential is for another site")
        self.value = reply["access_token"]
        self.renew_at = time.time() + float(reply["expires_in"]) - RENEW_EARLY_SECONDS


token = Token()


def call(method: str, path: str, body: Json | None = None) -> Json:
    response = http.request(method, path, json=body, headers={"Authorization": token.get()})
    response.raise_for_status()
    reply: Json = response.json()
    return reply


def catalog_version() -> str:
    version: str = call("GET", "/stores/v3/provision/version")["catalogVersion"]
    if version != "V3_CATALOG":
        raise ValueError("this reference knows catalog V3")
    return version


def answer(name: str, body: BaseModel) -> Json:
    logger.info("done", extra={"action": name})
    headers = {"Content-Type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": body.model_dump_json()}


def _post(path: str, body: dict[str, str]) -> Json:
    response = http.post(path, json=body)
    response.raise_for_status()
    reply: Json = response.json()
    return reply
