"""What the studio does with a runner's record; each module is one noun of it."""
