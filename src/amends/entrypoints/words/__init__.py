"""Words for people: rule ids, codes and facts become sentences here, and only here."""
