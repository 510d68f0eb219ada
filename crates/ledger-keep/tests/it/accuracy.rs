//! What the numbers leave open is listed: numbers that nobody could read, and providers who say
//! otherwise.

use cost_calculation::PicoUsd;
use events::Interaction;
use futures_executor::block_on;
use ledger_query::ACCURACY_PARAMETERS;
use query_parameters::Parameters;
use serde_json::{Value, json};

use crate::history::{event, ledger, send};
use crate::query_ledger::reader;

fn asked() -> Parameters {
    let pairs = [("start_date", "2024-11-01"), ("end_date", "2025-10-31")];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Parameters::new(pairs, &ACCURACY_PARAMETERS).unwrap()
}

fn items(answer: &Value) -> &Vec<Value> {
    answer["items"].as_array().unwrap()
}

#[test]
fn a_number_that_nobody_could_read_is_listed_by_field_provider_and_source() {
    let database = ledger();
    let unread = |id: u32, day: i64, field: &str| {
        let mut interaction = event(id, day);
        let calls = &mut interaction.units.calls;
        calls.insert(format!("unread:{field}"), 7);
        calls.insert("web_search".to_owned(), 1);
        interaction
    };
    send(
        &database,
        &[
            unread(1, 3, "thinking_credits"),
            unread(2, 9, "thinking_credits"),
            unread(5, 4, "usage.new_tokens"),
            event(8, 4),
        ],
    );
    let answer = json!(block_on(reader(&database).unread_fields(&asked())).unwrap());
    let found: Vec<Value> = items(&answer)
        .iter()
        .map(|item| {
            json!([
                item["field"],
                item["provider"],
                item["source"],
                item["interaction_count"],
                item["last_day"],
                item["example_id"]
            ])
        })
        .collect();
    assert_eq!(
        found,
        [
            json!([
                "thinking_credits",
                "openai",
                "api",
                2,
                "2024-12-02",
                "event-2"
            ]),
            json!([
                "usage.new_tokens",
                "openai",
                "api",
                1,
                "2024-11-27",
                "event-5"
            ]),
        ]
    );
    assert_eq!(answer["is_complete"], json!(true));
}

#[test]
fn a_provider_who_says_otherwise_is_a_finding_by_model_and_day() {
    let database = ledger();
    let told = |id: u32, day: i64, pico: i64| Interaction {
        reported_cost: Some(PicoUsd::new(pico)),
        ..event(id, day)
    };
    send(&database, &[event(0, 1)]);
    let cost = |id: u32| {
        let sql = format!(
            "SELECT total_cost FROM cost_estimates JOIN interactions USING (interaction_key) WHERE id = 'event-{id}'"
        );
        crate::history::number(&database, &sql)
    };
    send(&database, &[told(4, 2, 1)]);
    let right = cost(4);
    send(&database, &[told(8, 5, right * 2), told(16, 6, 1)]);
    send(&database, &[told(20, 7, cost(8))]);
    let answer = json!(block_on(reader(&database).reported_costs(&asked())).unwrap());
    let days: Vec<&str> = items(&answer)
        .iter()
        .map(|item| item["day"].as_str().unwrap())
        .collect();
    assert_eq!(
        days,
        ["2024-11-30", "2024-11-29", "2024-11-28", "2024-11-25"]
    );
    for item in items(&answer) {
        assert_eq!(item["model"], json!("gpt-5-mini"));
        assert_eq!(item["interaction_count"], json!(1));
    }
    assert_eq!(
        answer["finding_count"],
        json!(
            items(&answer)
                .iter()
                .filter(|item| item["is_finding"] == json!(true))
                .count()
        )
    );
    assert!(answer["finding_count"].as_u64().unwrap() >= 2);
}

#[test]
fn the_lists_read_only_the_few_rows_that_they_are_about() {
    let database = ledger();
    send(&database, &[event(1, 3)]);
    let plan = |condition: &str| -> String {
        database.with_connection(|connection| {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT i.id FROM interactions i WHERE {condition} AND i.day BETWEEN '2024-01-01' AND '2025-01-01'"
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
        })
    };
    assert!(plan("instr(i.units, '\"unread:') > 0").contains("interactions_unread"));
    assert!(plan("i.reported_cost IS NOT NULL").contains("interactions_reported"));
}

#[test]
fn what_was_not_taken_is_listed_by_key_source_and_reason() {
    let database = ledger();
    database
        .execute_script(
            "INSERT INTO left_out (day, key_id, source, reason, count, example) VALUES
               ('2024-10-31', 'k1', 'otel', 'probe', 100, 'too.early'),
               ('2024-12-01', 'k1', 'otel', 'probe', 2, 'http.route'),
               ('2024-12-02', 'k1', 'otel', 'probe', 3, ''),
               ('2024-12-02', 'k2', 'langfuse', 'refused:startTime', 9, 'gen_ai.usage')",
        )
        .unwrap();
    let answer = json!(block_on(reader(&database).left_out(&asked())).unwrap());
    let expected = json!([
        { "key_id": "k2", "source": "langfuse", "reason": "refused:startTime", "count": 9,
          "first_day": "2024-12-02", "last_day": "2024-12-02", "example": "gen_ai.usage",
          "is_worth_a_look": true },
        { "key_id": "k1", "source": "otel", "reason": "probe", "count": 5,
          "first_day": "2024-12-01", "last_day": "2024-12-02", "example": "http.route",
          "is_worth_a_look": false },
    ]);
    assert_eq!(answer["items"], expected);
    assert_eq!(answer["is_complete"], true);
}
