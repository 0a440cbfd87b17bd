"""The outside world, one file per thing; rooms know only the ports it stands behind."""
