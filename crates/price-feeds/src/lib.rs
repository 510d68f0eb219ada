//! Public price lists to quotes: parse, merge, guard.
