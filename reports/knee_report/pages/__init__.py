"""The four pages of the report, one module each: draw(page, study)."""
