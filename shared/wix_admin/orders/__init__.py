"""Orders: read, query, update, cancel, refund, fulfill, record a payment."""
