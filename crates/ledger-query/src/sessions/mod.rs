//! Sessions, their interactions, and the receipt of one.

pub(crate) mod interaction_list;
pub(crate) mod receipt;
pub(crate) mod session;
pub(crate) mod session_filter;
pub(crate) mod session_list;
