"""The queue of cases that somebody of the platform decides: dealt out, looked at, shown."""
