"""The ways in: API, pages, command line, callbacks and the clock. They ask; they never decide."""
