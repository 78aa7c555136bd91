"""That a change is made once: the ledger, the one way to make a change, many items at once."""
