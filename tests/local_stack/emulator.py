"""AWS's stand-in, `ministack`, as a child process. All that is special about it stands here."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.local_stack.aws import ROOT, Account
from tests.local_stack.processes import ProcessError, last_lines, running

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".tools/ministack/bin/python"
AS_IT_COMES = (PYTHON, "-m", "ministack")
# Safe path: our modules beside the script must not be found by the stand-in's imports.
AMENDED = (PYTHON, "-P", Path(__file__).with_name("amended.py"))
"""What it lacks for this stack is added as it starts."""

READY_SECONDS = 20
PORT_ATTEMPTS = 3

UNSUPPORTED_TYPES = frozenset(
    {
        "AWS::CloudWatch::AnomalyDetector",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::Events::ApiDestination",
        "AWS::Events::Archive",
        "AWS::Events::Connection",
        "AWS::Events::EventBusPolicy",
        "AWS::Lambda::CodeSigningConfig",
        "AWS::Logs::QueryDefinition",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""One of these makes it refuse the whole stack."""


@contextmanager
def emulator(
    folder: Path, logs: Path, command: Sequence[str | Path] = AMENDED
) -> Iterator[Account]:
    """Run the stand-in, with all its state in one folder.

    Args:
        command: `AMENDED`, or `AS_IT_COMES` to see how it differs from AWS.

    Raises:
        ProcessError: If it does not come up.
    """
    with ExitStack() as stack:
        yield _started(command, folder, logs / "aws.log", stack)


def api_url(account: Account, deployed: str) -> str:
    """Where an API answers here, given the address that its stack's output names."""
    url = httpx.URL(deployed)
    api_id = url.host.split(".")[0]
    return f"{account.endpoint}/_aws/execute-api/{api_id}{url.path}"


def add_gateway_responses(
    account: Account, api_id: str, stage: str, api: Mapping[str, Any]
) -> None:
    """Give an API the refusals that its template names: the stand-in drops them on import.

    Args:
        api: The properties of the `AWS::Serverless::Api` in the built template.
    """
    client = account.client("apigateway")
    for kind, response in api.get("GatewayResponses", {}).items():
        headers = response["ResponseParameters"]["Headers"]
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            statusCode=str(response["StatusCode"]),
            responseParameters={
                f"gatewayresponse.header.{name}": value for name, value in headers.items()
            },
            responseTemplates=response["ResponseTemplates"],
        )
    client.create_deployment(restApiId=api_id, stageName=stage)


def _started(command: Sequence[str | Path], folder: Path, log: Path, stack: ExitStack) -> Account:
    for _ in range(PORT_ATTEMPTS):
        # Another process may take the port before the stand-in does: then try another one.
        port = _free_port()
        process = stack.enter_context(
            running(command, environment=_environment(folder, port), cwd=folder, log=log)
        )
        account = Account(f"http://127.0.0.1:{port}")
        if _comes_up(process, account):
            return account
    raise ProcessError(f"The AWS stand-in does not come up:\n{last_lines(log)}")


def _environment(folder: Path, port: int) -> dict[str, str]:
    scratch = folder / "aws"
    scratch.mkdir(exist_ok=True)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "S3_DATA_DIR": str(scratch / "s3"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        "AWS_ACCESS_KEY_ID": ROOT.key_id,
        "AWS_SECRET_ACCESS_KEY": ROOT.secret,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _comes_up(process: subprocess.Popen[bytes], account: Account) -> bool:
    patience = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < patience:
        try:
            if httpx.get(f"{account.endpoint}/_ministack/health", timeout=1).is_success:
                return process.poll() is None
        except httpx.HTTPError:
            time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
