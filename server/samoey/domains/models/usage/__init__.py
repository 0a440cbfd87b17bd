"""What was asked of models, by whom, and what it cost: kept narrow, summed up by the hour."""
