"""The law of a marketplace as data: the terms of a policy pack, read and checked."""
