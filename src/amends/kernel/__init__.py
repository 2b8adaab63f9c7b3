"""Money, instants, calendars, people and the shape of a decision: words every layer shares."""
