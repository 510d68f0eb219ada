//! Answers queries, serves the dashboard, and is the suite's front door.
