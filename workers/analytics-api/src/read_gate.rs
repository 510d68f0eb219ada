//! How many questions an isolate asks the database at once, in all and by key.
//!
//! The database answers one statement at a time, in the order of their arrival: an event waits behind
//! every question that is already there. So few questions are let in, of the dear ones one; the others
//! wait here, where they hold nothing up, and a key that has many waiting is refused. A file in the
//! making has a place of its own.
use std::cell::RefCell;
use std::time::Duration;

use cost_calculation::UnixMillis;
use edge::Problem;
use worker::Delay;

/// What asks for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// A question of some milliseconds.
    Light,
    /// One that may take hundreds.
    Dear,
    /// A file, chunk by chunk.
    Export,
}

impl Load {
    /// Places at once: in all, and for one key.
    const fn places(self) -> (usize, usize) {
        match self {
            Self::Light => (4, 4),
            Self::Dear => (1, 1),
            Self::Export => (2, 1),
        }
    }

    /// A place that was not given back is free after so long: a client that goes away takes its request
    /// with it, and nobody is left to give anything back.
    const fn lease_ms(self) -> i64 {
        match self {
            Self::Light => 5_000,
            Self::Dear | Self::Export => 15_000,
        }
    }
}

/// The most questions of a key that wait.
const WAITING_MAX: usize = 24;
/// How long one waits before it is refused.
const WAIT_MS: i64 = 20_000;
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// When a refused caller may try again.
const RETRY_AFTER_S: u32 = 5;

#[derive(Debug)]
struct Place {
    id: u64,
    load: Load,
    key_id: String,
    until: i64,
}

/// The places taken, and who waits.
#[derive(Debug, Default)]
struct Gate {
    next_id: u64,
    taken: Vec<Place>,
    waiting: Vec<Place>,
}

impl Gate {
    /// A place, if one is free.
    fn enter(&mut self, load: Load, key_id: &str, now: UnixMillis) -> Option<u64> {
        self.taken.retain(|place| place.until > now.0);
        let (most, most_of_key) = load.places();
        let taken = self.taken.iter().filter(|place| place.load == load);
        let (count, of_key) = taken.fold((0, 0), |(count, of_key), place| {
            (count + 1, of_key + usize::from(place.key_id == key_id))
        });
        (count < most && of_key < most_of_key).then(|| {
            let place = self.place(load, key_id, now.0.saturating_add(load.lease_ms()));
            let id = place.id;
            self.taken.push(place);
            id
        })
    }

    /// A place among those that wait; `None` where the key has too many there.
    fn queue(&mut self, load: Load, key_id: &str, now: UnixMillis) -> Option<u64> {
        self.waiting.retain(|place| place.until > now.0);
        let of_key = self.waiting.iter().filter(|place| place.key_id == key_id);
        (of_key.count() < WAITING_MAX).then(|| {
            let place = self.place(load, key_id, now.0.saturating_add(WAIT_MS));
            let id = place.id;
            self.waiting.push(place);
            id
        })
    }

    fn place(&mut self, load: Load, key_id: &str, until: i64) -> Place {
        self.next_id += 1;
        Place {
            id: self.next_id,
            load,
            key_id: key_id.to_owned(),
            until,
        }
    }

    fn renew(&mut self, id: u64, now: UnixMillis) {
        if let Some(place) = self.taken.iter_mut().find(|place| place.id == id) {
            place.until = now.0.saturating_add(place.load.lease_ms());
        }
    }

    fn leave(&mut self, id: u64) {
        self.taken.retain(|place| place.id != id);
        self.waiting.retain(|place| place.id != id);
    }
}

thread_local! {
    static GATE: RefCell<Gate> = RefCell::default();
}

/// A place that is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit(u64);

impl Permit {
    /// Keeps the place of what takes longer than a lease.
    pub(crate) fn renew(&self, now: UnixMillis) {
        GATE.with_borrow_mut(|gate| gate.renew(self.0, now));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        GATE.with_borrow_mut(|gate| gate.leave(self.0));
    }
}

/// Waits for a place.
pub(crate) async fn enter(load: Load, key_id: &str) -> Result<Permit, Problem> {
    let now = edge::clock::now();
    let try_enter = |now| {
        GATE.with_borrow_mut(|gate| gate.enter(load, key_id, now))
            .map(Permit)
    };
    if let Some(permit) = try_enter(now) {
        return Ok(permit);
    }
    let busy = |detail: &str| Problem::too_many_requests(detail, RETRY_AFTER_S);
    if load == Load::Export {
        return Err(busy(
            "this key has a file in the making, or two others are: take one after the other",
        ));
    }
    let queued = GATE.with_borrow_mut(|gate| gate.queue(load, key_id, now));
    let _waiting =
        Permit(queued.ok_or_else(|| {
            busy("this key has many questions waiting already: ask some at a time")
        })?);
    let until = now.0.saturating_add(WAIT_MS);
    loop {
        Delay::from(LOOK_AGAIN).await;
        let now = edge::clock::now();
        if let Some(permit) = try_enter(now) {
            return Ok(permit);
        }
        if now.0 >= until {
            return Err(busy(
                "other questions are being answered: ask again in a moment",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000);

    #[test]
    fn a_key_has_one_file_at_a_time_and_an_isolate_two() {
        let mut gate = Gate::default();
        let first = gate.enter(Load::Export, "a", NOW).expect("free");
        assert_eq!(gate.enter(Load::Export, "a", NOW), None);
        assert!(gate.enter(Load::Export, "b", NOW).is_some());
        assert_eq!(gate.enter(Load::Export, "c", NOW), None);
        gate.leave(first);
        assert!(gate.enter(Load::Export, "a", NOW).is_some());
        assert!(
            gate.enter(Load::Light, "a", NOW).is_some(),
            "a question is no file"
        );
    }

    #[test]
    fn of_dear_questions_one_is_asked_and_a_place_that_nobody_gives_back_is_free_again() {
        let mut gate = Gate::default();
        let held = gate.enter(Load::Dear, "a", NOW).expect("free");
        assert_eq!(gate.enter(Load::Dear, "b", NOW), None);
        gate.renew(held, UnixMillis(10_000));
        assert_eq!(gate.enter(Load::Dear, "b", UnixMillis(20_000)), None);
        assert!(gate.enter(Load::Dear, "b", UnixMillis(25_000)).is_some());
    }

    #[test]
    fn a_key_has_so_many_questions_waiting_and_another_is_not_held_up_by_them() {
        let mut gate = Gate::default();
        for _ in 0..WAITING_MAX {
            assert!(gate.queue(Load::Dear, "a", NOW).is_some());
        }
        assert_eq!(gate.queue(Load::Dear, "a", NOW), None);
        assert!(gate.queue(Load::Dear, "b", NOW).is_some());
        assert!(
            gate.queue(Load::Dear, "a", UnixMillis(NOW.0 + WAIT_MS))
                .is_some()
        );
    }
}
