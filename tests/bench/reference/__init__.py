"""The same jobs with the bare libraries, written the way one would by hand: what to compare with.

Each handler asks of Wix and of AWS what ours does: the secret, a token and its site, the calls, the
writes to DynamoDB, the events. It validates what it was answered or told, and logs one line.
"""
