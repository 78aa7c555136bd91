"""Runs a handler as Lambda does: AWS's own runtime client in a fresh process, with our Runtime API.

with FunctionProcess("get_order.handler", task_root=folder, log=log) as function:
    answer = function.invoke({"orderId": "123"})
"""

from tests.lambda_runtime.api import FunctionError
from tests.lambda_runtime.process import Answer, FunctionProcess, InitFailedError

__all__ = ["Answer", "FunctionError", "FunctionProcess", "InitFailedError"]
