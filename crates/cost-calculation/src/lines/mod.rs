//! The lines of an estimate, each a quantity times a rate.

pub mod call_lines;
pub mod component;
pub mod component_sum;
pub mod infrastructure;
pub mod price_components;
pub mod token_lines;
