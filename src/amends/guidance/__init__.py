"""What would help a person now. It never changes a decision: nothing below asks it anything."""
