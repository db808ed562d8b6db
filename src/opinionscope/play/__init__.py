"""Play: people guess how a group answered, and are scored beside models and crowdworkers on the same items."""
