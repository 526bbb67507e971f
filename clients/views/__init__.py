"""Pages about the runner as a person: the coach's list and record, the invitation, the runner's own settings."""
