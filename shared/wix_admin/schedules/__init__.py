"""What the scheduled functions do."""
