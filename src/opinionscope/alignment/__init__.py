"""How close two distributions are, and how close they could be by chance."""
