//! Whose model it is: names of models, providers and resources.

pub mod model_name;
pub mod provider;
pub mod resolve_model;
pub mod resource;
pub mod unknown_name;
