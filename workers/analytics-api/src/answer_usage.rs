//! What somebody used of what they may use: whose a caller may ask for, and the answer with its `ETag`.
use edge::rate_limit::{self, Limited};
use edge::request::parameters;
use edge::{Caller, Problem, Suite};
use ledger_query::{AnswerKey, Viewer, etag, matches};
use plans::{
    LedgerNow, PlanError, SubjectFilter, SubjectSort, USAGE_STATES, UsageExtras, UsageOf, usage,
    usage_periods, usage_subjects,
};
use query_parameters::{Parameters, TEXT_CHARS_MAX};
use serde_json::json;
use worker::{Request, Response};

use crate::answer_query::with_tag;
use crate::read_gate::{self, Load};
use crate::route::Route;
use crate::viewer::viewer;
use crate::visit::Visit;

const HOUR_MS: i64 = 3_600_000;

/// Whether an operation is answered here.
pub(crate) const fn is_usage(route: &Route) -> bool {
    matches!(
        route,
        Route::GetUsage | Route::ListUsagePeriods | Route::ListUsageSubjects
    )
}

const fn known(route: &Route) -> &'static [&'static str] {
    match route {
        Route::GetUsage => &["subject", "user_id", "tenant_id", "include"],
        Route::ListUsagePeriods => &["subject", "user_id", "tenant_id", "limit", "offset"],
        _ => &[
            "state",
            "subject_type",
            "plan_id",
            "min_percent",
            "q",
            "sort",
            "order",
            "limit",
            "offset",
        ],
    }
}

/// Answers, or says that nothing changed.
pub(crate) async fn answer(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
    caller: &Caller,
    route: &Route,
) -> Result<Response, Problem> {
    let viewer = viewer(caller)?;
    let parameters = parameters(request, known(route))?;
    let asked = Asked::of(route, &viewer, &parameters)?;
    answer_asked(visit, request, suite, caller, asked).await
}

/// Answers a widget with one user's own usage.
pub(crate) async fn answer_own(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
    caller: &Caller,
    of: UsageOf,
) -> Result<Response, Problem> {
    let parameters = parameters(request, &["include"])?;
    let asked = Asked::Usage(of, extras(&parameters)?);
    answer_asked(visit, request, suite, caller, asked).await
}

async fn answer_asked(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
    caller: &Caller,
    asked: Asked,
) -> Result<Response, Problem> {
    let state = LedgerNow::read(&suite.database, visit.received_at).await;
    let state = state.map_err(|error| refused(&error))?;
    let tag = tag(&state, request, caller)?;
    let if_none_match = request.headers().get("if-none-match").ok().flatten();
    if if_none_match.is_some_and(|asked| matches(&asked, &tag)) {
        let response = Response::empty().map_err(|_| Problem::internal())?;
        return with_tag(response.with_status(304), &tag);
    }
    rate_limit::check(visit.env, Limited::Reads, caller).await?;
    let load = match asked {
        Asked::Subjects { .. } => Load::Dear,
        Asked::Usage(..) | Asked::Periods { .. } => Load::Light,
    };
    let place = read_gate::enter(load, &caller.key_id).await?;
    let database = &suite.database;
    let body = match asked {
        Asked::Usage(of, extras) => {
            let answer = usage(database, &state, &of, extras).await;
            answer.map(|answer| json!(answer))
        }
        Asked::Periods { of, limit, offset } => {
            usage_periods(database, &state, &of, limit, offset).await
        }
        Asked::Subjects {
            filter,
            limit,
            offset,
        } => usage_subjects(database, &state, &filter, limit, offset).await,
    };
    drop(place);
    let body = body.map_err(|error| refused(&error))?;
    with_tag(edge::respond::json(200, &body)?, &tag)
}

/// A question that its caller may ask.
enum Asked {
    Usage(UsageOf, UsageExtras),
    Periods {
        of: UsageOf,
        limit: usize,
        offset: usize,
    },
    Subjects {
        filter: SubjectFilter,
        limit: usize,
        offset: usize,
    },
}

impl Asked {
    fn of(route: &Route, viewer: &Viewer, parameters: &Parameters) -> Result<Self, Problem> {
        let page = || -> Result<(usize, usize), Problem> {
            let page = parameters.page()?;
            let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            Ok((count(page.limit), count(page.offset)))
        };
        match route {
            Route::GetUsage => Ok(Self::Usage(
                of_whom(viewer, parameters)?,
                extras(parameters)?,
            )),
            Route::ListUsagePeriods => {
                let of = of_whom(viewer, parameters)?;
                let (limit, offset) = page()?;
                Ok(Self::Periods { of, limit, offset })
            }
            _ if *viewer != Viewer::Everyone => Err(Problem::forbidden(
                "a key of one user does not read about the others",
            )),
            _ => {
                let filter = filter(parameters)?;
                let (limit, offset) = page()?;
                Ok(Self::Subjects {
                    filter,
                    limit,
                    offset,
                })
            }
        }
    }
}

/// Whose usage is asked for: one's own, or whom a reader names.
fn of_whom(viewer: &Viewer, parameters: &Parameters) -> Result<UsageOf, Problem> {
    let named = |name: &'static str| checked(parameters, name);
    let (subject, user, tenant) = (named("subject")?, named("user_id")?, named("tenant_id")?);
    if let Viewer::User(own) = viewer {
        let is_own = user.as_ref().is_none_or(|user| user == own);
        if subject.is_some() || tenant.is_some() || !is_own {
            return Err(Problem::forbidden(
                "a key of one user reads that user's own usage: leave the parameters out",
            ));
        }
        return Ok(UsageOf::User {
            tenant_id: String::new(),
            user_id: own.clone(),
            may_be_new: true,
        });
    }
    match (subject.as_deref(), user, tenant) {
        (Some("installation"), None, None) => Ok(UsageOf::Installation),
        (Some("installation"), _, _) => Err(Problem::bad_parameter(
            "subject",
            "`subject` stands alone: leave `user_id` and `tenant_id` out",
        )),
        (Some(_), _, _) => Err(Problem::bad_parameter(
            "subject",
            "`subject` is unknown: send `installation`, or name a user by `user_id`",
        )),
        (None, Some(user_id), tenant) => Ok(UsageOf::User {
            tenant_id: tenant.unwrap_or_default(),
            user_id,
            may_be_new: false,
        }),
        (None, None, Some(tenant)) => Ok(UsageOf::Tenant(tenant)),
        (None, None, None) => Err(Problem::bad_parameter(
            "user_id",
            "whose usage? Send `user_id`, `tenant_id` or `subject=installation`",
        )),
    }
}

fn checked(parameters: &Parameters, name: &'static str) -> Result<Option<String>, Problem> {
    let text = parameters.nonempty(name)?;
    if text.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        let detail = format!("`{name}` is too long: send at most {TEXT_CHARS_MAX} characters");
        return Err(Problem::bad_parameter(name, detail));
    }
    Ok(text.map(str::to_owned))
}

fn extras(parameters: &Parameters) -> Result<UsageExtras, Problem> {
    let mut extras = UsageExtras::default();
    for part in parameters.text("include").unwrap_or_default().split(',') {
        match part {
            "" => {}
            "days" => extras.days = true,
            "models" => extras.models = true,
            "forecast" => extras.forecast = true,
            _ => {
                return Err(Problem::bad_parameter(
                    "include",
                    "`include` takes `days`, `models` and `forecast`, separated by commas",
                ));
            }
        }
    }
    Ok(extras)
}

fn filter(parameters: &Parameters) -> Result<SubjectFilter, Problem> {
    let word = |name: &str, words: &[&'static str]| -> Result<Option<String>, Problem> {
        let pairs: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
        Ok(parameters.word(name, &pairs)?.map(str::to_owned))
    };
    let sorts = [
        ("percent", SubjectSort::Percent),
        ("used", SubjectSort::Used),
        ("charge", SubjectSort::Charge),
        ("name", SubjectSort::Name),
    ];
    let least = parameters.integer("min_percent", 0..=100_000)?;
    Ok(SubjectFilter {
        state: word("state", &USAGE_STATES)?,
        subject_type: word("subject_type", &["user", "tenant", "installation"])?,
        plan_id: checked(parameters, "plan_id")?,
        min_percent: least.and_then(|least| i64::try_from(least).ok()),
        search: checked(parameters, "q")?,
        sort: parameters.word("sort", &sorts)?.unwrap_or_default(),
        is_ascending: parameters.is_ascending(false)?,
    })
}

fn tag(state: &LedgerNow, request: &Request, caller: &Caller) -> Result<String, Problem> {
    let url = request
        .url()
        .map_err(|_| Problem::bad_request("the address can't be read"))?;
    let query = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    Ok(etag(AnswerKey {
        epoch: state.epoch,
        ledger_version: state.ledger_version,
        price_book_version: state.price_book_version,
        reporting_time_zone: state.zone.name(),
        // A period ends, and its grace, at a full hour of its zone or a quarter: the day is in the tag too.
        hour: state.now.0.div_euclid(HOUR_MS),
        today: state.today,
        newest_idle: None,
        query: &query,
        caller: &caller.key_id,
        release: env!("CARGO_PKG_VERSION"),
    }))
}

/// A refusal or a failure as its caller may see it.
fn refused(error: &PlanError) -> Problem {
    match error {
        PlanError::Field { field, fault } => {
            Problem::invalid_field(field, format!("`{field}` {fault}"))
        }
        PlanError::NotFound(detail) => {
            Problem::new(404, "unknown-user", "There is no such user", detail)
        }
        PlanError::Conflict(detail) => Problem::conflict(detail),
        PlanError::Database(error) => {
            edge::log::error(&json!({ "event": "usage_failed", "error": error.to_string() }));
            Problem::from(error.clone())
        }
    }
}
