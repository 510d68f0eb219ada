//! What a span comes to by itself.
use crate::Interaction;
use crate::left_out::Reason;

/// What a span is: some interactions, or a reason why it is none.
pub(crate) enum Meaning {
    Kept(Vec<Interaction>),
    None(Reason),
}

impl From<Interaction> for Meaning {
    fn from(interaction: Interaction) -> Self {
        Self::Kept(vec![interaction])
    }
}
