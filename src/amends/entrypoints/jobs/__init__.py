"""What the record asks of the outside world, done after it is safe: captures, refunds, mail."""
