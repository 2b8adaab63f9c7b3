"""The platform's own people: who they are at this request, and how they prove it."""
