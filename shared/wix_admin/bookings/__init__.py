"""Bookings of the site's services."""
