"""Automations: what happens by itself when an order is approved, or a shipment has left."""
