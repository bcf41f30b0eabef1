"""Which idea is wrong: known mistakes, ratios and shifts, said only where they are proved."""
