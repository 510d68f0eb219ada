//! Which operation a method and a path name, or whose they are.
use std::borrow::Cow;

use edge::worker_kit::{NoRoute, only, without_doubled_slash};
use percent_encoding::percent_decode_str;

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An operation of this Worker.
    Operation(Route),
    /// Another Worker's, behind this binding.
    Forward(&'static str),
}

/// One operation of `contracts/analytics-api.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    ListSessions,
    GetSession { id: String },
    ListSessionInteractions { id: String },
    GetInteractionCost { id: String },
    GetDailyStats,
    ListUserStats,
    GetUserStats { id: String },
    ListModelStats,
    ListAgentStats,
    GetSystemStats,
    ExportInteractions,
    ExportSessions,
    ExportDaily,
    ExportFocus,
    GetWatermark,
    GetUsage,
    PreflightUsage,
    CreateUsageToken,
    ListUsagePeriods,
    ListUsageSubjects,
    ListUnreadFields,
    ListReportedCosts,
    ListLeftOut,
    GetIntegrity,
    ListJobRuns,
    GetHealth,
    SignIn,
    SignOut,
    GetMe,
    OpenRoot,
    OpenDashboard,
    OpenDocs,
    GetContract,
}

/// The binding of `analytics-tracker`.
pub(crate) const TRACKER: &str = "TRACKER";
/// The binding of `pricing-sync`.
pub(crate) const PRICING: &str = "PRICING";

/// Path prefixes of the other Workers.
const FORWARDED: [(&str, &str); 5] = [
    ("/track/", TRACKER),
    ("/api/public/", TRACKER),
    ("/v1/traces", TRACKER),
    ("/admin/", TRACKER),
    ("/pricing/", PRICING),
];

impl Target {
    /// What a method and an undecoded path are for.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, NoRoute> {
        let path = without_doubled_slash(path);
        let forwarded = FORWARDED.iter().find(|(prefix, _)| {
            path.starts_with(prefix) && (prefix.ends_with('/') || path.len() == prefix.len())
        });
        if let Some((_, binding)) = forwarded {
            return Ok(Self::Forward(binding));
        }
        // A page of another origin asks first whether its widget may.
        if method == "OPTIONS" && path == "/api/v1/usage" {
            return Ok(Self::Operation(Route::PreflightUsage));
        }
        let (allowed, route) = operation(path).ok_or(NoRoute::UnknownPath)?;
        only(method, allowed, Self::Operation(route))
    }
}

fn operation(path: &str) -> Option<(&'static str, Route)> {
    let route = match path {
        "/" => Route::OpenRoot,
        "/sessions" => Route::ListSessions,
        "/stats/daily" => Route::GetDailyStats,
        "/stats/users" => Route::ListUserStats,
        "/stats/models" => Route::ListModelStats,
        "/stats/agents" => Route::ListAgentStats,
        "/stats/system" => Route::GetSystemStats,
        "/export/interactions" => Route::ExportInteractions,
        "/export/sessions" => Route::ExportSessions,
        "/export/daily" => Route::ExportDaily,
        "/export/focus" => Route::ExportFocus,
        "/watermark" => Route::GetWatermark,
        "/api/v1/usage" => Route::GetUsage,
        "/api/v1/usage/token" => return Some(("POST", Route::CreateUsageToken)),
        "/api/v1/usage/periods" => Route::ListUsagePeriods,
        "/api/v1/usage/subjects" => Route::ListUsageSubjects,
        "/accuracy/unread-fields" => Route::ListUnreadFields,
        "/accuracy/reported-costs" => Route::ListReportedCosts,
        "/left-out" => Route::ListLeftOut,
        "/integrity" => Route::GetIntegrity,
        "/jobs" => Route::ListJobRuns,
        "/health" => Route::GetHealth,
        "/auth/me" => Route::GetMe,
        "/docs" => Route::OpenDocs,
        path if path.starts_with("/docs/") => Route::OpenDocs,
        "/auth/sign-in" => return Some(("POST", Route::SignIn)),
        "/auth/sign-out" => return Some(("POST", Route::SignOut)),
        "/app" => Route::OpenDashboard,
        path if path.starts_with("/app/") => Route::OpenDashboard,
        path => return behind_an_id(path).map(|route| ("GET", route)),
    };
    Some(("GET", route))
}

fn behind_an_id(path: &str) -> Option<Route> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let id = |segment: &str| {
        let decoded = percent_decode_str(segment)
            .decode_utf8()
            .ok()
            .map(Cow::into_owned);
        decoded.filter(|id| !id.is_empty())
    };
    match segments.as_slice() {
        ["sessions", session] => id(session).map(|id| Route::GetSession { id }),
        ["sessions", session, "interactions"] => {
            id(session).map(|id| Route::ListSessionInteractions { id })
        }
        ["interactions", interaction, "cost"] => {
            id(interaction).map(|id| Route::GetInteractionCost { id })
        }
        ["stats", "users", user] => id(user).map(|id| Route::GetUserStats { id }),
        ["contracts", _] => Some(Route::GetContract),
        _ => None,
    }
}

impl Route {
    /// Its name in the contract and in logs: no id is part of it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::ListSessions => "listSessions",
            Self::GetSession { .. } => "getSession",
            Self::ListSessionInteractions { .. } => "listSessionInteractions",
            Self::GetInteractionCost { .. } => "getInteractionCost",
            Self::GetDailyStats => "getDailyStats",
            Self::ListUserStats => "listUserStats",
            Self::GetUserStats { .. } => "getUserStats",
            Self::ListModelStats => "listModelStats",
            Self::ListAgentStats => "listAgentStats",
            Self::GetSystemStats => "getSystemStats",
            Self::ExportInteractions => "exportInteractions",
            Self::ExportSessions => "exportSessions",
            Self::ExportDaily => "exportDaily",
            Self::ExportFocus => "exportFocus",
            Self::GetWatermark => "getWatermark",
            Self::GetUsage => "getUsage",
            Self::PreflightUsage => "preflightUsage",
            Self::CreateUsageToken => "createUsageToken",
            Self::ListUsagePeriods => "listUsagePeriods",
            Self::ListUsageSubjects => "listUsageSubjects",
            Self::ListUnreadFields => "listUnreadFields",
            Self::ListReportedCosts => "listReportedCosts",
            Self::ListLeftOut => "listLeftOut",
            Self::GetIntegrity => "getIntegrity",
            Self::ListJobRuns => "listJobRuns",
            Self::GetHealth => "getHealth",
            Self::SignIn => "signIn",
            Self::SignOut => "signOut",
            Self::GetMe => "getMe",
            Self::OpenRoot => "openRoot",
            Self::OpenDashboard => "openDashboard",
            Self::OpenDocs => "openDocs",
            Self::GetContract => "getContract",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, path: &str) -> Result<Target, NoRoute> {
        Target::of(method, path)
    }

    #[test]
    fn an_id_may_hold_any_character_that_is_encoded() {
        let id = "a/b:c d".to_owned();
        assert_eq!(
            of("GET", "/sessions/a%2Fb%3Ac%20d"),
            Ok(Target::Operation(Route::GetSession { id: id.clone() }))
        );
        assert_eq!(
            of("GET", "/interactions/a%2Fb%3Ac%20d/cost"),
            Ok(Target::Operation(Route::GetInteractionCost { id }))
        );
    }

    #[test]
    fn the_other_workers_paths_are_forwarded_with_every_method() {
        for (path, binding) in [
            ("/track/interaction", TRACKER),
            ("/api/public/otel/v1/traces", TRACKER),
            ("//api/public/otel/v1/traces", TRACKER),
            ("/v1/traces", TRACKER),
            ("/admin/keys", TRACKER),
            ("/pricing/rates", PRICING),
        ] {
            for method in ["GET", "POST", "DELETE"] {
                assert_eq!(of(method, path), Ok(Target::Forward(binding)), "{path}");
            }
        }
    }

    #[test]
    fn pages_share_no_path_with_endpoints() {
        assert_eq!(
            of("GET", "/app/sessions/s1"),
            Ok(Target::Operation(Route::OpenDashboard))
        );
        assert_eq!(of("GET", "/appendix"), Err(NoRoute::UnknownPath));
        assert_eq!(of("GET", "/v1/traces/x"), Err(NoRoute::UnknownPath));
    }

    #[test]
    fn another_method_is_told_from_an_unknown_path() {
        assert_eq!(of("POST", "/sessions"), Err(NoRoute::OtherMethod("GET")));
        assert_eq!(
            of("GET", "/auth/sign-in"),
            Err(NoRoute::OtherMethod("POST"))
        );
        assert_eq!(of("GET", "/sessions/"), Err(NoRoute::UnknownPath));
        assert_eq!(of("GET", "/sessions/%FF"), Err(NoRoute::UnknownPath));
        assert_eq!(of("GET", "/nowhere"), Err(NoRoute::UnknownPath));
    }
}
