"""What a policy pack makes possible: every way a dispute can go under it, through the real core."""
