"""From a solution to words: what is planned and why, what gave way, what the next best choice is, what moved."""
