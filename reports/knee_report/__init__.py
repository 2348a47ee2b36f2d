"""The scaling curve and the report of a study. Reads fit.json and study.db only; measures nothing, decides nothing."""
