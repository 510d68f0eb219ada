//! What an operator sets by variables of the Worker.
use cost_calculation::PicoUsd;
use edge::Problem;
use edge::suite::text;
use events::Limits;
use events::limits::INTERACTION_COST_PICO_CEILING;
use worker::Env;

/// How events are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IngestMode {
    /// Recorded before the answer.
    Direct,
    /// Answered once the queue has them.
    Queue,
}

impl IngestMode {
    /// From `INGEST_MODE`; direct without it.
    pub(crate) fn of(env: &Env) -> Result<Self, Problem> {
        match text(env, "INGEST_MODE").as_deref() {
            None | Some("direct") => Ok(Self::Direct),
            Some("queue") => Ok(Self::Queue),
            Some(other) => Err(Problem::unavailable(format!(
                "INGEST_MODE is `{other}`: set `direct` or `queue`"
            ))),
        }
    }

    /// The status of a success.
    pub(crate) const fn success_status(self) -> u16 {
        match self {
            Self::Direct => 200,
            Self::Queue => 202,
        }
    }

    /// The name in answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Queue => "queue",
        }
    }
}

/// The limits, with `INTERACTION_COST_MAX_USD` and `DECLARED_COST_PER_KEY_DAY_MAX_USD` where they are set.
pub(crate) fn limits(env: &Env) -> Result<Limits, Problem> {
    let usual = Limits::default();
    let ceiling = PicoUsd::new(INTERACTION_COST_PICO_CEILING);
    Ok(Limits {
        interaction_cost_max: dollars(env, "INTERACTION_COST_MAX_USD", ceiling)?
            .unwrap_or(usual.interaction_cost_max),
        declared_cost_max: dollars(env, "DECLARED_COST_PER_KEY_DAY_MAX_USD", ceiling)?
            .unwrap_or(usual.declared_cost_max),
    })
}

/// An amount that an operator sets.
fn dollars(env: &Env, name: &str, ceiling: PicoUsd) -> Result<Option<PicoUsd>, Problem> {
    let Some(value) = text(env, name) else {
        return Ok(None);
    };
    let amount = value.parse::<PicoUsd>().ok();
    amount
        .filter(|&most| most > PicoUsd::ZERO && most <= ceiling)
        .map(Some)
        .ok_or_else(|| {
            Problem::unavailable(format!(
                "{name} is `{value}`: set US dollars, more than 0 and at most {ceiling}"
            ))
        })
}
