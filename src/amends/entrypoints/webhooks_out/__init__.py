"""Telling marketplaces what happened: endpoints, messages, and sending them."""
