"""Help: written from the pack an order is under, so that it cannot say anything else."""
