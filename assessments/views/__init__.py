"""Pages of the intake, the red flags, the sheet and the findings, one file each."""
