"""What an engine reports: changes, the feed, the audit log, figures and checks."""
