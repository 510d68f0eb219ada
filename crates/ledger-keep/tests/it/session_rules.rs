//! A session is the same whatever order its marks and events arrive in.

use crate::history::{START, event, ledger, mark_by, send};
use cost_calculation::UnixMillis;
use ledger_core::sqlite::Sqlite;
use proptest::prelude::*;

/// What a source sends about the one session.
#[derive(Debug, Clone, Copy)]
enum Sent {
    Start { user: u32, at: i64 },
    End { user: u32, at: i64 },
    Event { id: u32, user: u32, at: i64 },
}

fn receive(database: &Sqlite, sent: &Sent) {
    match *sent {
        Sent::Start { user, at } => mark_by(database, user, "s", START + at, false),
        Sent::End { user, at } => mark_by(database, user, "s", START + at, true),
        Sent::Event { id, user, at } => {
            let mut event = event(id, 0);
            "s".clone_into(&mut event.session_id);
            event.user_id = format!("user-{user}");
            event.timestamp = UnixMillis(START + at);
            event.price_time = UnixMillis(START + at + 500);
            send(database, &[event]);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Session {
    user: String,
    start: i64,
    end: Option<i64>,
    last_seen: i64,
    last_start: i64,
    interaction_count: i64,
    total_cost: i64,
    mixed_users: bool,
}

fn session(sent: &[Sent]) -> Session {
    let database = ledger();
    for sent in sent {
        receive(&database, sent);
    }
    crate::recount::assert_sums_are_true(&database, true);
    database.with_connection(|connection| {
        connection
            .query_row(
                "SELECT u.user_id, s.start_time, s.end_time, s.last_seen, s.interaction_count,
                   s.total_cost, s.mixed_users, s.last_start
                 FROM sessions s JOIN users u USING (user_key)",
                [],
                |row| {
                    Ok(Session {
                        user: row.get(0)?,
                        start: row.get::<_, i64>(1)? - START,
                        end: row.get::<_, Option<i64>>(2)?.map(|end| end - START),
                        last_seen: row.get::<_, i64>(3)? - START,
                        interaction_count: row.get(4)?,
                        total_cost: row.get(5)?,
                        mixed_users: row.get(6)?,
                        last_start: row.get::<_, i64>(7)? - START,
                    })
                },
            )
            .unwrap()
    })
}

const START_MARK: Sent = Sent::Start { user: 0, at: 1_000 };
const END_MARK: Sent = Sent::End { user: 0, at: 9_000 };
const CALL: Sent = Sent::Event {
    id: 8,
    user: 0,
    at: 5_000,
};

#[test]
fn an_end_that_arrives_before_its_start_makes_the_same_session() {
    let in_order = session(&[START_MARK, CALL, END_MARK]);
    assert_eq!(
        (in_order.start, in_order.end, in_order.last_seen),
        (1_000, Some(9_000), 9_000)
    );
    for sent in [
        [END_MARK, START_MARK, CALL],
        [END_MARK, CALL, START_MARK],
        [CALL, END_MARK, START_MARK],
        [CALL, START_MARK, END_MARK],
        [START_MARK, END_MARK, CALL],
    ] {
        assert_eq!(session(&sent), in_order, "{sent:?}");
    }
}

#[test]
fn an_end_or_a_start_sent_twice_changes_nothing() {
    let once = session(&[START_MARK, CALL, END_MARK]);
    assert_eq!(
        session(&[START_MARK, START_MARK, CALL, END_MARK, END_MARK]),
        once
    );
    // Of two different ends the later one counts.
    let later = Sent::End {
        user: 0,
        at: 12_000,
    };
    assert_eq!(
        session(&[later, START_MARK, CALL, END_MARK]).end,
        Some(12_000)
    );
}

#[test]
fn an_event_after_the_end_is_kept_and_counted() {
    let late = Sent::Event {
        id: 12,
        user: 0,
        at: 20_000,
    };
    let session = session(&[START_MARK, CALL, END_MARK, late]);
    assert_eq!((session.interaction_count, session.last_seen), (2, 20_500));
    assert_eq!(
        session.end,
        Some(9_000),
        "what was said stays; open or closed is read from both"
    );
}

#[test]
fn a_session_lasts_to_its_last_completion_though_it_was_ended_before() {
    // Each call takes half a second: the end is said while the second one is under way.
    let under_way = Sent::Event {
        id: 12,
        user: 0,
        at: 8_700,
    };
    let in_order = session(&[START_MARK, CALL, under_way, END_MARK]);
    assert_eq!(
        (in_order.end, in_order.last_seen, in_order.last_start),
        (Some(9_000), 9_200, 9_000),
        "closed: nothing began after the end; and as long as the answer took"
    );
    assert_eq!(session(&[END_MARK, under_way, CALL, START_MARK]), in_order);
}

#[test]
fn an_event_alone_makes_the_session() {
    let session = session(&[CALL]);
    assert_eq!(
        (session.start, session.end, session.last_seen),
        (5_000, None, 5_500)
    );
}

#[test]
fn a_second_users_events_are_kept_and_the_session_stays_the_earliest_events() {
    let other = Sent::Event {
        id: 12,
        user: 3,
        at: 6_000,
    };
    let mixed = session(&[CALL, other]);
    assert_eq!((mixed.user.as_str(), mixed.mixed_users), ("user-0", true));
    assert_eq!(mixed.interaction_count, 2);
    assert_eq!(session(&[other, CALL]), mixed);
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        1 => (0_u32..3, 0_i64..20).prop_map(|(user, at)| Sent::Start { user, at }),
        1 => (0_u32..3, 0_i64..20).prop_map(|(user, at)| Sent::End { user, at }),
        3 => (0_u32..1_000, 0_u32..3, 0_i64..20)
            .prop_map(|(id, user, at)| Sent::Event { id, user, at }),
    ]
}

proptest! {

    #[test]
    fn no_order_of_arrival_changes_a_session(
        (straight, shuffled) in prop::collection::vec(sent(), 1..8).prop_map(|mut sent| {
            // One body for each id, or the first one to arrive would win.
            let mut ids = std::collections::BTreeSet::new();
            sent.retain(|sent| match sent {
                Sent::Event { id, .. } => ids.insert(*id),
                _ => true,
            });
            sent
        }).prop_flat_map(|sent| (Just(sent.clone()), Just(sent).prop_shuffle())),
    ) {
        prop_assert_eq!(session(&straight), session(&shuffled));
    }
}
