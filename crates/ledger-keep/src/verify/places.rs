//! Each interaction in one of the two tables, and its estimates beside it: a move to the archive
//! that something cut in half is completed.

use super::{pass::GUARD, slice::Slice, stored_rows::Place};

/// The rows that a correction names.
const LISTED: &str = "(SELECT j.value FROM json_each(?1, '$.keys') j)";

/// The tables of one place.
struct Tables {
    interactions: &'static str,
    estimates: &'static str,
}

const HOT: Tables = Tables {
    interactions: "interactions",
    estimates: "cost_estimates",
};
const OLD: Tables = Tables {
    interactions: "interactions_archive",
    estimates: "cost_estimates_archive",
};

/// An interaction lies in one of the two tables, and its estimates beside it.
pub(super) fn verify_places(hot: &Place, old: &Place, slice: &mut Slice) {
    verify_one_place(hot, old, slice);
    verify_ids(hot, slice);
    verify_estimates_beside(hot, old, (&HOT, &OLD), slice);
    verify_estimates_beside(old, hot, (&OLD, &HOT), slice);
}

fn verify_one_place(hot: &Place, old: &Place, slice: &mut Slice) {
    let is_same = |key: &i64| match (hot.interactions.get(key), old.interactions.get(key)) {
        (Some(hot), Some(old)) => hot.id == old.id,
        _ => false,
    };
    let both: Vec<i64> = hot.interactions.keys().copied().filter(is_same).collect();
    slice.report_keys(
        &both,
        "interaction_in_one_place",
        ["in interactions or in interactions_archive", "in both"],
        Some((
            "the copy in the archive was removed",
            &[
                format!(
                    "INSERT INTO cost_estimates SELECT e.* FROM cost_estimates_archive e
                     WHERE e.interaction_key IN {LISTED} AND {GUARD} ON CONFLICT DO NOTHING"
                ),
                format!(
                    "DELETE FROM cost_estimates_archive WHERE interaction_key IN {LISTED} AND {GUARD}"
                ),
                format!(
                    "DELETE FROM interactions_archive WHERE interaction_key IN {LISTED} AND {GUARD}"
                ),
            ],
        )),
    );
}

fn verify_ids(hot: &Place, slice: &mut Slice) {
    let twins: Vec<i64> = hot
        .interactions
        .values()
        .filter(|row| row.twin.is_some_and(|twin| twin != row.key))
        .map(|row| row.key)
        .collect();
    slice.report_keys(
        &twins,
        "interaction_id_is_unique",
        [
            "an id in one table",
            "the same id in the archive under another key",
        ],
        None,
    );
}

/// Estimates without their interaction beside them; it may lie `there`, in the other tables.
fn verify_estimates_beside(
    here: &Place,
    there: &Place,
    (from, to): (&Tables, &Tables),
    slice: &mut Slice,
) {
    let (astray, orphans): (Vec<i64>, Vec<i64>) = here
        .estimates
        .keys()
        .filter(|key| !here.interactions.contains_key(key))
        .partition(|key| there.interactions.contains_key(key));
    let (home, from, to) = (to.interactions, from.estimates, to.estimates);
    slice.report_keys(
        &astray,
        "estimate_beside_its_interaction",
        ["where its interaction lies", "in the other place"],
        Some((
            "the estimates were moved to their interaction",
            &[
                format!(
                    "INSERT INTO {to} SELECT e.* FROM {from} e
                     WHERE e.interaction_key IN (SELECT i.interaction_key FROM {home} i
                       WHERE i.interaction_key IN {LISTED}) AND {GUARD}
                     ON CONFLICT DO NOTHING"
                ),
                format!(
                    "DELETE FROM {from} WHERE interaction_key IN (SELECT i.interaction_key
                       FROM {home} i WHERE i.interaction_key IN {LISTED}) AND {GUARD}"
                ),
            ],
        )),
    );
    slice.report_keys(
        &orphans,
        "estimate_has_an_interaction",
        ["an interaction", "none"],
        None,
    );
}
