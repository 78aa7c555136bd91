"""How Wix is called: declared operations, bounded in time, and what its replies mean."""
