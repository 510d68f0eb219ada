//! What is kept: every SQL statement of the suite, behind a small Database trait.
