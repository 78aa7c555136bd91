"""The three ways a call comes in, each with its own way to ask and to answer."""
