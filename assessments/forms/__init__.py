"""Forms of the intake, the red flags and the measurements, one file each."""
