"""REST under ``/api/v1``: JSON in, JSON out, problems in words."""
