"""Tests of the order's commands, a file each."""
