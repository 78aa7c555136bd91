"""What each action sends to Wix, answers and remembers, to the byte.

`make golden` writes it down, in `<area>/<action>.json`; `tests/unit/test_golden.py` compares. Their
diff is the change of behaviour that a change of the code is. The contract for callers has a file
and a test of its own (`tests/unit/test_openapi.py`).
"""
