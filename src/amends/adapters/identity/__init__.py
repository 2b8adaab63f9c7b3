"""Where the platform's people sign in at their own company."""
