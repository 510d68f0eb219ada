// Generated from contracts/analytics-api.yaml by `npm run generate -w dashboard`. Do not edit.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads to the dashboard. */
        get: operations["openRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accuracy/reported-costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What providers and gateways say they billed, beside the estimates, by day and model.
         * @description Only interactions that are priced whole and whose usage carried an amount. A difference of more than one part in a
         *     hundred is a finding: that is how a wrong price is noticed first.
         *     Without dates the last thirty days; at most 400.
         */
        get: operations["listReportedCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accuracy/unread-fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Numbers of usage objects that no rule gives a meaning, the most frequent first.
         * @description By field, provider and source: interactions that carry one are `partial`, and their receipts name the field and its
         *     value. A price under the provider for the resource `unread:<field>` gives it a meaning.
         *     Without dates the last thirty days; at most 400.
         */
        get: operations["listUnreadFields"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What somebody used of what they may use, in one answer.
         * @description Without a parameter a key of scope `self`, or a token of `POST /api/v1/usage/token`, reads its own user. A key of scope `read` or `admin` names whom:
         *     `user_id` (with `tenant_id` where the user has one), `tenant_id` alone, or `subject=installation`.
         *
         *     A subject without a plan gets the usage of the calendar month with `plan: null`. Amounts are decimal text; `null` is
         *     unlimited or unknown and never 0. `state` is decided here: `over` where something is used beyond what is included,
         *     `near` from the highest threshold below 100 percent on (80 without one), `ok`, or `unlimited`.
         *     Without `include` a poll reads at most 20 rows of the database, and an answer 304 at most 4.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        /**
         * Whether a page of another origin may ask with a token.
         * @description Origins stand in the variable `WIDGET_ORIGINS`, separated by commas. Cookies are never allowed.
         */
        options: operations["preflightUsage"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage/periods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A subject's periods, newest first, each with what was closed, adjusted and charged.
         * @description Of whom as with `/api/v1/usage`. What came to a period after it was closed stands in its `adjusted`, and as an
         *     `adjustments` item of the period that it is charged with.
         */
        get: operations["listUsagePeriods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is near or over, with the counts of each state.
         * @description Needs scope `read` or `admin`. Every subject with a subscription of its own, and each user of the default plan who
         *     used something in its period. Counts, charge and histogram are of all that the filters choose but `state`;
         *     rows are sorted by the server, ties by what was used and then by id.
         */
        get: operations["listUsageSubjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A token with which a widget shows one user's own usage.
         * @description Needs a key of scope `widget`, in the header. The token holds for at most 15 minutes, for `GET /api/v1/usage` alone, in the
         *     `Authorization` header alone (`Bearer ut1.…`), from pages of `audience` alone, and ends with the key that made it.
         */
        post: operations["createUsageToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/app/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The dashboard's files; an unknown path without a file extension is the dashboard's own page. */
        get: operations["openDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is asking, and what that key may do. */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a key for a cookie.
         * @description The key needs scope `read`, `self` or `admin`. The cookie is HttpOnly, Secure and SameSite=Strict,
         *     signed, and names its key: when the key is revoked the cookie ends within 30 seconds. It lasts an hour
         *     and is renewed by what it is used for, for twelve hours after the sign-in at most. Needs a same-origin
         *     `Origin`. After ten unknown keys in a minute from one address, at the sign-in or in headers, further
         *     ones are answered 429; a key that is known here is never held up by them.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends the browser's session.
         * @description The sign-in ends everywhere within 30 seconds: a copy of its cookie is refused too. Needs a
         *     same-origin `Origin`. Without a session it does nothing.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contracts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One contract as YAML. */
        get: operations["getContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The suite's three contracts as a page; the files that it is drawn with lie below its path. */
        get: operations["openDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/export/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sums by day, whole or grouped, one line for each day and group.
         * @description Its sums equal those of `/stats/daily` with the same filters; no group is folded into "other".
         */
        get: operations["exportDaily"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/export/focus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Cost by day, user and model as a FOCUS 1.2 CSV.
         * @description The FinOps Open Cost and Usage Specification, version 1.2; custom columns start with `x_`. Usage without any
         *     price is left out, since the specification has no word for an unknown cost; `coverage` of `/stats/system` counts it.
         */
        get: operations["exportFocus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/export/interactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every interaction of a range, one line each, streamed.
         * @description Sorted by time. The columns of the CSV are those of `InteractionRow`.
         */
        get: operations["exportInteractions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/export/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every session that the filters of `/sessions` find, streamed.
         * @description Sorted by start.
         */
        get: operations["exportSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the suite works; speaks for all three Workers.
         * @description A monitor needs no key: it gets the one word `status`, at most ten seconds old. A caller who may read
         *     gets what each Worker says of itself.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/integrity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the sums agree with each other and with the interactions.
         * @description Recounts the range from the interactions (hot and archived) and compares with every rollup, and reports
         *     what the verification by cron last found. A range of at most 31 days; without dates the last seven.
         */
        get: operations["getIntegrity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/interactions/{interaction_id}/cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The receipt of one interaction, line by line.
         * @description Each line is quantity × rate ÷ per (× multiplier) = amount, with the dated row of the price book that it
         *     used. The lines' sum is computed afresh and compared with the stored total. `today` is
         *     what the same interaction would cost at the prices in force now.
         */
        get: operations["getInteractionCost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs of the scheduled jobs (syncs, archival, verification, re-rating), newest first. */
        get: operations["listJobRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/left-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What traces held and the ledger did not take, the most frequent first.
         * @description By key, source and reason, counted by the reporting day on which it came and kept for 30 days. Where
         *     `is_worth_a_look`, money may be missing: a span was refused, or looks like a call of a model and is not understood.
         *     The other reasons are what any trace holds around its calls. A body that is sent again is counted again.
         *     Without dates the last thirty days.
         */
        get: operations["listLeftOut"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions, filtered, sorted and paged.
         * @description A session belongs to the range if it started in it. Without dates, all sessions. Sessions older
         *     than the retention are read from the archive, in the same order and paging. A key of scope `self`
         *     does not see sessions that hold other users' events too.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session with its sums, what drove them, and its first interactions. */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{session_id}/interactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A session's interactions in order of time, with the running cost. */
        get: operations["listSessionInteractions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Agents by cost, tokens, interactions or errors, with share, change and trend.
         * @description What was done without an agent is the group with an empty agent name.
         */
        get: operations["listAgentStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Usage and cost over time, whole or grouped, for charts.
         * @description One bucket for each day, week (Monday to Sunday) or month that the range touches; buckets at the ends hold only the days of
         *     the range. With `group_by`, the `top` groups by `rank_by` over the range come as `series`, the rest
         *     together as `other`; both with one value for each bucket, in the order of `buckets`. `share` and
         *     `count_change` are of that measure too.
         *
         *     `group_by=component` splits cost alone, `group_by=token_type` splits tokens alone: the other
         *     sums of a value are `null` there. Both come whole, without `other`, and ranked in a fixed order;
         *     another `rank_by` than the one that they split is refused.
         *
         *     `include=sessions` adds distinct sessions and active users, `include=latency`
         *     percentiles for each bucket; both read more rows.
         */
        get: operations["getDailyStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Models by cost, tokens, interactions or errors, with latency, cache hits, share, change and trend.
         * @description A model is a provider and a name; what has no model (db, api, cost-event) is one group for each provider with an empty model name.
         */
        get: operations["listModelStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole installation over a range (or the slice that the filters leave).
         * @description Totals, coverage of pricing, error rate, cache savings, latency and time to first token, the comparison with
         *     its bridge, and the forecast of the current month. Latency is kept by provider and model: with
         *     a filter by user, agent or type it is `null`.
         */
        get: operations["getSystemStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users by cost, tokens, interactions or errors, with their share, change and trend. */
        get: operations["listUserStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user, over a lifetime and over a range. */
        get: operations["getUserStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/watermark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether anything moved; cheap enough to ask every 30 seconds. */
        get: operations["getWatermark"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Format: date-time
         * @description When the newest interaction in the ledger was received; `null` while it is empty.
         */
        AsOf: string | null;
        /**
         * @description Why the cost differs between the two compared parts: `from` + `volume` + `mix` + `price` + `new` + `gone` = `to`, exact
         *     to the picodollar. An item is a provider, model and type; its quantity is tokens for what has tokens and
         *     interactions for the rest. `new` and `gone` are items with usage in one period only. Over the others,
         *     `volume` is the other period's cost scaled by the quantity's growth, `price` values this period's tokens at this
         *     period's prices less at the other period's (dated list prices by token type; the unit price where the book has none), and `mix` is what is
         *     left: other models, other token types. `token_mix` is the part of `mix` inside the items (cache
         *     hits among it). Each step is rounded half-even; what rounding leaves goes into `mix`.
         */
        Bridge: {
            from: components["schemas"]["Money"];
            gone: components["schemas"]["Money"];
            /** @description The items with the largest difference, ten at most. */
            items: components["schemas"]["BridgeStep"][];
            mix: components["schemas"]["Money"];
            new: components["schemas"]["Money"];
            price: components["schemas"]["Money"];
            to: components["schemas"]["Money"];
            token_mix: components["schemas"]["Money"];
            volume: components["schemas"]["Money"];
        };
        BridgeStep: {
            gone: components["schemas"]["Money"];
            mix: components["schemas"]["Money"];
            model: string;
            new: components["schemas"]["Money"];
            price: components["schemas"]["Money"];
            provider: string;
            type: components["schemas"]["InteractionType"];
            volume: components["schemas"]["Money"];
        };
        Bucket: {
            /** @description `false`: it is still running or lies ahead. */
            complete: boolean;
            distinct: components["schemas"]["Distinct"] | null;
            end_date: components["schemas"]["Day"];
            /** @description The first moment after it. */
            end_time: components["schemas"]["Time"];
            figures: components["schemas"]["Figures"];
            latency: components["schemas"]["Latency"] | null;
            /** @description The aligned bucket of the compared period; `null` without comparison, or where there is none. */
            previous: components["schemas"]["PreviousBucket"] | null;
            start_date: components["schemas"]["Day"];
            /** @description The first moment. */
            start_time: components["schemas"]["Time"];
        };
        /** @description One bucket of a series; a sum that the dimension does not split is `null`. */
        BucketValue: {
            error_count: components["schemas"]["CountOrNull"];
            interaction_count: components["schemas"]["CountOrNull"];
            token_count: components["schemas"]["CountOrNull"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            unpriced_count: components["schemas"]["CountOrNull"];
        };
        /** @description The compared part of this period against the aligned part of the other. */
        Change: {
            current_total_cost: components["schemas"]["MoneyOrUnpriced"];
            difference: components["schemas"]["MoneyOrUnpriced"];
            previous_total_cost: components["schemas"]["MoneyOrUnpriced"];
            /** @description Difference over previous; `null` where the previous is zero or unknown ("new"). */
            ratio: components["schemas"]["Ratio"];
        };
        /** @enum {string} */
        CompareMode: "none" | "previous" | "last_month" | "last_year" | "weekdays";
        Comparison: {
            /** @description `false`: show no percentage; `reason` says why. */
            comparable: boolean;
            cost_change: components["schemas"]["Change"];
            current: components["schemas"]["Period"] | null;
            current_figures: components["schemas"]["Figures"];
            error_rate_difference: components["schemas"]["Ratio"];
            interaction_difference: number;
            interaction_ratio: components["schemas"]["Ratio"];
            mode: components["schemas"]["CompareMode"];
            previous: components["schemas"]["Period"] | null;
            previous_figures: components["schemas"]["Figures"];
            /**
             * @description `open_day`: the range has no complete day yet. `no_data_before`: the ledger holds nothing in the other
             *     period. `coverage_differs`: the priced
             *     share of tokens differs by more than five points.
             * @enum {string|null}
             */
            reason: "open_day" | "no_data_before" | "coverage_differs" | null;
        };
        /** @enum {string} */
        Component: "ai_tokens" | "db_ops" | "api_calls" | "compute_time";
        CostByComponent: {
            ai_tokens: components["schemas"]["MoneyOrUnpriced"];
            api_calls: components["schemas"]["MoneyOrUnpriced"];
            compute_time: components["schemas"]["MoneyOrUnpriced"];
            db_ops: components["schemas"]["MoneyOrUnpriced"];
        };
        CostLine: {
            /** @description Rounding happens once for each component; the amounts of its lines add up to it exactly. */
            amount: components["schemas"]["MoneyOrUnpriced"];
            component: components["schemas"]["Component"];
            /** @description Remarks, for example `assumed_start`, `stale_price`, `billed_as_input`, `billed_as_output`, `context_tier_missing`, `declared`, `unpriced`; of how the usage was read `cache_lifetime_assumed`, `cache_lifetime_by_setting`, `total_decided`, `total_differs`, `hidden_reasoning`, `overlap_concluded`, `compaction_added`, `image_output_concluded`, `unread_usage`, `reported_by_sender`; `reported` where the amount that the provider reports counts (`PUT /admin/reported-costs`); and `disputed_price` while the line's price is in force and another list says something else or another price waits in its place (`GET /pricing/conflicts`, `GET /pricing/quarantine`). */
            flags: string[];
            /** @description A rational factor on the amount, where one applied. */
            multiplier: components["schemas"]["Multiplier"] | null;
            /** @description `null` where the book had no rate, or the amount was declared. */
            price: components["schemas"]["PriceOrigin"] | null;
            quantity: components["schemas"]["Count"];
            resource_type: components["schemas"]["ResourceType"];
        };
        Count: number;
        /** @description A count of the compared part of this period against that of the aligned part of the other. */
        CountChange: {
            current: components["schemas"]["Count"];
            difference: number;
            previous: components["schemas"]["Count"];
            /** @description Difference over previous; `null` where the previous is zero ("new"). */
            ratio: components["schemas"]["Ratio"];
        };
        CountOrNull: number | null;
        /** @description What part of the slice the cost covers. */
        Coverage: {
            /** @description Interactions with a price for a part only; they are among the priced ones. */
            partial_interactions: components["schemas"]["Count"];
            priced_interaction_ratio: components["schemas"]["Ratio"];
            priced_interactions: components["schemas"]["Count"];
            priced_token_ratio: components["schemas"]["Ratio"];
            priced_tokens: components["schemas"]["Count"];
            unpriced_interactions: components["schemas"]["Count"];
            unpriced_tokens: components["schemas"]["Count"];
        };
        DailyRow: {
            aborted_count: components["schemas"]["Count"];
            ai_tokens_cost: components["schemas"]["MoneyOrUnpriced"];
            api_calls_cost: components["schemas"]["MoneyOrUnpriced"];
            audio_in_tokens: components["schemas"]["Count"];
            audio_out_tokens: components["schemas"]["Count"];
            cache_read_tokens: components["schemas"]["Count"];
            cache_savings: components["schemas"]["Money"];
            cache_write_1h_tokens: components["schemas"]["Count"];
            cache_write_5m_tokens: components["schemas"]["Count"];
            compute_time_cost: components["schemas"]["MoneyOrUnpriced"];
            day: components["schemas"]["Day"];
            db_ops_cost: components["schemas"]["MoneyOrUnpriced"];
            error_count: components["schemas"]["Count"];
            /** @description The group's id, empty without grouping. */
            group: string;
            image_in_tokens: components["schemas"]["Count"];
            image_out_tokens: components["schemas"]["Count"];
            input_tokens: components["schemas"]["Count"];
            interaction_count: components["schemas"]["Count"];
            output_tokens: components["schemas"]["Count"];
            partial_count: components["schemas"]["Count"];
            reasoning_tokens: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            unpriced_count: components["schemas"]["Count"];
            unpriced_tokens: components["schemas"]["Count"];
        };
        DailyStats: {
            as_of: components["schemas"]["AsOf"];
            bridge: components["schemas"]["Bridge"] | null;
            buckets: components["schemas"]["Bucket"][];
            comparison: components["schemas"]["Comparison"] | null;
            /** @description The whole's change of `rank_by`, where that is a count; else `null`. */
            count_change: components["schemas"]["CountChange"] | null;
            coverage: components["schemas"]["Coverage"];
            distinct: components["schemas"]["Distinct"] | null;
            filters: components["schemas"]["Filters"];
            forecast: components["schemas"]["Forecast"];
            granularity: components["schemas"]["Granularity"];
            /** @enum {string|null} */
            group_by: "model" | "user" | "agent" | "provider" | "type" | "component" | "token_type" | null;
            ledger_version: components["schemas"]["Count"];
            /** @description Price changes of models used in the slice, oldest first; the 100 newest at most. */
            marks: components["schemas"]["Mark"][];
            marks_truncated: boolean;
            other: components["schemas"]["OtherSeries"] | null;
            period: components["schemas"]["Period"];
            rank_by: components["schemas"]["Measure"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            series: components["schemas"]["Series"][];
            total: components["schemas"]["Figures"];
            totals_do_not_add_up: components["schemas"]["DoNotAddUp"];
        };
        /**
         * Format: date
         * @description An ISO date in the reporting time zone.
         * @example 2026-11-23
         */
        Day: string;
        /** @enum {string} */
        Dimension: "model" | "user" | "agent" | "provider" | "type" | "component" | "token_type";
        /**
         * @description Distinct counts; they do not add up. `null` unless asked for with `include=sessions`, and with a filter by
         *     model, provider, agent or type.
         */
        Distinct: {
            /** @description Distinct sessions that were active in the slice, by a start or an interaction. */
            session_count: components["schemas"]["Count"];
            /** @description Distinct users that were active in the slice. */
            user_count: components["schemas"]["Count"];
        };
        /**
         * @description The names of fields whose parts do not sum to the whole.
         * @example [
         *       "session_count",
         *       "user_count",
         *       "p50_ms",
         *       "p95_ms",
         *       "p99_ms",
         *       "error_rate",
         *       "cache_hit_rate",
         *       "cost_per_interaction"
         *     ]
         */
        DoNotAddUp: string[];
        Driver: {
            amount: components["schemas"]["Money"];
            component: components["schemas"]["Component"];
            model: string;
            provider: string;
            quantity: components["schemas"]["Count"];
            resource_type: components["schemas"]["ResourceType"];
            share: components["schemas"]["Ratio"];
        };
        ErrorShare: {
            error_count: components["schemas"]["Count"];
            error_rate: components["schemas"]["Ratio"];
            interaction_count: components["schemas"]["Count"];
            model: string;
            provider: string;
            type: components["schemas"]["InteractionType"];
        };
        Estimate: {
            cache_savings: components["schemas"]["Money"];
            calculation_version: components["schemas"]["Count"];
            cost_by_component: components["schemas"]["CostByComponent"];
            created_at: components["schemas"]["Time"];
            /** @enum {string} */
            currency: "USD";
            /** @description How the model's name was matched. */
            match_kind: string | null;
            price_book_version: components["schemas"]["Count"];
            price_state: components["schemas"]["PriceState"];
            /** @description Why it was made anew; `null` for the estimate made on arrival. */
            reason: string | null;
            revision: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
        };
        ExportAbout: {
            as_of: components["schemas"]["AsOf"];
            /** @description Over the same filters; `null` for sessions. */
            coverage: components["schemas"]["Coverage"] | null;
            /** @enum {string} */
            export: "interactions" | "sessions" | "daily";
            /** @description The parameters as given. */
            filters: {
                [key: string]: string;
            };
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"] | null;
            reporting_time_zone: components["schemas"]["TimeZone"];
        };
        /**
         * @description The ledger as it stood when the last row was read. Interactions that came in meanwhile are not in the file; where
         *     the version moved, sums by day, sessions and prices may have moved between the first row and the last.
         */
        ExportEnd: {
            /** @description Whether it is another version than the one that the file began with. */
            ledger_moved: boolean;
            ledger_version: components["schemas"]["Count"];
        };
        ExportFile: {
            about: components["schemas"]["ExportAbout"];
            end: components["schemas"]["ExportEnd"];
            rows: (components["schemas"]["InteractionRow"] | components["schemas"]["SessionRow"] | components["schemas"]["DailyRow"])[];
        };
        /** @enum {string} */
        ExportFormat: "csv" | "json" | "ndjson";
        /** @description The sums of a slice. Counts, tokens and costs add up; the rates do not. */
        Figures: {
            /** @description Interactions that their user or a time limit stopped; they are no failures. */
            aborted_count: components["schemas"]["Count"];
            /** @description Cached input over all text input. */
            cache_hit_rate: components["schemas"]["Ratio"];
            /** @description What the prompt cache saved against uncached input; negative where its writes cost more. */
            cache_savings: components["schemas"]["Money"];
            cost_by_component: components["schemas"]["CostByComponent"];
            /** @description Total cost over the interactions that have a price, rounded half-even to the picodollar. */
            cost_per_interaction: components["schemas"]["MoneyOrUnpriced"];
            error_count: components["schemas"]["Count"];
            /** @description Failed interactions over those that were not stopped. */
            error_rate: components["schemas"]["Ratio"];
            interaction_count: components["schemas"]["Count"];
            /** @description Interactions with a price for a part only. */
            partial_count: components["schemas"]["Count"];
            tokens: components["schemas"]["Tokens"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            /** @description Interactions without any price; not in `total_cost`. */
            unpriced_count: components["schemas"]["Count"];
            /** @description Tokens of the unpriced interactions. */
            unpriced_tokens: components["schemas"]["Count"];
        };
        /** @description The filters as they were understood; absent ones are `null`. */
        Filters: {
            agent: string | null;
            model: string | null;
            provider: string | null;
            tenant_id: string | null;
            /** @enum {string|null} */
            type: "chat" | "db" | "api" | "cost-event" | null;
            user_id: string | null;
        };
        /**
         * @description The current month's cost to its end, under the same filters, whatever the range. Method `weekday_median`: spent so far, and for each day
         *     left the median of the same weekday over the last 28 complete days (today counts as the larger of its median and
         *     what it has cost already). `low` and `high` are an 80 % range from the mean deviation of those
         *     28 days (days taken as independent; the error of the medians included). With fewer than seven complete days of data it is not available.
         */
        Forecast: {
            available: boolean;
            /** @description Complete days of data that the forecast rests on, 28 at most. */
            complete_days: components["schemas"]["Count"];
            /** @description Today (the whole day) and each day left. */
            days: components["schemas"]["ForecastDay"][];
            high: string | null;
            low: string | null;
            /** @enum {string} */
            method: "weekday_median";
            mid: string | null;
            /** @example 2026-11 */
            month: string;
            /** @enum {string|null} */
            reason: "too_few_days" | null;
            spent: components["schemas"]["Money"];
        };
        ForecastDay: {
            day: components["schemas"]["Day"];
            total_cost: components["schemas"]["Money"];
        };
        /** @enum {string} */
        Granularity: "hour" | "day" | "week" | "month";
        /** @description What a series or a row stands for. `id` is stable and unique within its dimension. */
        Group: {
            agent: string | null;
            dimension: components["schemas"]["Dimension"];
            /** @description The person was erased; the money stays. */
            erased: boolean;
            /**
             * @example anthropic/claude-opus-5
             * @example user-17
             */
            id: string;
            /** @description For people; may be empty where the source gave nothing. */
            label: string;
            model: string | null;
            provider: string | null;
            tenant_id: string | null;
            user_id: string | null;
        };
        /** @enum {string} */
        GroupDimension: "model" | "user" | "agent" | "provider" | "type";
        GroupList: {
            as_of: components["schemas"]["AsOf"];
            comparison: components["schemas"]["Comparison"] | null;
            coverage: components["schemas"]["Coverage"];
            dimension: components["schemas"]["GroupDimension"];
            distinct: components["schemas"]["Distinct"] | null;
            filters: components["schemas"]["Filters"];
            items: components["schemas"]["GroupRow"][];
            ledger_version: components["schemas"]["Count"];
            limit: components["schemas"]["Count"];
            offset: components["schemas"]["Count"];
            other: components["schemas"]["OtherRow"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            total: components["schemas"]["Figures"];
            /** @description How many groups there are. */
            total_count: components["schemas"]["Count"];
            totals_do_not_add_up: components["schemas"]["DoNotAddUp"];
            /** @description With `include=trend`. */
            trend_buckets: components["schemas"]["TrendBucket"][];
            /** @description By day up to 92 days, by week up to 400, else by month. */
            trend_granularity: components["schemas"]["Granularity"];
        };
        GroupRow: {
            change: components["schemas"]["Change"] | null;
            /** @description With `include=sessions`, rounded half-even to the picodollar. */
            cost_per_session: components["schemas"]["MoneyOrUnpriced"];
            /** @description With `include=sessions`. */
            distinct: components["schemas"]["Distinct"] | null;
            figures: components["schemas"]["Figures"];
            group: components["schemas"]["Group"];
            /** @description Its last day with usage in the range. */
            last_day: components["schemas"]["Day"];
            /** @description For models with `include=latency`, without filter by user, agent or type. */
            latency: components["schemas"]["Latency"] | null;
            rank_90d: number | null;
            share: components["schemas"]["Ratio"];
            /** @description With `include=trend`, its cost in each of `trend_buckets`. */
            trend: components["schemas"]["MoneyOrUnpriced"][] | null;
        };
        /** @enum {string} */
        GroupSort: "cost" | "interactions" | "tokens" | "errors" | "name";
        Health: {
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
            workers: {
                "analytics-api": components["schemas"]["WorkerHealth"];
                "analytics-tracker": components["schemas"]["WorkerHealth"];
                "pricing-sync": components["schemas"]["WorkerHealth"];
            };
        };
        /** @description What a caller without a key is told. */
        HealthInAWord: {
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
        };
        HourCell: {
            hour: number;
            interaction_count: components["schemas"]["Count"];
            /** @description 1 is Monday. */
            weekday: number;
        };
        /** @enum {string} */
        IncludeItem: "sessions" | "latency" | "trend";
        Integrity: {
            as_of: components["schemas"]["AsOf"];
            checks: components["schemas"]["IntegrityCheck"][];
            last_verification: components["schemas"]["JobRun"] | null;
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            /**
             * @description `mismatch` where the recount differs, or the verification left a difference that a person must look at.
             * @enum {string}
             */
            status: "ok" | "mismatch";
            verification: components["schemas"]["Verification"];
        };
        IntegrityCheck: {
            /** @description The sums recounted from the interactions, or from the days for what is kept by week. */
            expected: string;
            found: string;
            /** @example daily_stats_equal_interactions */
            name: string;
            ok: boolean;
        };
        Interaction: {
            agent: string;
            /** @description What people call the agent; `null` where no name has come. */
            agent_name: string | null;
            archived: boolean;
            context: string | null;
            cost_by_component: components["schemas"]["CostByComponent"];
            /** @description The session's priced cost up to and with this interaction, filters left aside. */
            cumulative_cost: components["schemas"]["Money"];
            duration_ms: components["schemas"]["CountOrNull"];
            error: string | null;
            /**
             * @description The user's thumb on its trace, 1 up, 0 down.
             * @enum {integer|null}
             */
            feedback: 0 | 1 | null;
            id: string;
            message_id: string | null;
            model: string;
            /** @description As the source wrote it, where that differs. */
            model_reported: string | null;
            price_state: components["schemas"]["PriceState"];
            provider: string;
            /** @description What was used beside tokens, by name; calls first. */
            resources: string[];
            session_id: string;
            /** @description Its part of the session's cost. */
            share: components["schemas"]["Ratio"];
            source: string;
            status: components["schemas"]["InteractionStatus"];
            tenant_id: string;
            time_to_first_token_ms: components["schemas"]["CountOrNull"];
            timestamp: components["schemas"]["Time"];
            tokens: components["schemas"]["Tokens"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            trace_id: string | null;
            type: components["schemas"]["InteractionType"];
            user_id: string;
            /** @description What people call the user. */
            user_label: string | null;
        };
        InteractionList: {
            as_of: components["schemas"]["AsOf"];
            items: components["schemas"]["Interaction"][];
            ledger_version: components["schemas"]["Count"];
            limit: components["schemas"]["Count"];
            offset: components["schemas"]["Count"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            total_count: components["schemas"]["Count"];
        };
        InteractionPage: {
            items: components["schemas"]["Interaction"][];
            limit: components["schemas"]["Count"];
            offset: components["schemas"]["Count"];
            total_count: components["schemas"]["Count"];
        };
        /** @description One interaction, flat; the CSV has these columns in this order. */
        InteractionRow: {
            agent: string;
            ai_tokens_cost: components["schemas"]["MoneyOrUnpriced"];
            api_calls_cost: components["schemas"]["MoneyOrUnpriced"];
            audio_in_tokens: components["schemas"]["Count"];
            audio_out_tokens: components["schemas"]["Count"];
            cache_read_tokens: components["schemas"]["Count"];
            cache_write_1h_tokens: components["schemas"]["Count"];
            cache_write_5m_tokens: components["schemas"]["Count"];
            compute_time_cost: components["schemas"]["MoneyOrUnpriced"];
            context: string | null;
            day: components["schemas"]["Day"];
            db_ops_cost: components["schemas"]["MoneyOrUnpriced"];
            duration_ms: components["schemas"]["CountOrNull"];
            endpoint: string | null;
            error: string | null;
            id: string;
            image_in_tokens: components["schemas"]["Count"];
            image_out_tokens: components["schemas"]["Count"];
            input_tokens: components["schemas"]["Count"];
            /** @description LibreChat's message; with `context` it joins LibreChat's own `transactions`. */
            message_id: string | null;
            model: string;
            output_tokens: components["schemas"]["Count"];
            price_state: components["schemas"]["PriceState"];
            provider: string;
            reasoning_tokens: components["schemas"]["Count"];
            session_id: string;
            status: components["schemas"]["InteractionStatus"];
            tenant_id: string;
            time_to_first_token_ms: components["schemas"]["CountOrNull"];
            timestamp: components["schemas"]["Time"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            trace_id: string | null;
            type: components["schemas"]["InteractionType"];
            user_id: string;
        };
        /** @enum {string} */
        InteractionStatus: "ok" | "error" | "aborted";
        /** @enum {string} */
        InteractionType: "chat" | "db" | "api" | "cost-event";
        JobRun: {
            attempt: components["schemas"]["Count"];
            error: string | null;
            finished_at: components["schemas"]["TimeOrNull"];
            job: string;
            scheduled_time: components["schemas"]["Time"];
            started_at: components["schemas"]["Time"];
            /** @enum {string} */
            status: "running" | "ok" | "failed";
            /** @description What the run did. */
            summary: {
                [key: string]: unknown;
            };
            worker: string;
        };
        JobRunList: {
            items: components["schemas"]["JobRun"][];
            limit: components["schemas"]["Count"];
            offset: components["schemas"]["Count"];
            total_count: components["schemas"]["Count"];
        };
        Latency: {
            duration: components["schemas"]["Percentiles"];
            time_to_first_token: components["schemas"]["Percentiles"];
        };
        /** @description Groups beyond the most that an answer holds, and their sums; `null` where every group has its line. */
        LeftOut: {
            figures: components["schemas"]["Figures"];
            group_count: components["schemas"]["Count"];
        } | null;
        LeftOutList: {
            as_of: components["schemas"]["AsOf"];
            /** @description Whether the list holds everything; it has at most 500 items. */
            is_complete: boolean;
            items: {
                count: components["schemas"]["Count"];
                /** @description Names of attributes of one of them; never a value. */
                example: string;
                /** Format: date */
                first_day: string;
                /** @description Whether money may be missing. */
                is_worth_a_look: boolean;
                /** @description The public half of the key that sent it. */
                key_id: string;
                /** Format: date */
                last_day: string;
                /** @description A word, or `refused:` and the field at fault. */
                reason: string;
                /** @description How it came: `langfuse`, `otel`, `otel:<name>`. */
                source: string;
            }[];
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
        };
        Lifetime: {
            figures: components["schemas"]["Figures"];
            /** Format: date */
            first_day: string | null;
            /** Format: date */
            last_day: string | null;
            session_count: components["schemas"]["Count"];
        };
        /** @description Something that changed inside the range; for now, a model's prices. */
        Mark: {
            changes: components["schemas"]["MarkChange"][];
            day: components["schemas"]["Day"];
            /** @enum {string} */
            kind: "price_change";
            model: string;
            provider: string;
            time: components["schemas"]["Time"];
        };
        MarkChange: {
            min_context: components["schemas"]["Count"];
            per: components["schemas"]["Count"];
            previous_rate: components["schemas"]["Money"];
            price_id: components["schemas"]["Count"];
            rate: components["schemas"]["Money"];
            region: string;
            resource_type: components["schemas"]["ResourceType"];
            service_tier: string;
            source: string;
        };
        Me: {
            /** @description When the cookie or the assertion ends; `null` for a key without expiry. */
            expires_at: components["schemas"]["TimeOrNull"];
            /** @description The key's public half; `null` with Cloudflare Access. */
            key_id: string | null;
            /** @enum {string} */
            method: "key" | "cookie" | "access";
            name: string;
            scopes: ("ingest" | "backfill" | "read" | "self" | "widget" | "admin")[];
            /** @description With scope `self`, the one user whose numbers this key may read. */
            user_id: string | null;
        };
        /** @enum {string} */
        Measure: "cost" | "tokens" | "interactions" | "errors";
        ModelName: {
            model: string;
            provider: string;
        };
        /**
         * @description USD, a decimal string exact to the picodollar; may be negative where it is a difference or a saving.
         * @example 812.40447
         * @example 0.04467
         * @example 0
         */
        Money: string;
        /**
         * @description USD as a decimal string, or `null` where nothing of it has a price.
         * @example 0.04467
         * @example null
         */
        MoneyOrUnpriced: string | null;
        Multiplier: {
            denominator: components["schemas"]["Count"];
            numerator: components["schemas"]["Count"];
        };
        NewUsageToken: {
            /** @description The origin of the pages that use it. */
            audience: string;
            /** @description Without it 900. */
            expires_in_s?: number | null;
            tenant_id?: string | null;
            user_id: string;
        };
        /** @enum {string} */
        Order: "asc" | "desc";
        /** @description All groups of the filter that are not on this page. */
        OtherRow: {
            figures: components["schemas"]["Figures"];
            group_count: components["schemas"]["Count"];
            share: components["schemas"]["Ratio"];
        };
        /** @description All groups that have no series of their own. */
        OtherSeries: {
            change: components["schemas"]["Change"] | null;
            count_change: components["schemas"]["CountChange"] | null;
            figures: components["schemas"]["Figures"];
            group_count: components["schemas"]["Count"];
            share: components["schemas"]["Ratio"];
            values: components["schemas"]["BucketValue"][];
        };
        /** @description The session against the median cost of its user's sessions, the newest 200 before and with it. */
        Outlier: {
            /** @description More than three times the median, with at least five sessions. */
            is_outlier: boolean;
            median_cost: components["schemas"]["MoneyOrUnpriced"];
            ratio: components["schemas"]["Ratio"];
            session_count: components["schemas"]["Count"];
        };
        /**
         * @description From a histogram with fixed bounds, so that days merge: each value is the upper bound of the bucket
         *     that holds the percentile. They do not add up.
         */
        Percentiles: {
            count: components["schemas"]["Count"];
            p50_ms: components["schemas"]["CountOrNull"];
            p95_ms: components["schemas"]["CountOrNull"];
            p99_ms: components["schemas"]["CountOrNull"];
        };
        Period: {
            /** @description Whether its last day is over in the reporting time zone. */
            complete: boolean;
            days: components["schemas"]["Count"];
            end_date: components["schemas"]["Day"];
            start_date: components["schemas"]["Day"];
        };
        PreviousBucket: {
            end_date: components["schemas"]["Day"];
            error_count: components["schemas"]["Count"];
            interaction_count: components["schemas"]["Count"];
            start_date: components["schemas"]["Day"];
            token_count: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
        };
        /** @description The row of the price book. */
        PriceOrigin: {
            /** @enum {string} */
            currency: "USD";
            min_context: components["schemas"]["Count"];
            model: string;
            per: components["schemas"]["Count"];
            price_id: components["schemas"]["Count"];
            provider: string;
            /** @description USD for `per` units. */
            rate: components["schemas"]["Money"];
            reason: string | null;
            region: string;
            resource_type: components["schemas"]["ResourceType"];
            schedule: string;
            service_tier: string;
            source: string;
            source_revision: string;
            valid_from: components["schemas"]["Time"];
            /**
             * @description `stated` by the source, `observed` by a sync, or `assumed`: the first row known, taken as valid from the beginning.
             * @enum {string}
             */
            valid_from_basis: "stated" | "observed" | "assumed";
            valid_to: components["schemas"]["TimeOrNull"];
        };
        /**
         * @description How much of an interaction has a price; `declared` means that the amount was stated by the caller, or by the provider where the operator lets its word count.
         * @enum {string}
         */
        PriceState: "priced" | "partial" | "unpriced" | "declared";
        /** @description RFC 9457. */
        Problem: {
            /** @description A sentence that names the field, its fault and the remedy. */
            detail: string;
            /** @description The parameter or field at fault. */
            field?: string;
            request_id: string;
            status: number;
            title: string;
            /**
             * @description A stable name of the kind, `urn:tokentill:problem:` and one of `bad-parameter`, `unknown-parameter`, `invalid-field`,
             *     `repeated-parameter`, `reversed-range`, `range-too-long`, `offset-past-end`, `bad-request`, `unauthorized`,
             *     `forbidden`, `not-found`, `unknown-session`, `unknown-interaction`, `unknown-user`, `method-not-allowed`,
             *     `too-large`, `unsupported-media-type`, `too-many-requests`, `unavailable`, `internal`.
             */
            type: string;
        };
        /** @description Of the meter `cost` USD as a decimal string, of the others a count. */
        Quantity: components["schemas"]["Money"] | number;
        /**
         * @description A quotient with at most six decimals; `null` where the divisor is zero or unknown.
         * @example 0.264
         * @example null
         */
        Ratio: number | null;
        Receipt: {
            as_of: components["schemas"]["AsOf"];
            /** @description The amount that the caller declared. */
            declared_cost: string | null;
            endpoint: string | null;
            /** @description Whether that sum is the stored total. */
            equals_stored: boolean;
            estimate: components["schemas"]["Estimate"];
            interaction: components["schemas"]["Interaction"];
            ledger_version: components["schemas"]["Count"];
            lines: components["schemas"]["CostLine"][];
            /** @description The sum of the lines' amounts. */
            lines_total: components["schemas"]["MoneyOrUnpriced"];
            /** @description Completion; it decides the price. */
            price_time: components["schemas"]["Time"];
            /** @description What reading the usage had to conclude or to assume. */
            reading: string[];
            region: string | null;
            /** @description What the provider or a gateway says it billed; shown beside the estimate, never in its place. */
            reported_cost: components["schemas"]["MoneyOrUnpriced"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            /** @description Every estimate ever made for it, newest first; the first of them counts. */
            revisions: components["schemas"]["Estimate"][];
            service_tier: string | null;
            today: components["schemas"]["TodayCost"];
            /** @description Quantities that are not tokens, by resource type. */
            units: {
                [key: string]: components["schemas"]["Count"];
            };
            /** @description The numbers of the usage as they came, where it was not plainly read. */
            usage_numbers: {
                [key: string]: unknown;
            } | null;
        };
        ReportedCostList: {
            as_of: components["schemas"]["AsOf"];
            finding_count: components["schemas"]["Count"];
            /** @description Whether the list holds everything; it has at most 500 items. */
            is_complete: boolean;
            items: {
                /** Format: date */
                day: string;
                difference: components["schemas"]["Money"];
                estimated_cost: components["schemas"]["Money"];
                example_id: string;
                interaction_count: components["schemas"]["Count"];
                /** @description Whether the two differ by more than one part in a hundred. */
                is_finding: boolean;
                model: string;
                provider: string;
                ratio: components["schemas"]["Ratio"];
                reported_cost: components["schemas"]["Money"];
            }[];
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
        };
        /**
         * @description The name in the price book: `input`, `cache_read`, `cache_write_5m`, `cache_write_1h`, `output`,
         *     `reasoning`, `audio_in`, `audio_out`, `image_in`, `image_out`, `multiplier`, `rows_read`, `rows_written`,
         *     `operations`, `cpu_ms`, `wall_ms`, `requests`, or a call such as `web_search` and `tool:<name>`.
         */
        ResourceType: string;
        Series: {
            /** @description Of its cost; `null` for token types and without comparison. */
            change: components["schemas"]["Change"] | null;
            /** @description Of `rank_by`, where that is a count; else `null`. */
            count_change: components["schemas"]["CountChange"] | null;
            /** @description Its sums over the range; `null` for components and token types. */
            figures: components["schemas"]["Figures"] | null;
            group: components["schemas"]["Group"];
            /** @description The group's rank by cost over the last 90 complete days, unfiltered, from 1 (with a key of scope `self` among the user's own groups); choose its colour by it. `null` where it had no usage then. */
            rank_90d: number | null;
            /** @description Its part of the total of `rank_by`. */
            share: components["schemas"]["Ratio"];
            values: components["schemas"]["BucketValue"][];
        };
        Session: {
            aborted_count: components["schemas"]["Count"];
            /** @description What people call them, in the same order; the id where no name has come. */
            agent_names: string[];
            /** @description At most 50 of them. */
            agents: string[];
            archived: boolean;
            /** @description From the start to `last_seen`. An answer that was still coming when its session was ended belongs to it, to its completion. */
            duration_ms: components["schemas"]["Count"];
            /** @description The latest explicit end, where one was sent. */
            end_time: components["schemas"]["TimeOrNull"];
            error_count: components["schemas"]["Count"];
            id: string;
            interaction_count: components["schemas"]["Count"];
            /** @description When its last interaction was completed (not when that began), or the last mark of a start or an end, whichever is later. */
            last_seen: components["schemas"]["Time"];
            /** @description Events of more than one user carried this id; `user_id` is that of the earliest. */
            mixed_users: boolean;
            /** @description At most 50 of them. */
            models: components["schemas"]["ModelName"][];
            start_time: components["schemas"]["Time"];
            /**
             * @description `closed` by an explicit end after which no interaction began (one that was under way may be completed later), or by idle time since `last_seen`; the time of the answer decides.
             * @enum {string}
             */
            status: "open" | "closed";
            tenant_id: string;
            token_count: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            unpriced_count: components["schemas"]["Count"];
            user_id: string;
            user_label: string | null;
        };
        SessionDetail: {
            as_of: components["schemas"]["AsOf"];
            /** @description By cost, the 200 dearest. */
            by_model: components["schemas"]["UserSlice"][];
            coverage: components["schemas"]["Coverage"];
            /** @description What the cost is made of, by model and resource, largest first, ten at most; of a session of more than 10,000 interactions, what so many of them are made of. */
            drivers: components["schemas"]["Driver"][];
            figures: components["schemas"]["Figures"];
            /** @description The first 200 in order of time; `/sessions/{session_id}/interactions` pages on. */
            interactions: components["schemas"]["InteractionPage"];
            ledger_version: components["schemas"]["Count"];
            left_out?: components["schemas"]["LeftOut"];
            outlier: components["schemas"]["Outlier"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            session: components["schemas"]["Session"];
        };
        SessionList: {
            as_of: components["schemas"]["AsOf"];
            items: components["schemas"]["Session"][];
            ledger_version: components["schemas"]["Count"];
            limit: components["schemas"]["Count"];
            offset: components["schemas"]["Count"];
            /** @description `null` without dates. */
            period: components["schemas"]["Period"] | null;
            reporting_time_zone: components["schemas"]["TimeZone"];
            /** @description `null` unless asked for with `include=total`. */
            total: components["schemas"]["SessionTotals"] | null;
            /** @description How many sessions the filters find. */
            total_count: components["schemas"]["Count"];
        };
        SessionRow: {
            agents: string;
            end_time: components["schemas"]["TimeOrNull"];
            error_count: components["schemas"]["Count"];
            id: string;
            interaction_count: components["schemas"]["Count"];
            last_seen: components["schemas"]["Time"];
            /** @description `provider/model`, joined by a space. */
            models: string;
            start_time: components["schemas"]["Time"];
            /** @enum {string} */
            status: "open" | "closed";
            tenant_id: string;
            token_count: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            unpriced_count: components["schemas"]["Count"];
            user_id: string;
        };
        /** @enum {string} */
        SessionSort: "time" | "cost" | "interactions" | "errors";
        /** @description Sums over all sessions that the filters find, each counted whole. */
        SessionTotals: {
            aborted_count: components["schemas"]["Count"];
            error_count: components["schemas"]["Count"];
            interaction_count: components["schemas"]["Count"];
            token_count: components["schemas"]["Count"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
            unpriced_count: components["schemas"]["Count"];
        };
        SignIn: {
            /** @description The whole key, `public:secret`. */
            key: string;
        };
        SystemStats: {
            as_of: components["schemas"]["AsOf"];
            bridge: components["schemas"]["Bridge"] | null;
            comparison: components["schemas"]["Comparison"] | null;
            coverage: components["schemas"]["Coverage"];
            distinct: components["schemas"]["Distinct"] | null;
            /** @description Where the failures are, most first, ten at most. */
            errors: components["schemas"]["ErrorShare"][];
            filters: components["schemas"]["Filters"];
            /**
             * Format: date
             * @description The first day with any usage in the ledger.
             */
            first_day: string | null;
            forecast: components["schemas"]["Forecast"];
            latency: components["schemas"]["Latency"] | null;
            /** @description No interaction was ever received. */
            ledger_empty: boolean;
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            total: components["schemas"]["Figures"];
            totals_do_not_add_up: components["schemas"]["DoNotAddUp"];
            /** @description Models with unpriced interactions in the slice, most first, ten at most; `/pricing/unpriced` has all. */
            unpriced_models: components["schemas"]["UnpricedModel"][];
        };
        /**
         * Format: date-time
         * @description ISO 8601, UTC, milliseconds.
         * @example 2026-11-23T14:02:11.000Z
         */
        Time: string;
        /** Format: date-time */
        TimeOrNull: string | null;
        /**
         * @description IANA name of the installation's reporting time zone.
         * @example Europe/Berlin
         */
        TimeZone: string;
        /** @description The same interaction at the prices in force now. */
        TodayCost: {
            difference: components["schemas"]["MoneyOrUnpriced"];
            price_state: components["schemas"]["PriceState"];
            ratio: components["schemas"]["Ratio"];
            total_cost: components["schemas"]["MoneyOrUnpriced"];
        };
        /** @description Tokens in disjoint buckets, and their sum. */
        Tokens: {
            audio_in: components["schemas"]["Count"];
            audio_out: components["schemas"]["Count"];
            cache_read: components["schemas"]["Count"];
            cache_write_1h: components["schemas"]["Count"];
            cache_write_5m: components["schemas"]["Count"];
            image_in: components["schemas"]["Count"];
            image_out: components["schemas"]["Count"];
            /** @description Uncached input. */
            input: components["schemas"]["Count"];
            /** @description Output without reasoning. */
            output: components["schemas"]["Count"];
            reasoning: components["schemas"]["Count"];
            total: components["schemas"]["Count"];
        };
        TrendBucket: {
            complete: boolean;
            end_date: components["schemas"]["Day"];
            start_date: components["schemas"]["Day"];
        };
        UnpricedModel: {
            interaction_count: components["schemas"]["Count"];
            model: string;
            provider: string;
            token_count: components["schemas"]["Count"];
            type: components["schemas"]["InteractionType"];
        };
        UnreadFieldList: {
            as_of: components["schemas"]["AsOf"];
            /** @description Whether the list holds everything; it has at most 500 items. */
            is_complete: boolean;
            items: {
                /** @description The id of one of the latest. */
                example_id: string;
                /** @description The field's path in the usage object. */
                field: string;
                /** Format: date */
                first_day: string;
                interaction_count: components["schemas"]["Count"];
                /** Format: date */
                last_day: string;
                provider: string;
                /** @description How it came: `api`, `langfuse`, `otel`. */
                source: string;
            }[];
            ledger_version: components["schemas"]["Count"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
        };
        Usage: {
            adjustments: components["schemas"]["UsageAdjustment"][];
            /** @description When the newest interaction was received. */
            as_of: components["schemas"]["Time"] | null;
            days?: {
                cost: components["schemas"]["Money"];
                day: components["schemas"]["Day"];
                interactions: number;
                tokens: number;
            }[];
            forecast?: components["schemas"]["UsageForecast"][];
            ledger_version: number;
            /** @description Cost, tokens, interactions. */
            meters: components["schemas"]["UsageMeterStanding"][];
            models?: {
                cost: components["schemas"]["Money"];
                interactions: number;
                model: string;
                provider: string;
                tokens: number;
            }[];
            /** @description Of all meters, so far. */
            overage_charge: components["schemas"]["Money"];
            /** @description The highest of the meters'. */
            percent: number | null;
            period: components["schemas"]["UsagePeriod"];
            plan: components["schemas"]["UsagePlan"] | null;
            /** @description When to ask again. */
            poll_after_s: number;
            segments: components["schemas"]["UsageSegment"][];
            /** @description The worst of the meters'; `null` without a plan. */
            state: components["schemas"]["UsageState"] | null;
            subject: components["schemas"]["UsageWho"];
            unpriced: components["schemas"]["UsageUnpriced"];
        };
        /** @description What came to a closed period and is charged with this one. */
        UsageAdjustment: {
            moved: components["schemas"]["UsageMoved"];
            of_period: {
                first_day: components["schemas"]["Day"];
                last_day: components["schemas"]["Day"];
            };
            /**
             * @description Interactions that came late or were taken out, or other prices.
             * @enum {string}
             */
            reason: "interactions" | "prices";
        };
        UsageForecast: {
            high: components["schemas"]["UsageQuantity"];
            low: components["schemas"]["UsageQuantity"];
            meter: components["schemas"]["UsageMeter"];
            /** @description What the period will come to. */
            mid: components["schemas"]["UsageQuantity"];
            /**
             * @description Why there is no forecast.
             * @enum {string|null}
             */
            reason: "too_early" | "ended" | null;
            /** @description The day on which all that is included was used; `null` if it is not. */
            used_up_at: components["schemas"]["Day"] | null;
            /** @description The day on which it will be by the forecast; `null` if not in this period. */
            used_up_on: components["schemas"]["Day"] | null;
        };
        /** @enum {string} */
        UsageMeter: "cost" | "tokens" | "interactions";
        UsageMeterStanding: {
            /** @description What would be used by now if every day used the same and the period ended with all of it. */
            even_use: components["schemas"]["UsageQuantity"];
            included: components["schemas"]["UsageQuantity"];
            /** @description Whether the plan says something of it. */
            is_metered: boolean;
            meter: components["schemas"]["UsageMeter"];
            /** @description Where `near` begins. */
            near_percent: number | null;
            overage: components["schemas"]["Quantity"];
            /** @description `null` where what lies beyond is not charged. */
            overage_charge: components["schemas"]["Money"] | null;
            /** @description The rate of today's plan; `null` where what lies beyond is not charged. */
            overage_rate: {
                amount: components["schemas"]["Money"];
                per: components["schemas"]["Quantity"];
            } | null;
            /** @description `null` of an unlimited meter, and where nothing is included. */
            percent: number | null;
            /** @description Never below 0. */
            remaining: components["schemas"]["UsageQuantity"];
            state: components["schemas"]["UsageState"];
            thresholds: number[];
            used: components["schemas"]["Quantity"];
        };
        UsageMoved: {
            cost: components["schemas"]["Money"];
            interactions: number;
            overage_charge: components["schemas"]["Money"];
            tokens: number;
        };
        UsagePeriod: {
            /** @description Until when late events still move it; `null` without a plan. */
            closes_at: components["schemas"]["Time"] | null;
            days: number;
            /** @description Complete days. */
            days_elapsed: number;
            /** @description Exclusive. */
            end: components["schemas"]["Time"];
            first_day: components["schemas"]["Day"];
            last_day: components["schemas"]["Day"];
            /** @description The zone whose midnights `start` and `end` are. */
            reporting_time_zone: string;
            /** @description The instant at which the next period begins; nothing is set back. */
            resets_at: components["schemas"]["Time"];
            start: components["schemas"]["Time"];
            /** @enum {string} */
            state: "upcoming" | "open" | "grace" | "closed";
        };
        UsagePeriodItem: {
            /** @description What came after the close; each of it stands in a later period. */
            adjusted: components["schemas"]["UsageMoved"] | null;
            /** @description Of earlier periods */
            adjustments: components["schemas"]["UsageAdjustment"][];
            /** @description What it was frozen with; `null` before. */
            closed: {
                closed_at: components["schemas"]["Time"];
                cost: components["schemas"]["Money"];
                interactions: number;
                ledger_version: number;
                overage_charge: components["schemas"]["Money"];
                tokens: number;
            } | null;
            /** @description As it stands now, with what came after the close. */
            meters: components["schemas"]["UsageMeterStanding"][];
            overage_charge: components["schemas"]["Money"];
            period: components["schemas"]["UsagePeriod"];
            plan: components["schemas"]["UsagePlan"];
            segments: components["schemas"]["UsageSegment"][];
            state: components["schemas"]["UsageState"];
            unpriced: components["schemas"]["UsageUnpriced"];
        };
        UsagePeriodList: {
            as_of: components["schemas"]["Time"] | null;
            items: components["schemas"]["UsagePeriodItem"][];
            ledger_version: number;
            limit: number;
            offset: number;
            subject: components["schemas"]["UsageWho"];
            total: number;
        };
        UsagePlan: {
            /** @enum {string} */
            at_limit: "allow" | "refuse";
            /** @description Who pays; `null` is the subject. */
            billed_to: {
                id: string | null;
                /** @enum {string} */
                type: "tenant" | "installation";
            } | null;
            id: string;
            /** @description Whether it is the plan of whoever has none of their own. */
            is_default: boolean;
            name: string;
            version: number;
        };
        /** @description `null` is unlimited, or unknown. */
        UsageQuantity: components["schemas"]["Quantity"] | null;
        /** @description A part of the period under one version of one plan. */
        UsageSegment: {
            first_day: components["schemas"]["Day"];
            last_day: components["schemas"]["Day"];
            meters: {
                /** @description What this part adds to what is included. */
                granted: components["schemas"]["UsageQuantity"];
                meter: components["schemas"]["UsageMeter"];
                overage: components["schemas"]["Quantity"];
                overage_charge: components["schemas"]["Money"] | null;
                used: components["schemas"]["Quantity"];
            }[];
            plan_id: string;
            version: number;
        };
        /** @enum {string} */
        UsageState: "ok" | "near" | "over" | "unlimited";
        UsageSubjectItem: {
            meters: components["schemas"]["UsageMeterStanding"][];
            overage_charge: components["schemas"]["Money"];
            percent: number | null;
            period: components["schemas"]["UsagePeriod"];
            plan: components["schemas"]["UsagePlan"];
            state: components["schemas"]["UsageState"];
            subject: components["schemas"]["UsageWho"];
            unpriced: components["schemas"]["UsageUnpriced"];
        };
        UsageSubjectList: {
            as_of: components["schemas"]["Time"] | null;
            counts: {
                /** @description The four together. */
                all: components["schemas"]["Count"];
                near: components["schemas"]["Count"];
                ok: components["schemas"]["Count"];
                over: components["schemas"]["Count"];
                unlimited: components["schemas"]["Count"];
            };
            /** @description How many used so much, by tens of percent; the last is 150 and more. */
            histogram: components["schemas"]["Count"][];
            items: components["schemas"]["UsageSubjectItem"][];
            ledger_version: number;
            limit: number;
            /** @description How many rows come after this page. */
            next: components["schemas"]["Count"];
            offset: number;
            /** @description Of all that the filters choose. */
            overage_charge: components["schemas"]["Money"];
            total: number;
        };
        UsageToken: {
            audience: string;
            expires_at: components["schemas"]["Time"];
            token: string;
        };
        /** @description What is not in `used` of the meter `cost`, since it has no price. */
        UsageUnpriced: {
            interaction_count: components["schemas"]["Count"];
            /** @description Interactions that have a price for a part only. */
            partial_count: components["schemas"]["Count"];
            token_count: components["schemas"]["Count"];
        };
        UsageWho: {
            id: string | null;
            /** @description What people call it. */
            label: string | null;
            tenant_id: string | null;
            /** @enum {string} */
            type: "user" | "tenant" | "installation";
        };
        UserSlice: {
            figures: components["schemas"]["Figures"];
            group: components["schemas"]["Group"];
            share: components["schemas"]["Ratio"];
        };
        UserStats: {
            as_of: components["schemas"]["AsOf"];
            bridge: components["schemas"]["Bridge"] | null;
            /** @description By day up to 92 days, by week up to 400, else by month. */
            buckets: components["schemas"]["Bucket"][];
            by_agent: components["schemas"]["UserSlice"][];
            /** @description By cost, the 200 dearest; `left_out` has what the others come to. */
            by_model: components["schemas"]["UserSlice"][];
            by_type: components["schemas"]["UserSlice"][];
            comparison: components["schemas"]["Comparison"] | null;
            coverage: components["schemas"]["Coverage"];
            distinct: components["schemas"]["Distinct"];
            forecast: components["schemas"]["Forecast"];
            /** @description Interactions of the last 28 days of the range by weekday and hour in the reporting time zone, cells without any left out. */
            hours: components["schemas"]["HourCell"][];
            ledger_version: components["schemas"]["Count"];
            /** @description What the three splits have no line for. */
            left_out?: {
                by_agent: components["schemas"]["LeftOut"];
                by_model: components["schemas"]["LeftOut"];
                by_type: components["schemas"]["LeftOut"];
            };
            lifetime: components["schemas"]["Lifetime"];
            period: components["schemas"]["Period"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            total: components["schemas"]["Figures"];
            totals_do_not_add_up: components["schemas"]["DoNotAddUp"];
            user: components["schemas"]["Group"];
        };
        /** @description What the verification by cron found. */
        Verification: {
            current_pass: components["schemas"]["VerificationPass"] | null;
            /** @description The newest first, 50 at most. */
            findings: components["schemas"]["VerificationFinding"][];
            last_full_pass: components["schemas"]["VerificationPass"] | null;
            /**
             * @description `unverified` until a pass has covered everything; `repaired` where every difference was corrected.
             * @enum {string}
             */
            status: "unverified" | "sound" | "repaired" | "broken";
        };
        VerificationFinding: {
            check: string;
            /** @description What was done about it; `null` where a person must look. */
            correction: string | null;
            /** @description What should have been there. */
            expected: unknown;
            /** @description What was there. */
            found: unknown;
            found_at: components["schemas"]["Time"];
            /** @description The key of the row at fault. */
            subject: unknown;
        };
        VerificationPass: {
            day_count: components["schemas"]["Count"];
            estimate_count: components["schemas"]["Count"];
            finding_count: components["schemas"]["Count"];
            finished_at: components["schemas"]["TimeOrNull"];
            interaction_count: components["schemas"]["Count"];
            repaired_count: components["schemas"]["Count"];
            session_count: components["schemas"]["Count"];
            started_at: components["schemas"]["Time"];
        };
        Watermark: {
            as_of: components["schemas"]["AsOf"];
            /** @description The first day with any usage; `null` while there is none. */
            first_day: components["schemas"]["Day"] | null;
            /** @description Random, and another one after each restore; it is part of every ETag, since both versions run through the same numbers again then. */
            ledger_epoch: string;
            ledger_version: components["schemas"]["Count"];
            price_book_version: components["schemas"]["Count"];
            /** @description The hour in which this was asked; it is part of every ETag, so nothing freezes at midnight. */
            reporting_hour: components["schemas"]["Time"];
            reporting_time_zone: components["schemas"]["TimeZone"];
            /** @description The open day in the reporting time zone. */
            today: components["schemas"]["Day"];
        };
        WorkerHealth: {
            /** @description What that Worker's own `/health` says, or why it did not answer. */
            detail: unknown;
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
        };
    };
    responses: {
        /** @description The file, streamed. */
        ExportFile: {
            headers: {
                "Content-Disposition": components["headers"]["ContentDisposition"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ExportFile"];
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        /** @description The key's scopes do not allow it, or a write came from another origin. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not what the operation takes. */
        InvalidBody: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A field is missing, unknown, or has a value that can't be taken. */
        InvalidField: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A parameter is unknown, repeated, malformed or out of its limits; the detail names it and the remedy. */
        InvalidParameter: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nothing has that id (or not for this key). */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nothing changed since the ETag that was sent. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The body is over 4 KiB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many unknown keys from this address, too many questions of this key at once, or a file in the making already. */
        TooManyRequests: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No key, an unknown key, an expired or a revoked one. */
        Unauthorized: {
            headers: {
                /** @description How to authenticate. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database or another Worker did not answer; try again. */
        Unavailable: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
        Agent: string;
        /**
         * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
         *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
         *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
         *     the other period, only the days that both have are compared.
         */
        Compare: components["schemas"]["CompareMode"];
        /**
         * @description The last day, included.
         * @example 2026-11-23
         */
        EndDate: components["schemas"]["Day"];
        /** @description The file's format. Money stays a decimal string in all of them; in CSV, a text that a spreadsheet would run as a formula, as a whole or behind a comma, semicolon, tab or line end, gets an apostrophe before it. */
        Format: components["schemas"]["ExportFormat"];
        /** @description What to sort by; ties fall to the name. */
        GroupSort: components["schemas"]["GroupSort"];
        /** @description Part of a session's or a user's id, or the whole id of an interaction. */
        IdSearch: string;
        /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
        Include: components["schemas"]["IncludeItem"][];
        /** @description How many items. */
        Limit: number;
        /**
         * @description Only sessions that cost at least this, in USD.
         * @example 0.50
         */
        MinCost: string;
        /** @description Only this model, by its exact name; an empty value means interactions without a model. */
        Model: string;
        /** @description Part of the group's name (a user's id or label, a provider's or model's name, an agent), case ignored for ASCII letters. The page, `total` and `other` cover what was found. */
        NameSearch: string;
        /** @description How many items to skip; past the end is a problem. */
        Offset: number;
        /** @description The direction. */
        Order: components["schemas"]["Order"];
        /** @description `true` puts the range, the filters, the time zone, the moment and the coverage at the head of a CSV as lines whose one cell starts with `#`, and what became of the ledger meanwhile at its end. JSON always carries them as `about` and `end`. */
        Preamble: "true" | "false";
        /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
        Provider: string;
        /** @description The session's id as the source gave it. */
        SessionId: string;
        /** @description `open`, `closed`, or `error`: with at least one failed interaction, open or closed. */
        SessionStatus: "open" | "closed" | "error";
        /**
         * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
         * @example 2026-11-01
         */
        StartDate: components["schemas"]["Day"];
        /** @description The tenant of the user named; absent for a user without tenant. */
        TenantId: string;
        /** @description Only interactions of this type. */
        Type: components["schemas"]["InteractionType"];
        /** @description `true`: only with something unpriced or partly priced; `false`: only fully priced. */
        Unpriced: "true" | "false";
        /** @description `installation`: all of it together. */
        UsageSubject: "installation";
        /** @description The tenant of the user named; without `user_id` the tenant's own usage. */
        UsageTenantId: string;
        /** @description This user's usage. A key of scope `self` may name its own user only. */
        UsageUserId: string;
        /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
        UserId: string;
    };
    requestBodies: never;
    headers: {
        /** @description A file name made of what is exported and its range. */
        ContentDisposition: string;
        /** @description Changes when the answer could. */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    openRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To `/app/`. */
            302: {
                headers: {
                    /** @description `/app/` */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listReportedCosts: {
        parameters: {
            query?: {
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportedCostList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUnreadFields: {
        parameters: {
            query?: {
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnreadFieldList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description Comma-separated extras that read more rows. `days` is the use of each day of the period, `models` of each model, `forecast` what the period will come to, from seven complete days on. */
                include?: ("days" | "models" | "forecast")[];
                /** @description `installation`: all of it together. */
                subject?: components["parameters"]["UsageSubject"];
                /** @description The tenant of the user named; without `user_id` the tenant's own usage. */
                tenant_id?: components["parameters"]["UsageTenantId"];
                /** @description This user's usage. A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UsageUserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    preflightUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer stands in its headers; without `Access-Control-Allow-Origin` it may not. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listUsagePeriods: {
        parameters: {
            query?: {
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description `installation`: all of it together. */
                subject?: components["parameters"]["UsageSubject"];
                /** @description The tenant of the user named; without `user_id` the tenant's own usage. */
                tenant_id?: components["parameters"]["UsageTenantId"];
                /** @description This user's usage. A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UsageUserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The periods. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsagePeriodList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsageSubjects: {
        parameters: {
            query?: {
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description Only subjects that used at least so much of some meter, in percent. */
                min_percent?: number;
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description The direction. */
                order?: components["parameters"]["Order"];
                /** @description Only subjects that have this plan today. */
                plan_id?: string;
                /** @description Part of an id or a label, case ignored for ASCII letters. */
                q?: string;
                /** @description What to sort by. */
                sort?: "percent" | "used" | "charge" | "name";
                /** @description Only subjects in this state. */
                state?: "ok" | "near" | "over" | "unlimited";
                /** @description Only subjects of this type. */
                subject_type?: "user" | "tenant" | "installation";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subjects. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageSubjectList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUsageToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUsageToken"];
            };
        };
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageToken"];
                };
            };
            400: components["responses"]["InvalidBody"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBody"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    openDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A file, or a page of the dashboard. */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                    "text/html": string;
                };
            };
            404: components["responses"]["NotFound"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    /** @description The session cookie. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["InvalidBody"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cookie is gone. */
            204: {
                headers: {
                    /** @description The expired cookie. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    getContract: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The file's name. */
                name: "tracking-api.yaml" | "analytics-api.yaml" | "pricing-sync-api.yaml";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contract. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": {
                        openapi: string;
                    };
                };
            };
            404: components["responses"]["NotFound"];
        };
    };
    openDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            404: components["responses"]["NotFound"];
        };
    };
    exportDaily: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description The file's format. Money stays a decimal string in all of them; in CSV, a text that a spreadsheet would run as a formula, as a whole or behind a comma, semicolon, tab or line end, gets an apostrophe before it. */
                format?: components["parameters"]["Format"];
                /** @description Split each day by this; absent means one line a day. */
                group_by?: components["schemas"]["GroupDimension"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description `true` puts the range, the filters, the time zone, the moment and the coverage at the head of a CSV as lines whose one cell starts with `#`, and what became of the ledger meanwhile at its end. JSON always carries them as `about` and `end`. */
                preamble?: components["parameters"]["Preamble"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ExportFile"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportFocus: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportInteractions: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description The file's format. Money stays a decimal string in all of them; in CSV, a text that a spreadsheet would run as a formula, as a whole or behind a comma, semicolon, tab or line end, gets an apostrophe before it. */
                format?: components["parameters"]["Format"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description `true` puts the range, the filters, the time zone, the moment and the coverage at the head of a CSV as lines whose one cell starts with `#`, and what became of the ledger meanwhile at its end. JSON always carries them as `about` and `end`. */
                preamble?: components["parameters"]["Preamble"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description Only interactions that ended so. */
                status?: components["schemas"]["InteractionStatus"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description `true`: only with something unpriced or partly priced; `false`: only fully priced. */
                unpriced?: components["parameters"]["Unpriced"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ExportFile"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportSessions: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description The file's format. Money stays a decimal string in all of them; in CSV, a text that a spreadsheet would run as a formula, as a whole or behind a comma, semicolon, tab or line end, gets an apostrophe before it. */
                format?: components["parameters"]["Format"];
                /**
                 * @description Only sessions that cost at least this, in USD.
                 * @example 0.50
                 */
                min_cost?: components["parameters"]["MinCost"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description `true` puts the range, the filters, the time zone, the moment and the coverage at the head of a CSV as lines whose one cell starts with `#`, and what became of the ledger meanwhile at its end. JSON always carries them as `about` and `end`. */
                preamble?: components["parameters"]["Preamble"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description Part of a session's or a user's id, or the whole id of an interaction. */
                q?: components["parameters"]["IdSearch"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description `open`, `closed`, or `error`: with at least one failed interaction, open or closed. */
                status?: components["parameters"]["SessionStatus"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description `true`: only with something unpriced or partly priced; `false`: only fully priced. */
                unpriced?: components["parameters"]["Unpriced"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ExportFile"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything answers; `degraded` names what needs care. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"] | components["schemas"]["HealthInAWord"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description At least one Worker or the database is down. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"] | components["schemas"]["HealthInAWord"];
                };
            };
        };
    };
    getIntegrity: {
        parameters: {
            query?: {
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checks and their results. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Integrity"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getInteractionCost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id under which the interaction was sent.
                 * @example 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331
                 */
                interaction_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listJobRuns: {
        parameters: {
            query?: {
                /** @description Only runs of this job. */
                job?: string;
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobRunList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLeftOut: {
        parameters: {
            query?: {
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeftOutList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description `total` adds the sums over all sessions that the filters find; it reads each of them. */
                include?: "total";
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description Only sessions that cost at least this, in USD.
                 * @example 0.50
                 */
                min_cost?: components["parameters"]["MinCost"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description The direction. */
                order?: components["parameters"]["Order"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description Part of a session's or a user's id, or the whole id of an interaction. */
                q?: components["parameters"]["IdSearch"];
                /** @description What to sort by; ties fall to the newer session, then to the one named later. */
                sort?: components["schemas"]["SessionSort"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description `open`, `closed`, or `error`: with at least one failed interaction, open or closed. */
                status?: components["parameters"]["SessionStatus"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description `true`: only with something unpriced or partly priced; `false`: only fully priced. */
                unpriced?: components["parameters"]["Unpriced"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of sessions. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id as the source gave it. */
                session_id: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDetail"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessionInteractions: {
        parameters: {
            query?: {
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description `asc` is the order in which they happened. */
                order?: components["schemas"]["Order"];
                /** @description Only interactions that ended so. */
                status?: components["schemas"]["InteractionStatus"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
            };
            header?: never;
            path: {
                /** @description The session's id as the source gave it. */
                session_id: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of interactions. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InteractionList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAgentStats: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
                include?: components["parameters"]["Include"];
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description The direction. */
                order?: components["parameters"]["Order"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description Part of the group's name (a user's id or label, a provider's or model's name, an agent), case ignored for ASCII letters. The page, `total` and `other` cover what was found. */
                q?: components["parameters"]["NameSearch"];
                /** @description What to sort by; ties fall to the name. */
                sort?: components["parameters"]["GroupSort"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of agents. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDailyStats: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description The size of a bucket. `hour` needs a range of exactly one day. */
                granularity?: components["schemas"]["Granularity"];
                /** @description Split by this; absent means the whole. */
                group_by?: components["schemas"]["Dimension"];
                /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
                include?: components["parameters"]["Include"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description What the groups are ranked by, and what `share` and `count_change` are of; `cost` unless said, `tokens` for token types. Needs `group_by`. */
                rank_by?: components["schemas"]["Measure"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description How many groups get a series of their own. */
                top?: number;
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Buckets, series, totals, and what an honest chart needs. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DailyStats"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listModelStats: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
                include?: components["parameters"]["Include"];
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description The direction. */
                order?: components["parameters"]["Order"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description Part of the group's name (a user's id or label, a provider's or model's name, an agent), case ignored for ASCII letters. The page, `total` and `other` cover what was found. */
                q?: components["parameters"]["NameSearch"];
                /** @description What to sort by; ties fall to the name. */
                sort?: components["parameters"]["GroupSort"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of models. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSystemStats: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
                include?: components["parameters"]["Include"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemStats"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUserStats: {
        parameters: {
            query?: {
                /** @description Only this agent, by its exact name; an empty value means interactions without an agent. */
                agent?: components["parameters"]["Agent"];
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /** @description Comma-separated extras that read more rows. `sessions` are distinct sessions and active users, `latency` percentiles for each bucket or group, `trend` the cost of each group for each bucket. */
                include?: components["parameters"]["Include"];
                /** @description How many items. */
                limit?: components["parameters"]["Limit"];
                /** @description Only this model, by its exact name; an empty value means interactions without a model. */
                model?: components["parameters"]["Model"];
                /** @description How many items to skip; past the end is a problem. */
                offset?: components["parameters"]["Offset"];
                /** @description The direction. */
                order?: components["parameters"]["Order"];
                /** @description Only this provider, by its exact name; an empty value means interactions without a provider. */
                provider?: components["parameters"]["Provider"];
                /** @description Part of the group's name (a user's id or label, a provider's or model's name, an agent), case ignored for ASCII letters. The page, `total` and `other` cover what was found. */
                q?: components["parameters"]["NameSearch"];
                /** @description What to sort by; ties fall to the name. */
                sort?: components["parameters"]["GroupSort"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
                /** @description Only interactions of this type. */
                type?: components["parameters"]["Type"];
                /** @description Only this user; empty for what was recorded without one. A user that the ledger has never seen is a problem (404). A key of scope `self` may name its own user only. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of users. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUserStats: {
        parameters: {
            query?: {
                /**
                 * @description With what to compare: the range of the same length just before, the same days a month before, or a year before,
                 *     or (`weekdays`) the same weekdays, back by as many whole weeks as the range takes.
                 *     An open range is compared by its complete days, with as many days of the other period. Where the ledger's first day lies inside
                 *     the other period, only the days that both have are compared.
                 */
                compare?: components["parameters"]["Compare"];
                /**
                 * @description The last day, included.
                 * @example 2026-11-23
                 */
                end_date?: components["parameters"]["EndDate"];
                /**
                 * @description The first day, in the reporting time zone. Together with `end_date` or not at all; without both, a range answer covers the last 30 days, today included.
                 * @example 2026-11-01
                 */
                start_date?: components["parameters"]["StartDate"];
                /** @description The tenant of the user named; absent for a user without tenant. */
                tenant_id?: components["parameters"]["TenantId"];
            };
            header?: never;
            path: {
                /**
                 * @description The user as the source gave it.
                 * @example user-17
                 */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserStats"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWatermark: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ledger's version. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Watermark"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
}
