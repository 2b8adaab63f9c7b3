"""The pipeline of a command: stamp, load, expire, decide, record, project. No domain word in it."""
