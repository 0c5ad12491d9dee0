"""Several ways the future may turn out: one decision here and now, and what would follow in each."""
