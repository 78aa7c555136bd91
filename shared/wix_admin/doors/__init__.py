"""How a call comes in: over HTTP, as an event, in a queue's batch, or directly."""
