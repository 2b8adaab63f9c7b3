"""What makes cases alike: the words of what was bought, claimed and ruled, as keyed digests."""
