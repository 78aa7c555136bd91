"""Measures cold start, warm overhead and package size, beside bare libraries doing the same."""
