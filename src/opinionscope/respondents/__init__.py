"""Whoever answers elicitations: live models, recorded models. What only lists of models need is in `catalog`."""
