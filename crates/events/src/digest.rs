//! The fingerprint by which a repeated event is told from a conflicting one.
use cost_calculation::{Component, Declared, Flag, Flags, TokenUsage, Units, UnixMillis};
use sha2::{Digest as _, Sha256};

use crate::Interaction;

/// The rules by which an event becomes a digest: how it is normalised, and how it is encoded. Whoever
/// changes what a field of the same body comes to, or the encoding, counts on.
///
/// Digests of two versions say nothing about each other.
pub const DIGEST_VERSION: u32 = 2;

/// Written first, so that a later encoding can never be mistaken for this one.
const VERSION: &[u8] = b"tokentill interaction 2\n";

impl Interaction {
    /// The first 128 bits of SHA-256 over a canonical encoding of every field.
    ///
    /// Two events with one id and one digest are the same event sent twice; with one id and two
    /// digests they contradict each other. When the event arrived plays no part.
    pub fn digest(&self) -> [u8; 16] {
        // Taken apart without `..`: a new field can't be forgotten here.
        let Self {
            id,
            session_id,
            tenant_id,
            user_id,
            timestamp: UnixMillis(timestamp_ms),
            price_time: UnixMillis(price_time_ms),
            kind,
            duration_ms,
            time_to_first_token_ms,
            provider,
            model_name,
            model_reported,
            endpoint,
            region,
            service_tier,
            usage,
            units,
            reading,
            // Follows from the same object as `usage`, `units` and `reading`.
            usage_numbers: _,
            reported_cost,
            declared,
            // Another key may send the same event again.
            declared_by: _,
            agent,
            // What people call someone may change between two sendings.
            agent_name: _,
            user_label: _,
            message_id,
            trace_id,
            context,
            status,
            error,
            source,
            metadata,
        } = self;
        let mut encoder = Encoder(Sha256::new_with_prefix(VERSION));
        encoder
            .text(id)
            .text(session_id)
            .text(tenant_id)
            .text(user_id);
        encoder
            .int(*timestamp_ms)
            .int(*price_time_ms)
            .text(kind.as_str());
        encoder
            .optional_count(*duration_ms)
            .optional_count(*time_to_first_token_ms);
        encoder
            .text(provider)
            .text(model_name)
            .optional_text(model_reported.as_deref());
        encoder
            .optional_text(endpoint.as_deref())
            .optional_text(region.as_deref());
        encoder.optional_text(service_tier.as_deref());
        let (usage, reading) = without_untold_lifetime(*usage, *reading);
        encoder
            .usage(&usage)
            .units(units)
            .declared(declared.as_ref());
        // Whose amount counts is a setting, too.
        let reading = reading.without(Flag::Reported);
        encoder.count(u64::from(reading.bits()));
        encoder.optional_text(reported_cost.map(|cost| cost.to_string()).as_deref());
        encoder.text(agent).optional_text(message_id.as_deref());
        encoder
            .optional_text(trace_id.as_deref())
            .optional_text(context.as_deref());
        encoder
            .text(status.as_str())
            .optional_text(error.as_deref());
        encoder.text(source).optional_text(metadata.as_deref());
        encoder.finish()
    }
}

/// How long a cache write lives, where nothing in the event tells, is a setting of the operator's and
/// no fact of the event: changed between two sendings, it must not make them contradict each other.
fn without_untold_lifetime(usage: TokenUsage, reading: Flags) -> (TokenUsage, Flags) {
    const UNTOLD: [Flag; 2] = [Flag::CacheLifetimeAssumed, Flag::CacheLifetimeBySetting];
    if !UNTOLD.into_iter().any(|flag| reading.contains(flag)) {
        return (usage, reading);
    }
    let written = usage.cache_write_5m.saturating_add(usage.cache_write_1h);
    let one_bucket = TokenUsage {
        cache_write_5m: written,
        cache_write_1h: 0,
        ..usage
    };
    (one_bucket, UNTOLD.into_iter().fold(reading, Flags::without))
}

/// Writes each value so that no two sequences of values have the same bytes: texts behind their
/// length, options behind a mark.
struct Encoder(Sha256);

impl Encoder {
    fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len() as u64);
        self.0.update(text.as_bytes());
        self
    }

    fn count(&mut self, count: u64) -> &mut Self {
        self.0.update(count.to_le_bytes());
        self
    }

    fn int(&mut self, int: i64) -> &mut Self {
        self.0.update(int.to_le_bytes());
        self
    }

    fn optional_text(&mut self, text: Option<&str>) -> &mut Self {
        self.0.update([u8::from(text.is_some())]);
        if let Some(text) = text {
            self.text(text);
        }
        self
    }

    fn optional_count(&mut self, count: Option<u64>) -> &mut Self {
        self.0.update([u8::from(count.is_some())]);
        if let Some(count) = count {
            self.count(count);
        }
        self
    }

    fn usage(&mut self, usage: &TokenUsage) -> &mut Self {
        let TokenUsage {
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        } = *usage;
        let buckets = [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        ];
        for tokens in buckets {
            self.count(tokens);
        }
        self
    }

    fn units(&mut self, units: &Units) -> &mut Self {
        let Units {
            rows_read,
            rows_written,
            operations,
            cpu_ms,
            wall_ms,
            requests,
            calls,
        } = units;
        for quantity in [
            rows_read,
            rows_written,
            operations,
            cpu_ms,
            wall_ms,
            requests,
        ] {
            self.count(*quantity);
        }
        // The map is sorted: the order in the body plays no part.
        self.count(calls.len() as u64);
        for (resource, quantity) in calls {
            self.text(resource).count(*quantity);
        }
        self
    }

    fn declared(&mut self, declared: Option<&Declared>) -> &mut Self {
        self.0.update([u8::from(declared.is_some())]);
        if let Some(Declared { component, amount }) = declared {
            let component = match component {
                Component::AiTokens => 0,
                Component::DbOps => 1,
                Component::ApiCalls => 2,
                Component::ComputeTime => 3,
            };
            self.count(component).int(amount.get());
        }
        self
    }

    fn finish(self) -> [u8; 16] {
        let mut digest = [0; 16];
        for (kept, byte) in digest.iter_mut().zip(self.0.finalize()) {
            *kept = byte;
        }
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::tests::an_interaction;

    #[test]
    fn the_same_event_has_the_same_digest() {
        assert_eq!(an_interaction().digest(), an_interaction().digest());
    }

    #[test]
    fn the_encoding_of_version_2_stays_as_it_is() {
        // Digests are stored: another value here would turn every repeat into a conflict.
        let hex = format!("{:032x}", u128::from_be_bytes(an_interaction().digest()));
        assert_eq!(hex, "43ee96ffcb89dfd68dbcb3e055b7ce3f");
    }

    #[test]
    fn the_version_that_is_kept_is_the_one_that_is_hashed() {
        let written = format!("tokentill interaction {DIGEST_VERSION}\n");
        assert_eq!(VERSION, written.as_bytes());
    }

    #[test]
    fn a_lifetime_that_nothing_tells_is_no_part_of_the_event() {
        let written = |short, long, flag: Option<Flag>| {
            let mut interaction = an_interaction();
            interaction.usage.cache_write_5m = short;
            interaction.usage.cache_write_1h = long;
            interaction.reading = flag.into_iter().fold(Flags::NONE, Flags::with);
            interaction.digest()
        };
        let assumed = written(400, 0, Some(Flag::CacheLifetimeAssumed));
        assert_eq!(assumed, written(0, 400, Some(Flag::CacheLifetimeBySetting)));
        assert_ne!(written(400, 0, None), written(0, 400, None));
    }

    #[test]
    fn each_changed_field_changes_the_digest() {
        let changes: [fn(&mut Interaction); 28] = [
            |i| i.id.push('x'),
            |i| i.session_id.push('x'),
            |i| i.tenant_id.push('x'),
            |i| i.user_id.push('x'),
            |i| i.timestamp.0 += 1,
            |i| i.price_time.0 += 1,
            |i| i.kind = crate::InteractionType::Api,
            |i| i.duration_ms = None,
            |i| i.time_to_first_token_ms = Some(1),
            |i| i.provider.push('x'),
            |i| i.model_name.push('x'),
            |i| i.model_reported = Some(String::new()),
            |i| i.endpoint = Some(String::new()),
            |i| i.region = Some(String::new()),
            |i| i.service_tier = Some(String::new()),
            |i| i.usage.image_out += 1,
            |i| i.units.requests += 1,
            |i| {
                i.units.calls.insert("web_search".into(), 1);
            },
            |i| {
                i.declared = Some(Declared {
                    component: Component::DbOps,
                    amount: cost_calculation::PicoUsd::ZERO,
                });
            },
            |i| i.reading = i.reading.with(cost_calculation::Flag::Unpriced),
            |i| i.reported_cost = Some(cost_calculation::PicoUsd::ZERO),
            |i| i.agent.push('x'),
            |i| i.message_id = Some(String::new()),
            |i| i.trace_id = Some(String::new()),
            |i| i.context = Some(String::new()),
            |i| i.status = crate::InteractionStatus::Error,
            |i| i.error = Some(String::new()),
            |i| i.metadata = Some("{}".into()),
        ];
        let mut seen = vec![an_interaction().digest()];
        for change in changes {
            let mut changed = an_interaction();
            change(&mut changed);
            assert!(!seen.contains(&changed.digest()), "{changed:?}");
            seen.push(changed.digest());
        }
    }

    #[test]
    fn text_can_not_slip_from_one_field_into_the_next() {
        let mut left = an_interaction();
        let mut right = an_interaction();
        (left.provider, left.model_name) = ("ab".into(), "c".into());
        (right.provider, right.model_name) = ("a".into(), "bc".into());
        assert_ne!(left.digest(), right.digest());
    }
}
