"""Whoever answers elicitations: live models, recorded models."""
