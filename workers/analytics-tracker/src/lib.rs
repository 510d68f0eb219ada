//! Takes events in, prices them and keeps them; its crons keep the ledger.
