"""Members of the site: who may log in."""
