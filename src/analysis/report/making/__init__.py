"""Making the reports: jobs, where they run, what is kept, and how a set is put in place."""
