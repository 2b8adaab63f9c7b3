"""Which version of the schema this code reads and writes."""

SCHEMA = "0023"
