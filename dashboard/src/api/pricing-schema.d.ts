// Generated from contracts/pricing-sync-api.yaml by `npm run generate -w dashboard`. Do not edit.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether there are prices and they are fresh.
         * @description Stale prices still price; the estimates made with them say so.
         */
        get: operations["getPricingHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/assumed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is assumed about when the prices in force began, by provider.
         * @description `beginning`: no list says since when a price holds, so the first one is taken as valid from the
         *     beginning. `variant`: the same for a service tier or region of a model whose plain price is dated: it may
         *     have changed with it. `hour`: a list gives the day of a change without its hour; it begins at midnight,
         *     the provider's where that is known, else UTC's.
         */
        get: operations["listAssumed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a source differs by more than one per cent from the price in force. */
        get: operations["listConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every price that a model ever had in the book.
         * @description Closed, quarantined and rejected rows too; at most 2,000.
         */
        get: operations["getPriceHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which provider an endpoint is, which model an alias. */
        get: operations["listMappings"];
        put?: never;
        /**
         * Says which provider a LibreChat endpoint is, or which model an alias stands for.
         * @description Either `endpoint` with `provider`, or `provider`, `alias` and `model`. One of the same name ends
         *     where the new one begins. Without `valid_from` it holds from the beginning. `end` only ends it,
         *     at `valid_from` or now.
         */
        post: operations["changeMapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets, replaces or ends an operator's own price.
         * @description It goes before every list for exactly what it names, from `valid_from` on. `end` takes it back
         *     from `valid_to` (or now) on, and the lists' price resumes. Both may lie in the future: the book
         *     holds the rows ahead, so that each call finds the price of its moment. One within another leaves
         *     what the other says before and after it. Estimates that were made stay; what was unpriced is
         *     priced by the next re-pricing run.
         *
         *     With `dry_run` the answer says what would change, and nothing is written: the rates opened and
         *     closed, and which interactions of the last 35 days the next re-pricing would estimate anew, by
         *     how much.
         */
        post: operations["changeOverride"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rates that wait, each with what is in force.
         * @description At most 500, the oldest first.
         */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/quarantine/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Brings a waiting rate into force now.
         * @description Where nothing was known of what it prices, it holds from the beginning, marked `assumed`.
         */
        post: operations["approveQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/quarantine/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps a waiting rate out, also when its source repeats it. */
        post: operations["rejectQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rates in force at a date. */
        get: operations["listRates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When each source was heard, and what it gave. */
        get: operations["listPriceSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Brings one source's list into the book.
         * @description Without `source`, the one heard longest ago (in an empty book, the snapshot). With `dry_run` the
         *     answer shows what would change, and nothing is written. The cron hears one source an hour, and
         *     brings into force what is due by its date.
         */
        post: operations["runSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pricing/unpriced": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Models that were used and have no price, or a price for a part only.
         * @description At most 500, the most used first. A model leaves the list once its interactions are priced.
         *
         *     `missing` names what to set a price for: each entry, sent to `POST /pricing/overrides` with a
         *     `rate`, a `per` and a `reason`, prices its part; with all of them, nothing of the model is
         *     unpriced. A call of a tool is priced under the provider `tool`; what names no provider stands
         *     under `unknown`.
         */
        get: operations["listUnpriced"];
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
        /** @description ISO 8601 with a zone, an ISO date (UTC), or unix milliseconds. */
        AskedMoment: string | number | null;
        AssumedList: {
            items: {
                /** @enum {string} */
                assumed: "beginning" | "variant" | "hour";
                model_count: number;
                provider: string;
                rate_count: number;
            }[];
        };
        ChangedRate: {
            /**
             * Format: int64
             * @description Of a row that is there already.
             */
            id?: number;
            min_context: number;
            model: string;
            per: number;
            provider: string;
            rate: components["schemas"]["Money"];
            region: string;
            resource_type: string;
            schedule: string;
            service_tier: string;
            source: string;
            valid_from: components["schemas"]["Moment"];
            valid_to: components["schemas"]["Moment"];
        };
        ConflictPage: {
            items: {
                min_context: number;
                model: string;
                other_rate: components["schemas"]["Money"];
                other_source: string;
                per: number;
                provider: string;
                rate: components["schemas"]["Money"];
                region: string;
                resource_type: string;
                schedule: string;
                service_tier: string;
                /** @description Source of the price in force. */
                source: string;
            }[];
            limit: number;
            offset: number;
        };
        Decision: {
            reason: string;
        };
        DecisionAnswer: {
            /** Format: int64 */
            price_id: number;
            /** @enum {string} */
            status: "approved" | "rejected";
        };
        Health: {
            /** @description Why it is down, and the remedy. */
            detail?: string;
            /**
             * @description How each source's sync stands, as far as it ever ran. A source that fails is tried again at the next
             *     tick; what degrades is the age of its prices. `GET /jobs` says why a run failed.
             */
            jobs?: components["schemas"]["JobStanding"][];
            price_book_version?: number;
            /** @enum {string} */
            prices: "fresh" | "stale" | "empty" | "unreachable" | "schema-mismatch";
            /** @description Rates that wait for a decision. */
            quarantined?: number;
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
            /** @constant */
            worker: "pricing-sync";
        };
        JobStanding: {
            /** @description Runs that failed since then. */
            failed_since_ok: number;
            job: string;
            /**
             * Format: date-time
             * @description When the latest success ended.
             */
            last_ok_at: string | null;
            /**
             * @description Of the latest run.
             * @enum {string}
             */
            status: "running" | "ok" | "failed";
        };
        Mapping: {
            alias?: string;
            end?: boolean;
            /** @description The endpoint's name as LibreChat has it; case does not matter. */
            endpoint?: string;
            model?: string;
            provider?: string;
            reason: string;
            valid_from?: components["schemas"]["AskedMoment"];
        };
        MappingAnswer: {
            /** @enum {string} */
            status: "set" | "ended";
        };
        MappingList: {
            aliases: {
                alias: string;
                id: number;
                model: string;
                provider: string;
                reason: string | null;
                source: string;
                valid_from: components["schemas"]["Moment"];
                valid_to: components["schemas"]["Moment"];
            }[];
            endpoints: {
                endpoint: string;
                id: number;
                provider: string;
                reason: string | null;
                valid_from: components["schemas"]["Moment"];
                valid_to: components["schemas"]["Moment"];
            }[];
        };
        /**
         * Format: date-time
         * @description ISO 8601 in UTC.
         */
        Moment: string | null;
        /** @description US dollars for `per` units, exact, without trailing zeros. */
        Money: string;
        Override: {
            /** @description Say what would change, and write nothing. */
            dry_run?: boolean;
            /** @description Take the override back instead. */
            end?: boolean;
            /** @description 0 without it. */
            min_context?: number;
            /** @description Left out for what has no model. */
            model?: string;
            /** @description Units, such as 1000000; needed but for `multiplier`. */
            per?: number;
            provider: string;
            /** @description US dollars for `per` units as a decimal text; for `multiplier` the factor. */
            rate?: string;
            reason: string;
            region?: string;
            resource_type: string;
            /** @description Weekly windows in UTC, such as `mon-fri 16:30-00:30`. */
            schedule?: string;
            /** @description `standard` without it. */
            service_tier?: string;
            valid_from?: components["schemas"]["AskedMoment"];
            valid_to?: components["schemas"]["AskedMoment"];
        };
        OverrideAnswer: {
            /** @description Price rows closed. */
            closed: number;
            /** @description With their new `valid_to`. */
            closed_rates: components["schemas"]["ChangedRate"][];
            /** @description Whether this is what would be, and nothing was written. */
            dry_run: boolean;
            /** @description Price rows opened. */
            opened: number;
            opened_rates: components["schemas"]["ChangedRate"][];
            /** @description Null unless it is a dry run. */
            reestimates: components["schemas"]["Reestimates"] | null;
            /** @enum {string} */
            status: "set" | "ended";
        };
        PriceHistory: {
            items: components["schemas"]["Rate"][];
            model: string;
            provider: string;
            total: number;
        };
        /** @description RFC 9457. */
        Problem: {
            /** @description A sentence that names the field, its fault and the remedy. */
            detail: string;
            /** @description The field or parameter at fault. */
            field?: string;
            request_id: string;
            status: number;
            title: string;
            /** @description A stable name of the kind of problem. */
            type: string;
        };
        QuarantineList: {
            items: {
                /** @description What prices meanwhile; null where nothing does. */
                in_force: components["schemas"]["Rate"] | null;
                quarantined: components["schemas"]["Rate"];
            }[];
            total: number;
        };
        /** @description A row of the price book. */
        Rate: {
            /** @description Seconds for which it counts as fresh after `updated_at`. */
            cache_ttl: number;
            /** @constant */
            currency: "USD";
            /** Format: int64 */
            id: number;
            /** @description Smallest count of all input tokens at which the row applies. */
            min_context: number;
            /** @description Empty for what has no model. */
            model: string;
            observed_at: components["schemas"]["Moment"];
            per: number;
            provider: string;
            rate: components["schemas"]["Money"];
            /** @description Why it waits, or what an admin gave as reason. */
            reason: string | null;
            /** @description Empty for everywhere. */
            region: string;
            /** @description `input`, `cache_read`, `cache_write_5m`, `cache_write_1h`, `output`, `reasoning`, `audio_in`, `audio_out`, `image_in`, `image_out`, `multiplier`, `rows_read`, `rows_written`, `operations`, `cpu_ms`, `wall_ms`, `requests`, or the name of a call. */
            resource_type: string;
            /** @description Weekly windows in UTC, such as `mon-fri 16:30-00:30`; empty for always. */
            schedule: string;
            /** @description `standard`, `batch`, `flex`, `priority`, … */
            service_tier: string;
            source: string;
            /** @description A hash or a version of the source's list. */
            source_revision: string;
            /** @description That time has passed; the row still prices. */
            stale: boolean;
            /** @enum {string} */
            status: "active" | "quarantined" | "rejected";
            updated_at: components["schemas"]["Moment"];
            valid_from: components["schemas"]["Moment"];
            /** @enum {string} */
            valid_from_basis: "stated" | "observed" | "assumed";
            valid_to: components["schemas"]["Moment"];
        };
        RatePage: {
            at: components["schemas"]["Moment"];
            items: components["schemas"]["Rate"][];
            limit: number;
            offset: number;
            total: number;
        };
        /**
         * @description What the next re-pricing run would do because of the change. It looks at what has no price, or a
         *     price for a part, in the last 35 days (`REPRICE_DAYS`); every other estimate stays as it is.
         */
        Reestimates: {
            cost_after: components["schemas"]["SignedMoney"];
            cost_before: components["schemas"]["SignedMoney"];
            cost_difference: components["schemas"]["SignedMoney"];
            /** @description The first of them. */
            examples: {
                cost_after: components["schemas"]["SignedMoney"] | null;
                /** @description Null where nothing of it has a price. */
                cost_before: components["schemas"]["SignedMoney"] | null;
                /** Format: date */
                day: string;
                id: string;
            }[];
            /** @description Interactions that would get another estimate. */
            interaction_count: number;
            /** @description Whether everything in the window was looked at; if not the numbers are at least these. */
            is_complete: boolean;
            /** @description By month in the reporting time zone. */
            months: {
                cost_difference: components["schemas"]["SignedMoney"];
                interaction_count: number;
                month: string;
            }[];
            /** @description Those of them that would be priced whole. */
            priced_count: number;
        };
        /** @description US dollars, exact, without trailing zeros. */
        SignedMoney: string;
        SourceList: {
            items: {
                changed_at: components["schemas"]["Moment"];
                checked_at: components["schemas"]["Moment"];
                last_error: string | null;
                model_count: number;
                /** @description Open price rows that come from it. */
                open_rates: number;
                rate_count: number;
                skipped_count: number;
                source: string;
                stale: boolean;
            }[];
            price_book_version: number;
            quarantined: number;
            total: number;
        };
        SyncAnswer: {
            dry_run: boolean;
            report: components["schemas"]["SyncReport"] | null;
            source: string;
            /** @enum {string} */
            status: "synced" | "unchanged";
        };
        SyncReport: {
            /** @description Models whose quotes changed since the last sync. */
            changed_models: number;
            /** @description The first changes. */
            changes: Record<string, never>[];
            closed: number;
            conflict_examples: Record<string, never>[];
            /** @description Rates of the changed models on which sources differ by more than one per cent. */
            conflicts: number;
            /** @description Models of the list. */
            model_count: number;
            opened: number;
            quarantined: number;
            /** @description Rates of the list. */
            rate_count: number;
            /** @description How many by reason. */
            skipped: {
                [key: string]: number;
            };
            /** @description Entries and prices that gave no rate. */
            skipped_count: number;
            skipped_examples: string[];
            /** @description SQL statements that were run. */
            statements: number;
            /** @description Quarantined rows that wait no longer. */
            withdrawn: number;
        };
        SyncRequest: {
            dry_run?: boolean;
            /** @enum {string|null} */
            source?: "snapshot" | "litellm" | "genai-prices" | "models.dev" | "openrouter" | "cloudflare" | null;
        };
        UnpricedList: {
            items: {
                /** Format: date */
                first_day: string;
                /** @description All interactions of the model on the days that have unpriced ones. */
                interaction_count: number;
                /** Format: date */
                last_day: string;
                /** @description What to set a price for; empty where no price can reach it, since the events name no model. */
                missing: {
                    /** @description Empty for what has no model. */
                    model: string;
                    /** @description Units that such a rate is usually given for. */
                    per: number;
                    provider: string;
                    resource_type: string;
                    service_tier: string;
                }[];
                model: string;
                /** @description Interactions with a price for a part. */
                partial_count: number;
                provider: string;
                /** @enum {string} */
                type: "chat" | "db" | "api" | "cost-event";
                /** @description Interactions without any price. */
                unpriced_count: number;
                /** @description Tokens that the cost does not cover. */
                unpriced_tokens: number;
            }[];
            /** Format: date */
            since: string;
            total: number;
        };
    };
    responses: {
        /** @description A parameter is unknown or has a value that can't be taken. */
        BadParameter: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A sync of this source runs already. */
        Busy: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is decided. */
        Decided: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["DecisionAnswer"];
            };
        };
        /** @description The key has not the scope. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A field is missing, unknown, or has a value that can't be kept; or the list was refused. */
        InvalidField: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The list did not come, or can't be read. Prices stay as they are. */
        ListUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is no JSON object. */
        Malformed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over 64 KiB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many unknown keys from this address; a key that is known here is never held up by them. */
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
        /** @description The database did not answer; sending again is safe. */
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
        /** @description The body is no `application/json`. */
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
        /** @description Rows on the page. */
        Limit: number;
        /** @description Rows before the page. */
        Offset: number;
        /** @description The waiting rate's id. */
        PriceId: number;
    };
    requestBodies: {
        Decision: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getPricingHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The book can be read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The database does not answer, or its schema is another release's. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    listAssumed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The assumptions, most prices first; 500 at most. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssumedList"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listConflicts: {
        parameters: {
            query?: {
                /** @description Rows on the page. */
                limit?: components["parameters"]["Limit"];
                /** @description Rows before the page. */
                offset?: components["parameters"]["Offset"];
                /** @description Provider, by any of its names. */
                provider?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, by provider and model. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConflictPage"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPriceHistory: {
        parameters: {
            query: {
                /**
                 * @description The model; left out for what has no model.
                 * @example gpt-5-mini
                 */
                model?: string;
                /**
                 * @description Provider, by any of its names.
                 * @example openai
                 */
                provider: string;
                /** @description One resource only. */
                resource_type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows, by resource and start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceHistory"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMappings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every mapping and alias, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappingList"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeMapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Mapping"];
            };
        };
        responses: {
            /** @description It holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappingAnswer"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeOverride: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Override"];
            };
        };
        responses: {
            /** @description It holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverrideAnswer"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The waiting rates. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuarantineList"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    approveQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The waiting rate's id. */
                id: components["parameters"]["PriceId"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Decision"];
        responses: {
            200: components["responses"]["Decided"];
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    rejectQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The waiting rate's id. */
                id: components["parameters"]["PriceId"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Decision"];
        responses: {
            200: components["responses"]["Decided"];
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRates: {
        parameters: {
            query?: {
                /**
                 * @description The date; now without it.
                 * @example 2026-11-23T00:00:00Z
                 */
                at?: string;
                /** @description Rows on the page. */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description The model's exact name.
                 * @example gpt-5-mini
                 */
                model?: string;
                /** @description Rows before the page. */
                offset?: components["parameters"]["Offset"];
                /**
                 * @description Provider, by any of its names.
                 * @example openai
                 */
                provider?: string;
                /** @description Resource: `input`, `output`, `web_search`, … */
                resource_type?: string;
                /** @description A part of the model's name. */
                search?: string;
                /** @description Source. */
                source?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, in order of provider, model and resource. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePage"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPriceSources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sources. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    runSync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SyncRequest"];
            };
        };
        responses: {
            /** @description The list is in the book, or was already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncAnswer"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Busy"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            502: components["responses"]["ListUnavailable"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUnpriced: {
        parameters: {
            query?: {
                /** @description How many days back. */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnpricedList"];
                };
            };
            400: components["responses"]["BadParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
}
