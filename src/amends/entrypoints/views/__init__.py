"""What is shown: pure functions from a case and its texts to the structures of the interface.

They show; they never decide. Pages and the API use the same ones.
"""
