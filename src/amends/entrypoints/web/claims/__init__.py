"""Opening a dispute, one question a page; what was answered waits until it is sent."""
