//! Each interaction in one of the two tables, and its estimates beside it: a move to the archive
//! that something cut in half is completed.

use super::{interactions::Place, pass::GUARD, slice::Slice};

/// An interaction lies in one of the two tables, and its estimates beside it.
pub(super) fn verify_places(hot: &Place, old: &Place, slice: &mut Slice) {
    let is_same = |key: &i64| match (hot.interactions.get(key), old.interactions.get(key)) {
        (Some(hot), Some(old)) => hot.id == old.id,
        _ => false,
    };
    let both: Vec<i64> = hot.interactions.keys().copied().filter(is_same).collect();
    let listed = "(SELECT j.value FROM json_each(?1, '$.keys') j)";
    slice.report_keys(
        &both,
        "interaction_in_one_place",
        ["in interactions or in interactions_archive", "in both"],
        Some((
            "the copy in the archive was removed",
            &[
                format!(
                    "INSERT INTO cost_estimates SELECT e.* FROM cost_estimates_archive e
                     WHERE e.interaction_key IN {listed} AND {GUARD} ON CONFLICT DO NOTHING"
                ),
                format!(
                    "DELETE FROM cost_estimates_archive WHERE interaction_key IN {listed} AND {GUARD}"
                ),
                format!(
                    "DELETE FROM interactions_archive WHERE interaction_key IN {listed} AND {GUARD}"
                ),
            ],
        )),
    );
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
    for (here, there, from, to, home) in [
        (
            hot,
            old,
            "cost_estimates",
            "cost_estimates_archive",
            "interactions_archive",
        ),
        (
            old,
            hot,
            "cost_estimates_archive",
            "cost_estimates",
            "interactions",
        ),
    ] {
        let (astray, orphans): (Vec<i64>, Vec<i64>) = here
            .estimates
            .keys()
            .filter(|key| !here.interactions.contains_key(key))
            .partition(|key| there.interactions.contains_key(key));
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
                           WHERE i.interaction_key IN {listed}) AND {GUARD}
                         ON CONFLICT DO NOTHING"
                    ),
                    format!(
                        "DELETE FROM {from} WHERE interaction_key IN (SELECT i.interaction_key
                           FROM {home} i WHERE i.interaction_key IN {listed}) AND {GUARD}"
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
}
