"""The outside world: one module or folder for each, behind the protocols of ``engine.outside``."""
