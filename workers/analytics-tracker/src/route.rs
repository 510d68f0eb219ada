//! Which operation a method and a path name.
use std::borrow::Cow;

use edge::worker_kit::{NoRoute, only, without_doubled_slash};
use percent_encoding::percent_decode_str;

/// One operation of `contracts/tracking-api.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    TrackInteraction,
    TrackBatch,
    StartSession,
    EndSession,
    ExportLangfuseTraces,
    ExportTraces,
    ListLangfuseProjects,
    RecordScore,
    DeleteScore { id: String },
    TestLangfuseIngestion,
    DeclineMedia,
    ListKeys,
    CreateKey,
    RevokeKey { id: String },
    ListAudit,
    ListRejections,
    GetCountedSources,
    SetCountedSources,
    GetCacheLifetimes,
    SetCacheLifetimes,
    GetReportedCosts,
    SetReportedCosts,
    GetReportingTimeZone,
    SetReportingTimeZone,
    RenewLedgerEpoch,
    RunArchive,
    RunVerify,
    RunReprice,
    ListRerates,
    StartRerate,
    GetRerate { id: String },
    ListPlans,
    CreatePlan,
    GetPlan { id: String },
    CreatePlanVersion { id: String },
    ListSubscriptions,
    CreateSubscription,
    GetSubscription { id: String },
    ChangeSubscription { id: String },
    RunUsageReset,
    RunUsageReconcile,
    GetHealth,
}

impl Route {
    /// The operation of a method and an undecoded path.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, NoRoute> {
        let only = |allow: &'static str, route: Self| only(method, allow, route);
        match without_doubled_slash(path) {
            "/track/interaction" => only("POST", Self::TrackInteraction),
            "/track/batch" => only("POST", Self::TrackBatch),
            "/track/session/start" => only("POST", Self::StartSession),
            "/track/session/end" => only("POST", Self::EndSession),
            "/api/public/otel/v1/traces" => only("POST", Self::ExportLangfuseTraces),
            "/v1/traces" => only("POST", Self::ExportTraces),
            "/api/public/projects" => only("GET", Self::ListLangfuseProjects),
            "/api/public/scores" => only("POST", Self::RecordScore),
            "/api/public/media" => only("POST", Self::DeclineMedia),
            "/api/public/ingestion" => only("POST", Self::TestLangfuseIngestion),
            "/admin/audit" => only("GET", Self::ListAudit),
            "/admin/rejections" => only("GET", Self::ListRejections),
            "/admin/ledger-epoch" => only("POST", Self::RenewLedgerEpoch),
            "/admin/archive" => only("POST", Self::RunArchive),
            "/admin/reprice" => only("POST", Self::RunReprice),
            "/admin/verify" => only("POST", Self::RunVerify),
            "/health" => only("GET", Self::GetHealth),
            "/admin/keys" => match method {
                "GET" => Ok(Self::ListKeys),
                "POST" => Ok(Self::CreateKey),
                _ => Err(NoRoute::OtherMethod("GET, POST")),
            },
            "/admin/rerate" => match method {
                "GET" => Ok(Self::ListRerates),
                "POST" => Ok(Self::StartRerate),
                _ => Err(NoRoute::OtherMethod("GET, POST")),
            },
            "/admin/plans" => match method {
                "GET" => Ok(Self::ListPlans),
                "POST" => Ok(Self::CreatePlan),
                _ => Err(NoRoute::OtherMethod("GET, POST")),
            },
            "/admin/subscriptions" => match method {
                "GET" => Ok(Self::ListSubscriptions),
                "POST" => Ok(Self::CreateSubscription),
                _ => Err(NoRoute::OtherMethod("GET, POST")),
            },
            "/admin/usage/reset" => only("POST", Self::RunUsageReset),
            "/admin/usage/reconcile" => only("POST", Self::RunUsageReconcile),
            "/admin/counted-sources" => match method {
                "GET" => Ok(Self::GetCountedSources),
                "PUT" => Ok(Self::SetCountedSources),
                _ => Err(NoRoute::OtherMethod("GET, PUT")),
            },
            "/admin/cache-lifetimes" => match method {
                "GET" => Ok(Self::GetCacheLifetimes),
                "PUT" => Ok(Self::SetCacheLifetimes),
                _ => Err(NoRoute::OtherMethod("GET, PUT")),
            },
            "/admin/reported-costs" => match method {
                "GET" => Ok(Self::GetReportedCosts),
                "PUT" => Ok(Self::SetReportedCosts),
                _ => Err(NoRoute::OtherMethod("GET, PUT")),
            },
            "/admin/reporting-time-zone" => match method {
                "GET" => Ok(Self::GetReportingTimeZone),
                "PUT" => Ok(Self::SetReportingTimeZone),
                _ => Err(NoRoute::OtherMethod("GET, PUT")),
            },
            path => {
                if let Some(id) = id_behind("/api/public/scores/", path) {
                    only("DELETE", Self::DeleteScore { id })
                } else if let Some(id) = id_behind("/admin/keys/", path) {
                    only("DELETE", Self::RevokeKey { id })
                } else if let Some(id) = id_behind("/admin/rerate/", path) {
                    only("GET", Self::GetRerate { id })
                } else {
                    of_plans(method, path)
                }
            }
        }
    }

    /// Whether a sender of events asks it: LibreChat, a collector, a script.
    pub(crate) const fn takes_events(&self) -> bool {
        matches!(
            self,
            Self::TrackInteraction
                | Self::TrackBatch
                | Self::StartSession
                | Self::EndSession
                | Self::ExportLangfuseTraces
                | Self::ExportTraces
                | Self::ListLangfuseProjects
                | Self::RecordScore
                | Self::DeleteScore { .. }
                | Self::TestLangfuseIngestion
                | Self::DeclineMedia
        )
    }

    /// Its name in logs: no id is part of it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::TrackInteraction => "trackInteraction",
            Self::TrackBatch => "trackBatch",
            Self::StartSession => "startSession",
            Self::EndSession => "endSession",
            Self::ExportLangfuseTraces => "exportLangfuseTraces",
            Self::ExportTraces => "exportTraces",
            Self::ListLangfuseProjects => "listLangfuseProjects",
            Self::RecordScore => "recordScore",
            Self::DeleteScore { .. } => "deleteScore",
            Self::TestLangfuseIngestion => "testLangfuseIngestion",
            Self::DeclineMedia => "declineMedia",
            Self::ListKeys => "listKeys",
            Self::CreateKey => "createKey",
            Self::RevokeKey { .. } => "revokeKey",
            Self::ListAudit => "listAudit",
            Self::ListRejections => "listRejections",
            Self::GetCountedSources => "getCountedSources",
            Self::SetCountedSources => "setCountedSources",
            Self::GetCacheLifetimes => "getCacheLifetimes",
            Self::SetCacheLifetimes => "setCacheLifetimes",
            Self::GetReportedCosts => "getReportedCosts",
            Self::SetReportedCosts => "setReportedCosts",
            Self::GetReportingTimeZone => "getReportingTimeZone",
            Self::SetReportingTimeZone => "setReportingTimeZone",
            Self::RenewLedgerEpoch => "renewLedgerEpoch",
            Self::RunArchive => "runArchive",
            Self::RunVerify => "runVerify",
            Self::RunReprice => "runReprice",
            Self::ListRerates => "listRerates",
            Self::StartRerate => "startRerate",
            Self::GetRerate { .. } => "getRerate",
            Self::ListPlans => "listPlans",
            Self::CreatePlan => "createPlan",
            Self::GetPlan { .. } => "getPlan",
            Self::CreatePlanVersion { .. } => "createPlanVersion",
            Self::ListSubscriptions => "listSubscriptions",
            Self::CreateSubscription => "createSubscription",
            Self::GetSubscription { .. } => "getSubscription",
            Self::ChangeSubscription { .. } => "changeSubscription",
            Self::RunUsageReset => "runUsageReset",
            Self::RunUsageReconcile => "runUsageReconcile",
            Self::GetHealth => "getTrackerHealth",
        }
    }
}

/// The operations of one plan or subscription.
fn of_plans(method: &str, path: &str) -> Result<Route, NoRoute> {
    if let Some(id) = id_behind("/admin/subscriptions/", path) {
        return match method {
            "GET" => Ok(Route::GetSubscription { id }),
            "PATCH" => Ok(Route::ChangeSubscription { id }),
            _ => Err(NoRoute::OtherMethod("GET, PATCH")),
        };
    }
    let plan = path.strip_suffix("/versions");
    if let Some(id) = plan.and_then(|plan| id_behind("/admin/plans/", plan)) {
        return only(method, "POST", Route::CreatePlanVersion { id });
    }
    match id_behind("/admin/plans/", path) {
        Some(id) => only(method, "GET", Route::GetPlan { id }),
        None => Err(NoRoute::UnknownPath),
    }
}

/// The one decoded segment behind a prefix.
fn id_behind(prefix: &str, path: &str) -> Option<String> {
    let segment = path
        .strip_prefix(prefix)
        .filter(|id| !id.is_empty() && !id.contains('/'))?;
    percent_decode_str(segment)
        .decode_utf8()
        .ok()
        .map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_and_a_path_name_an_operation() {
        assert_eq!(Route::of("POST", "/track/batch"), Ok(Route::TrackBatch));
        assert_eq!(
            Route::of("DELETE", "/api/public/scores/feedback-5c%2Fx"),
            Ok(Route::DeleteScore {
                id: "feedback-5c/x".to_owned()
            })
        );
    }

    #[test]
    fn a_base_address_that_ends_in_a_slash_leads_to_the_same() {
        for path in [
            "//api/public/otel/v1/traces",
            "///api/public/otel/v1/traces",
        ] {
            assert_eq!(Route::of("POST", path), Ok(Route::ExportLangfuseTraces));
        }
        assert_eq!(Route::of("POST", "//"), Err(NoRoute::UnknownPath));
    }

    #[test]
    fn another_method_is_told_from_an_unknown_path() {
        assert_eq!(
            Route::of("GET", "/track/batch"),
            Err(NoRoute::OtherMethod("POST"))
        );
        assert_eq!(
            Route::of("PATCH", "/admin/keys"),
            Err(NoRoute::OtherMethod("GET, POST"))
        );
        assert_eq!(
            Route::of("POST", "/track/batch/"),
            Err(NoRoute::UnknownPath)
        );
        assert_eq!(
            Route::of("DELETE", "/admin/keys/"),
            Err(NoRoute::UnknownPath)
        );
        assert_eq!(
            Route::of("DELETE", "/admin/keys/a/b"),
            Err(NoRoute::UnknownPath)
        );
    }
}
