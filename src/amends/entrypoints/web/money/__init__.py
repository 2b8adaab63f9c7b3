"""Pages about money: where a refund is, a seller's balance, and finance's desk."""
