"""The order: placed, shipped, tracked, received, protected, messages, refunds and holds."""
