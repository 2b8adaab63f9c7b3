"""The case file: a dispute as one takes it to a bank, an outside mediator or a lawyer."""
