"""The dispute: claim, offers, mediation, ruling, appeal, return, replacement."""
