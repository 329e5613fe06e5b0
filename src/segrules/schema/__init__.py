"""A merchant's vocabulary: what is declared, how files hold it, and what its words stand for."""
