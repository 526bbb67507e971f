"""What people do here, one file per thing: fill in the intake, answer red flags and record clearances, measure."""
