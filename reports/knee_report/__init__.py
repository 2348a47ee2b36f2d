"""From a study to its curve and its four pages. Reads a study and nothing else; measures nothing, fits nothing."""
