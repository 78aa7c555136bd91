"""What there is to sell: how many of which variant, where."""
