"""Wix with boto3 and httpx."""

import json
import os
import time
from typing import Any

import boto3
import httpx
from aws_lambda_powertools import Logger

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
        reply = buy_token(read_secret())
        if token_info(reply["access_token"])["siteId"] != os.environ["WIX_SITE_ID"]:
            raise PermissionError("the credential is for another site")
        self.value = reply["access_token"]
        self.renew_at = time.time() + float(reply["expires_in"]) - RENEW_EARLY_SECONDS


token = Token()


def read_secret() -> dict[str, Any]:
    return dict(secrets.get_secret_value(SecretId=os.environ["WIX_SECRET_ARN"]))


def buy_token(stored: dict[str, Any]) -> dict[str, Any]:
    credential = json.loads(stored["SecretString"])
    del credential["kind"]
    return _post("/oauth2/token", {"grant_type": "client_credentials", **credential})


def token_info(token: str) -> dict[str, Any]:
    return _post("/oauth2/token-info", {"token": token})


def call(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    response = http.request(method, path, json=body, headers={"Authorization": token.get()})
    response.raise_for_status()
    reply: dict[str, Any] = response.json()
    return reply


def answer(name: str, body: str) -> dict[str, Any]:
    logger.info("done", extra={"action": name})
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}


def _post(path: str, body: dict[str, str]) -> dict[str, Any]:
    response = http.post(path, json=body)
    response.raise_for_status()
    reply: dict[str, Any] = response.json()
    return reply
