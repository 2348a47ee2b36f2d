"""The figures of the report: each draws one aspect of a study into given axes, or says why it cannot."""
