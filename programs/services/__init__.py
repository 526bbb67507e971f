"""What coach and runner do to a program; each module is one noun of it."""
