"""Products: create one or thousands, query; on either version of the catalog."""
