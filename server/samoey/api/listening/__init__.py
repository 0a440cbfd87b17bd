"""Those who read along over `/live`: what each has heard, missed, and may hear."""
