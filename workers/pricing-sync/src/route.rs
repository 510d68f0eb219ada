//! Which operation a method and a path name.
use edge::worker_kit::{NoRoute, only};

/// One operation of `contracts/pricing-sync-api.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    RunSync,
    ListRates,
    GetHistory,
    ListAssumed,
    ListConflicts,
    ListQuarantine,
    ApproveQuarantined { price_id: i64 },
    RejectQuarantined { price_id: i64 },
    ChangeOverride,
    ListMappings,
    ChangeMapping,
    ListUnpriced,
    ListSources,
    GetHealth,
}

impl Route {
    /// The operation of a method and a path.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, NoRoute> {
        let only = |allow: &'static str, route: Self| only(method, allow, route);
        match path {
            "/pricing/sync" => only("POST", Self::RunSync),
            "/pricing/rates" => only("GET", Self::ListRates),
            "/pricing/history" => only("GET", Self::GetHistory),
            "/pricing/assumed" => only("GET", Self::ListAssumed),
            "/pricing/conflicts" => only("GET", Self::ListConflicts),
            "/pricing/quarantine" => only("GET", Self::ListQuarantine),
            "/pricing/overrides" => only("POST", Self::ChangeOverride),
            "/pricing/unpriced" => only("GET", Self::ListUnpriced),
            "/pricing/sources" => only("GET", Self::ListSources),
            "/health" => only("GET", Self::GetHealth),
            "/pricing/mappings" => match method {
                "GET" => Ok(Self::ListMappings),
                "POST" => Ok(Self::ChangeMapping),
                _ => Err(NoRoute::OtherMethod("GET, POST")),
            },
            _ => match quarantined(path) {
                Some(route) => only("POST", route),
                None => Err(NoRoute::UnknownPath),
            },
        }
    }

    /// Its name in logs.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::RunSync => "runSync",
            Self::ListRates => "listRates",
            Self::GetHistory => "getPriceHistory",
            Self::ListAssumed => "listAssumed",
            Self::ListConflicts => "listConflicts",
            Self::ListQuarantine => "listQuarantine",
            Self::ApproveQuarantined { .. } => "approveQuarantined",
            Self::RejectQuarantined { .. } => "rejectQuarantined",
            Self::ChangeOverride => "changeOverride",
            Self::ListMappings => "listMappings",
            Self::ChangeMapping => "changeMapping",
            Self::ListUnpriced => "listUnpriced",
            Self::ListSources => "listPriceSources",
            Self::GetHealth => "getPricingHealth",
        }
    }
}

fn quarantined(path: &str) -> Option<Route> {
    let (id, action) = path.strip_prefix("/pricing/quarantine/")?.split_once('/')?;
    let price_id = id.parse().ok()?;
    match action {
        "approve" => Some(Route::ApproveQuarantined { price_id }),
        "reject" => Some(Route::RejectQuarantined { price_id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{NoRoute, Route};

    #[test]
    fn a_method_and_a_path_name_an_operation() {
        assert_eq!(Route::of("GET", "/pricing/rates"), Ok(Route::ListRates));
        assert_eq!(
            Route::of("POST", "/pricing/quarantine/7/approve"),
            Ok(Route::ApproveQuarantined { price_id: 7 })
        );
    }

    #[test]
    fn another_method_is_told_from_an_unknown_path() {
        assert_eq!(
            Route::of("PUT", "/pricing/mappings"),
            Err(NoRoute::OtherMethod("GET, POST"))
        );
        assert_eq!(
            Route::of("GET", "/pricing/quarantine/7/reject"),
            Err(NoRoute::OtherMethod("POST"))
        );
        assert_eq!(
            Route::of("POST", "/pricing/quarantine/x/reject"),
            Err(NoRoute::UnknownPath)
        );
        assert_eq!(Route::of("GET", "/pricing"), Err(NoRoute::UnknownPath));
    }
}
