"""What Wix delivers, and what becomes of it."""
