"""The same jobs with the bare libraries, written the way one would by hand: what to compare with.

Each handler reads the secret, buys a token and checks its site, makes the calls to Wix that ours
makes, writes as often to DynamoDB, validates the answer, and logs one line.
"""
