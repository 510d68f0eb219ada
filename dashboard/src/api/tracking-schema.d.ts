// Generated from contracts/tracking-api.yaml by `npm run generate -w dashboard`. Do not edit.

export interface paths {
    "/admin/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves sessions older than the retention to the archive, in bounded chunks.
         * @description Needs scope `admin`. The same run as the hourly cron's: `is_more` says that it came to its bounds and
         *     another one goes on. With `dry_run` it says what would move, moves nothing, and leaves no run in
         *     `GET /jobs`. Sums and totals never change; every session can still be opened.
         */
        post: operations["runArchive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What admins changed, newest first.
         * @description Needs scope `admin`. Keys, prices and settings; a key that was made on the machine has the actor
         *     `machine`. Entries are never removed.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/cache-lifetimes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How long cache writes live where nothing in a call tells, by source.
         * @description Needs scope `admin`. It is about providers that leave the lifetime to whoever calls them (Anthropic, Bedrock).
         *     A new ledger takes LibreChat's for five minutes before 2026-06-18 and for an hour since: its default changed.
         */
        get: operations["getCacheLifetimes"];
        /**
         * Says how long the cache writes of a source live, from a moment on.
         * @description Needs scope `admin`. What was to hold later than the moment does not any more. Calls that are recorded keep
         *     their estimates: `POST /admin/rerate` takes those whose lifetime nothing told for what is set now
         *     (`flag`: `cache_lifetime_assumed` or `cache_lifetime_by_setting`). Isolates know it within 30 seconds.
         */
        put: operations["setCacheLifetimes"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/counted-sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which trace source counts for which type.
         * @description Needs scope `admin`.
         */
        get: operations["getCountedSources"];
        /**
         * Chooses which trace source counts for which type.
         * @description Needs scope `admin`. It decides about what comes in from now on (within 30 seconds); what is recorded stays.
         *     A type that is left out counts from every source.
         */
        put: operations["setCountedSources"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every key, without its secret.
         * @description Needs scope `admin`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Makes a key; its secret is shown this once.
         * @description Needs scope `admin`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes a key; it stops everywhere within 30 seconds.
         * @description Needs scope `admin`. A key can't revoke itself. Revoking twice changes nothing.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/ledger-epoch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes everything that was remembered of the ledger void, after a restore.
         * @description Needs scope `admin`. A database that was set back runs again through numbers of versions that Workers and browsers
         *     remember with other content. A new epoch is part of every later write and of every ETag, so that none of it holds
         *     any more. Safe to repeat; takes no body.
         */
        post: operations["renewLedgerEpoch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The plans, by id, each with its newest version.
         * @description Needs scope `admin`.
         */
        get: operations["listPlans"];
        put?: never;
        /**
         * Makes a plan, which is its version 1.
         * @description Needs scope `admin`. What a plan says is never changed: another version says something else, and who has the
         *     old one keeps it until they are moved. A meter that a version does not list is counted and not limited.
         */
        post: operations["createPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/{plan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A plan with all its versions, and how many have each.
         * @description Needs scope `admin`.
         */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/{plan_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a version; it begins for nobody by itself.
         * @description Needs scope `admin`. `PATCH /admin/subscriptions/{subscription_id}` moves who should have it; new subscriptions
         *     get it. A version that says the same as the newest one is refused with 409.
         */
        post: operations["createPlanVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rejections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was refused only after its sender had an answer (queue mode), newest first.
         * @description Needs scope `admin`. A refusal is kept for 90 days.
         */
        get: operations["listRejections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reported-costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which providers' own amounts count, each from its moment on.
         * @description Needs scope `admin`. What a provider or a gateway says it billed is kept beside the estimate. In a new ledger none
         *     of it counts: the estimate does.
         */
        get: operations["getReportedCosts"];
        /**
         * Says whether a provider's own amounts count, from a moment on.
         * @description Needs scope `admin`. For gateways and keys of one's own whose price no list can know. Where an amount counts it is the
         *     interaction's one line for its tokens and the provider's own calls, marked `reported` on the receipt, and the price
         *     state is `declared`; a call that tells no amount is estimated as before. What was to hold later than the moment does
         *     not any more. Calls that are recorded keep their estimates: `POST /admin/rerate` for the provider applies what is set
         *     now. Isolates know it within 30 seconds.
         */
        put: operations["setReportedCosts"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reporting-time-zone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The ledger's reporting time zone, and how far its last change is.
         * @description Needs scope `admin`.
         */
        get: operations["getReportingTimeZone"];
        /**
         * Moves the ledger to the reporting time zone that the Workers are configured with.
         * @description Needs scope `admin`. First set `REPORTING_TIME_ZONE` of all three Workers and deploy: from then on they refuse to
         *     write, and senders try again. This call makes the ledger one of that zone at once, so that they write again, and
         *     moves what was recorded before to its new days, for about 20 seconds. While `finished_at` is null there is
         *     more: send it again, or leave the rest to the hourly cron. Totals never change; a day's are final when the
         *     change is finished. Another zone takes the place of a change under way.
         */
        put: operations["setReportingTimeZone"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reprice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Estimates again what had no price when it happened and has one now.
         * @description Needs scope `admin`. The same run as the hourly cron's: the last weeks, in bounded chunks, each new
         *     estimate a revision.
         */
        post: operations["runReprice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The runs that estimated again what is recorded, newest first.
         * @description Needs scope `admin`.
         */
        get: operations["listRerates"];
        put?: never;
        /**
         * Estimates again what is recorded, by the book as it says for each moment today.
         * @description Needs scope `admin`. Interactions of the range, hot and archived, that the filters name are estimated
         *     again. Where the sum comes out otherwise there is a new revision with this run and its reason, and every sum
         *     moves with it; what comes out the same is left alone, so a second run finds nothing. With `dry_run` it says
         *     what would change and writes nothing. A call works for about 20 seconds: while `is_complete` is false there
         *     is more; send the same again, or leave the rest to the cron. One run is under way at a time.
         */
        post: operations["startRerate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rerate/{rerate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One run, with what it changed by day, model and user, and receipts before and after.
         * @description Needs scope `admin`.
         */
        get: operations["getRerate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has which plan, newest first.
         * @description Needs scope `admin`.
         */
        get: operations["listSubscriptions"];
        put?: never;
        /**
         * Gives a subject a plan from a day on.
         * @description Needs scope `admin`. A subject has one subscription at a time. The subject `default` is every user who has none
         *     of their own. A subscription that begins in the past is counted from the ledger in the transaction that
         *     makes it; it can't begin in a period of the subject that is closed. Where it begins within a period, what is
         *     included is the part of the days that are left of the whole period. With `dry_run` nothing is written and
         *     `preview` says what would be; `if_version` takes the preview's `ledger_version`, and the deed is refused with
         *     409 where the ledger has moved on since.
         *
         *     Teams can have a plan once there are teams.
         */
        post: operations["createSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/subscriptions/{subscription_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One subscription.
         * @description Needs scope `admin`.
         */
        get: operations["getSubscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Another plan or version, an end, no end after all, another anchor, who pays.
         * @description Needs scope `admin`. Takes one of `plan`, `cancel`, `resume`, `anchor_day` and `billing`. A plan that gives more
         *     may begin on a day of the running period: what it gives more is added by the days that are left of the whole
         *     period, and what was over before keeps its rate. One that gives less, or has another period, begins with the
         *     next period. Nothing that was granted is taken back, and nothing before today's periods changes.
         *     `dry_run` and `if_version` as with `POST /admin/subscriptions`.
         */
        patch: operations["changeSubscription"];
        trace?: never;
    };
    "/admin/usage/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recounts counters from the ledger's days; what differs is recorded and corrected.
         * @description Needs scope `admin`. Each run takes a part of the counters of periods that are open, in grace, or were closed
         *     in the last 35 days, and the next one goes on from there.
         */
        post: operations["runUsageReconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/usage/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Opens the periods that are due, closes those whose grace is over; the cron does the same.
         * @description Needs scope `admin`. A period's end and its 48 hours of grace come with the clock, whether this runs or not. It
         *     makes the next period of each subscription a whole period ahead, and freezes what is past its grace. Running
         *     it late, twice or not at all changes no sum.
         */
        post: operations["runUsageReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recounts a slice of the ledger against its sums.
         * @description Needs scope `admin`. The same run as the hourly cron's.
         */
        post: operations["runVerify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/ingestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers the check that LibreChat's Langfuse settings make.
         * @description LibreChat sends an empty batch with the public half of the key. An empty batch is answered and
         *     changes nothing; events in it are refused one by one, since traces come as OTLP.
         */
        post: operations["testLangfuseIngestion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers a medium that Langfuse's SDK would upload.
         * @description Needs scope `ingest`. Images and files are content, so none is taken: the answer names no
         *     address to upload to, and the SDK goes on.
         */
        post: operations["declineMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/otel/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the traces that LibreChat sends to a Langfuse server.
         * @description Needs scope `ingest`. In LibreChat set `LANGFUSE_BASE_URL` to this installation,
         *     `LANGFUSE_PUBLIC_KEY` and `LANGFUSE_SECRET_KEY` to a key's halves, and
         *     `LANGFUSE_MEDIA_UPLOAD_ENABLED=false`; leave `LANGFUSE_SAMPLE_RATE` at 1.
         *
         *     Generations become chat interactions, tools become api interactions with one call of
         *     `tool:<name>`; titles, memory runs and labels are told apart by `context`. The id is
         *     `<traceId>-<spanId>`. A round of tools (`tool-dispatch`) is one api interaction a tool, by its
         *     name alone; their ids are the span's with `-1`, `-2`, … behind it. A call that a user or a time
         *     limit stopped is `aborted`, and of unknown cost where it reported no tokens
         *     (`unreported_usage:aborted`); one that failed in the middle is an error of unknown cost
         *     (`unreported_usage:failed_after_first_token`); one that was refused before its first token
         *     costs nothing, and its metadata say `refused_before_first_token`. Other spans are dropped.
         *
         *     JSON and protobuf, plain or gzip. JSON is read as it arrives. A body that turns out to be
         *     broken is refused; what was recorded of a long one before its fault is kept, the refusal says
         *     how much, and sending it again is safe.
         */
        post: operations["exportLangfuseTraces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The one project, as LibreChat asks for it before it sends scores.
         * @description Any valid key.
         */
        get: operations["listLangfuseProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records a thumb for a trace.
         * @description Needs scope `ingest`. It may arrive before the interaction. A later score for the same trace takes its place. The
         *     comment is skipped.
         */
        post: operations["recordScore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/scores/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a thumb back.
         * @description Needs scope `ingest`. A score that is not there is a success too, so a repeat is safe.
         */
        delete: operations["deleteScore"];
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
        /** Whether the tracker can write. */
        get: operations["getTrackerHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/track/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records up to 500 interactions, each with its own answer.
         * @description Needs scope `ingest`. An event without an id takes `<Idempotency-Key>:<index>`. One bad event
         *     does not sink the others: the answer is 200 and `results` says what became of each, in the order
         *     of the request. An id that stands twice in the request is a duplicate if its events are the
         *     same, else its later ones are conflicts.
         */
        post: operations["trackBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/track/interaction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Records one interaction.
         * @description Needs scope `ingest`. The id comes from the event or from the `Idempotency-Key` header; an
         *     event without either is refused, since its retry could not be safe.
         */
        post: operations["trackInteraction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/track/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks the explicit end of a session.
         * @description Needs scope `ingest`. The latest end counts, sent once or twice; an end before the start is kept
         *     as sent. An event that began after the end opens the session again; one that was under way and
         *     was completed after it does not: the session is closed, and lasts to that completion. The order in
         *     which marks and events arrive changes nothing.
         */
        post: operations["endSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/track/session/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks the start of a session.
         * @description Needs scope `ingest`. Optional: a session begins with its earliest event anyway. Sent twice, it
         *     changes nothing.
         */
        post: operations["startSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes native OpenTelemetry traces.
         * @description Needs scope `ingest`. In LibreChat set `OTEL_TRACING_ENABLED=true`,
         *     `OTEL_EXPORTER_OTLP_ENDPOINT` to this installation, `OTEL_EXPORTER_OTLP_PROTOCOL=http/json`,
         *     `OTEL_EXPORTER_OTLP_HEADERS=Authorization=Basic …`, and `none` as metrics and logs exporters.
         *
         *     Server spans become api interactions with one request, Mongoose and MongoDB spans become db
         *     interactions with one operation, generic `gen_ai.*` spans become chat interactions whose
         *     `input_tokens` include the cached ones. So do calls of models by OpenInference, Vercel's AI SDK,
         *     OpenLLMetry, Pydantic AI, LiteLLM and vLLM. Numbers may come as integers, doubles or texts.
         *     Middleware, health checks, polling without a request, the second span of one database
         *     operation, and spans of agents that sum up their calls are dropped.
         *
         *     One call is one interaction, however its trace is cut into bodies: of spans within each other
         *     that show the same call the one that knows most counts, a span around several calls is their
         *     sum and is none, and user, session and agent that only a span above knows hold below. A trace
         *     is remembered for three days after its last body; what arrives of it changes what was recorded,
         *     exactly once.
         *
         *     One source counts per type, by default Langfuse's for chat: a `gen_ai.*` span is then `ignored`,
         *     and counted as such. `PUT /admin/counted-sources` changes it.
         */
        post: operations["exportTraces"];
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
        /** @description US dollars, a decimal string without exponent; at most twelve decimal places that are not zero, so that it is exact. */
        Amount: string;
        ArchiveRequest: {
            /**
             * @description Count what would move, and move nothing.
             * @default false
             */
            dry_run: boolean;
        };
        ArchiveRun: {
            /** @constant */
            job: "archive";
            /**
             * @description `running` where another run is under way; the summary is empty then.
             * @enum {string}
             */
            status: "ok" | "running";
            summary: components["schemas"]["ArchiveSummary"];
        };
        ArchiveSummary: {
            /** @description Chunks that moved something, each one transaction. */
            chunk_count?: number;
            /** @description Sessions whose latest event is before this instant move; unix milliseconds. */
            cutoff?: number;
            /** @description Whether nothing was moved on purpose. */
            dry_run?: boolean;
            /** @description Estimates that moved, every revision; a dry run does not count them. */
            estimate_count?: number;
            /** @description Records past their time that the run deleted; never interactions, estimates or sums. */
            forgotten?: {
                /** @description Findings of the verification. */
                finding_count: number;
                /** @description Counts of what traces held and was not taken. */
                left_out_count: number;
                /** @description Passes of the verification. */
                pass_count: number;
                /** @description Refusals of queued events. */
                rejection_count: number;
                /** @description Runs of jobs. */
                run_count: number;
            };
            /** @description Interactions that moved; a dry run counts up to 20000. */
            interaction_count?: number;
            /** @description Whether old sessions are left for the next run. */
            is_more?: boolean;
            /** @description Sessions whose row moved. */
            session_count?: number;
        };
        /**
         * @description `allow`: nothing stops, what lies beyond is counted. `refuse`: who asks first (`POST /api/v1/usage/authorize`) is refused.
         * @enum {string}
         */
        AtLimit: "allow" | "refuse";
        AuditLog: {
            items: {
                action: string;
                /** @description The acting key's public half, `access:` and a person's id there, or `machine`. */
                actor: string;
                /** Format: date-time */
                at: string;
                /** @description What was asked for and what it replaced. */
                detail: Record<string, never> | unknown[] | null;
                id: number;
                reason: string | null;
                subject: string;
            }[];
            /** @description The `before` of the next page; `null` on the last one. */
            next_before: number | null;
        };
        Batch: {
            events: components["schemas"]["Interaction"][];
        };
        BatchAnswer: {
            counts: {
                accepted: number;
                conflict: number;
                duplicate: number;
                queued: number;
                rejected: number;
            };
            results: components["schemas"]["BatchResult"][];
        };
        BatchResult: {
            /** @constant */
            currency?: "USD";
            /** @description What is wrong and what to do, where the event is rejected or a conflict. */
            detail?: string;
            /** @description The field at fault, where the event is rejected. */
            field?: string;
            id?: components["schemas"]["Id"];
            index: number;
            price_state?: components["schemas"]["PriceState"];
            /** @enum {string} */
            status: "accepted" | "duplicate" | "conflict" | "rejected" | "queued";
            total_cost?: components["schemas"]["ReportedAmount"];
        };
        CacheLifetimeList: {
            items: {
                /** @enum {string} */
                lifetime: "5m" | "1h" | "unknown";
                /** @enum {string} */
                source: "api" | "langfuse" | "otel";
                /**
                 * Format: date-time
                 * @description `null`: from the beginning.
                 */
                valid_from: string | null;
            }[];
        };
        Count: number;
        /** @description The one trace source that counts for a type. */
        CountedSources: {
            /** @enum {string} */
            api?: "langfuse" | "otel";
            /** @enum {string} */
            chat?: "langfuse" | "otel";
            /** @enum {string} */
            db?: "otel";
        };
        CreatedKey: components["schemas"]["Key"] & {
            /** @description The secret half; it is stored as a hash only and never shown again. */
            secret: string;
        };
        /**
         * @description A cost that the caller knows; it enters its component as it is. At most $10,000, and $100,000 by one key for one
         *     day, unless configured otherwise.
         */
        DeclaredCost: {
            amount: components["schemas"]["Amount"];
            /** @enum {string} */
            category: "ai_tokens" | "db_ops" | "api_calls" | "compute_time";
        };
        DurationMs: number;
        Health: {
            /** @enum {string} */
            database: "ok" | "unreachable" | "schema-mismatch" | "zone-mismatch";
            /** @description What needs care, and the remedy. */
            detail: string | null;
            /** @enum {string} */
            ingest_mode?: "direct" | "queue";
            /** @description How each job stands, as far as it ever ran. `GET /jobs` says why a run failed. */
            jobs?: {
                /** @description Runs that failed since then. */
                failed_since_ok: number;
                /** @enum {string} */
                job: "archive" | "reporting-time-zone" | "reprice" | "rerate" | "usage-reconcile" | "usage-reset" | "verify";
                /**
                 * Format: date-time
                 * @description When the latest success ended.
                 */
                last_ok_at: string | null;
                /**
                 * @description Of the latest run; `late` where none succeeded for three hours.
                 * @enum {string}
                 */
                status: "running" | "ok" | "failed" | "late";
            }[];
            /**
             * @description Events that were refused in the last seven days after their sender had an answer (queue
             *     mode); `GET /admin/rejections` lists them. Counted up to 1,000. Left out while the database
             *     is not `ok`.
             */
            late_rejections?: number;
            /**
             * @description What the traces of the last seven days held and the ledger did not take; `GET /left-out` of
             *     the query API lists it. Left out while the database is not `ok`.
             */
            left_out?: {
                /** @description Spans of any reason. */
                count: number;
                /** @description Those of a reason that may hide money. */
                worth_a_look: number;
            };
            /**
             * @description Events that were refused since yesterday, each alone: a sum holds no more (64 bits of
             *     picodollars), or their key declared more than it may for one day. `GET /left-out` names the keys.
             *     More than none is `degraded`. Left out while the database is not `ok`.
             */
            refused_for_want_of_room?: number;
            /**
             * @description `degraded`: events are taken, and `detail` names what needs care.
             * @enum {string}
             */
            status: "ok" | "degraded" | "down";
            /**
             * @description What the verification found, as in `GET /integrity`.
             * @enum {string}
             */
            verification?: "unverified" | "sound" | "repaired" | "broken";
            /** @constant */
            worker: "analytics-tracker";
        };
        /** @description Visible ASCII, without spaces. */
        Id: string;
        /** @description One interaction. A blank text and `null` are the same as leaving a field out. */
        Interaction: {
            agent?: string;
            /** @description What people call the agent; the id identifies it. */
            agent_name?: string;
            /** @description What it was for, for example `message`, `title`, `memory`, `summarization`. */
            context?: string;
            declared_cost?: components["schemas"]["DeclaredCost"];
            duration_ms?: components["schemas"]["DurationMs"];
            /** @description The name of a LibreChat custom endpoint. With provider `openAI`, `custom` or none it has no list's prices until an operator maps it, unless LibreChat itself knows the name. */
            endpoint?: string;
            /** @description What went wrong. Of it only the class, the HTTP status and the code are kept, and those only where they are made of words that errors are named with; `Error` else. */
            error?: string;
            id?: components["schemas"]["Id"];
            message_id?: string;
            /**
             * @description Kept as it is, but for spaces and the order of keys; at most 4 KiB as compact JSON and eight
             *     levels. No content belongs here.
             */
            metadata?: Record<string, never>;
            /** @description Required for a chat. */
            model_name?: string;
            /** @description The model as the provider's answer named it, where that differs. */
            model_reported?: string;
            /** @description As LibreChat names it, for example `openAI`. */
            provider?: string;
            region?: string;
            /** @description The tier that was served, for example `flex`. */
            service_tier?: string;
            /** @description Without it the session is user and UTC day, `user-1@2026-11-23`, behind the tenant where there is one; no two users share one. */
            session_id?: string;
            /**
             * @description Without it, `error` where an `error` is given, else `ok`.
             * @enum {string}
             */
            status?: "ok" | "error";
            tenant_id?: string;
            time_to_first_token_ms?: components["schemas"]["DurationMs"];
            /** @description The start. With `duration_ms` it gives the completion, which decides the price. */
            timestamp: components["schemas"]["Moment"];
            trace_id?: string;
            /** @enum {string} */
            type: "chat" | "db" | "api" | "cost-event";
            units?: components["schemas"]["Units"];
            usage?: components["schemas"]["Usage"];
            usage_convention?: components["schemas"]["UsageConvention"];
            user_id: string;
            /** @description What people call the user; the id identifies them. */
            user_label?: string;
        };
        JobRun: {
            /** @enum {string} */
            job: "archive" | "verify" | "reprice" | "usage-reset" | "usage-reconcile";
            /**
             * @description `running` where another run of the job is under way.
             * @enum {string}
             */
            status: "ok" | "running";
            /** @description What the run did. */
            summary: Record<string, never>;
        };
        Key: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string | null;
            /** @description The public half. */
            id: string;
            /** @description Why: the problem's kind, for example `unauthorized`, `forbidden`, `too-large`. */
            last_refusal: string | null;
            /**
             * Format: date-time
             * @description When such a request was refused last, to the minute.
             */
            last_refused_at: string | null;
            /**
             * Format: date-time
             * @description When events (or a check of the address) were taken with it last, to the minute.
             */
            last_used_at: string | null;
            name: string;
            /** Format: date-time */
            revoked_at: string | null;
            scopes: components["schemas"]["Scope"][];
            user_id: string | null;
        };
        KeyList: {
            items: components["schemas"]["Key"][];
            total: number;
        };
        /** @description Of the meter `cost` US dollars as a decimal string, of the others a count. */
        MeterQuantity: components["schemas"]["SignedAmount"] | number;
        /** @description ISO 8601 with a zone, or unix milliseconds. */
        Moment: string | number;
        NewKey: {
            /** @description Without it the key never expires. */
            expires_at?: components["schemas"]["Moment"];
            name: string;
            scopes: components["schemas"]["Scope"][];
            /** @description The one user that a key of scope `self` may read; required with that scope. */
            user_id?: string;
        };
        NewPlan: {
            at_limit?: components["schemas"]["AtLimit"];
            id: string;
            /** @description Each meter once. */
            meters: components["schemas"]["PlanMeterRule"][];
            name: string;
            period: components["schemas"]["PlanPeriod"];
            /** @description Why; kept with the version. */
            reason?: string | null;
        };
        NewPlanVersion: {
            at_limit?: components["schemas"]["AtLimit"];
            /** @description Each meter once. */
            meters: components["schemas"]["PlanMeterRule"][];
            period: components["schemas"]["PlanPeriod"];
            /** @description Why; kept with the version. */
            reason?: string | null;
        };
        NewSubscription: {
            /** @description Of months the day on which a period begins (a short month begins on its last); of weeks the weekday, Monday is 1. Without it 1. Periods of days begin with `from`. */
            anchor_day?: number | null;
            /** @description Who pays; without it the subject. */
            billed_to?: components["schemas"]["Payer"] | null;
            /** @description Whom a billing service knows the payer as. */
            customer?: string | null;
            /** @default false */
            dry_run: boolean;
            /**
             * Format: date
             * @description The first day, in the reporting zone; at most 400 days back, 400 ahead.
             */
            from: string;
            if_version?: number | null;
            plan_id: string;
            reason?: string | null;
            subject: components["schemas"]["Subscriber"];
        };
        Payer: {
            id?: string | null;
            /** @enum {string} */
            type: "tenant" | "installation";
        };
        Plan: {
            /** Format: date-time */
            created_at: string;
            id: string;
            /** @description Whether it is the plan of whoever has none of their own. */
            is_default: boolean;
            name: string;
            /** @description Newest first; in a list the newest alone. */
            versions: components["schemas"]["PlanVersion"][];
        };
        PlanList: {
            items: components["schemas"]["Plan"][];
            limit: number;
            offset: number;
            total: number;
        };
        /** @enum {string} */
        PlanMeter: "cost" | "tokens" | "interactions";
        PlanMeterRule: {
            /** @description Of the meter `cost` US dollars as a decimal string, of the others a count; `null` is unlimited. */
            included: components["schemas"]["Amount"] | number | null;
            meter: components["schemas"]["PlanMeter"];
            /** @description Absent or `null`, what lies beyond is counted and not charged. */
            overage?: components["schemas"]["PlanOverage"] | null;
            /** @description At which percents of what is included someone is told; the highest below 100 is where `near` begins (80 without one). */
            thresholds?: number[];
        };
        /** @description The price of what lies beyond; `amount` US dollars for each `per`. */
        PlanOverage: {
            amount: components["schemas"]["Amount"];
            /** @description Of the meter `cost` US dollars as a decimal string, of the others a count. */
            per: components["schemas"]["Amount"] | number;
        };
        PlanPeriod: {
            /** @description So many of them: 3 months are a quarter. */
            count: number;
            /** @enum {string} */
            unit: "day" | "week" | "month";
        };
        PlanVersion: {
            at_limit: components["schemas"]["AtLimit"];
            /** Format: date-time */
            created_at: string;
            /** @description The key's public half. */
            created_by: string;
            meters: components["schemas"]["PlanMeterRule"][];
            period: components["schemas"]["PlanPeriod"];
            reason: string | null;
            /** @description Subscriptions that have this version today. */
            subscription_count: number;
            version: number;
        };
        PreviewedPeriod: {
            meters: {
                included: components["schemas"]["MeterQuantity"] | null;
                meter: components["schemas"]["PlanMeter"];
                overage: components["schemas"]["MeterQuantity"];
                /** @description `null` where what lies beyond has no price. */
                overage_charge: components["schemas"]["SignedAmount"] | null;
                used: components["schemas"]["MeterQuantity"];
            }[];
            overage_charge: components["schemas"]["SignedAmount"];
            period: components["schemas"]["SubscriptionPeriod"];
            plan_id: string;
            version: number;
        };
        /** @enum {string} */
        PriceState: "priced" | "partial" | "unpriced" | "declared";
        /** @description RFC 9457. */
        Problem: {
            /** @description A sentence that names the field, its fault and the remedy. */
            detail: string;
            /** @description The field at fault. */
            field?: string;
            request_id: string;
            status: number;
            title: string;
            /** @description A stable name of the kind of problem. */
            type: string;
        };
        QueuedInteraction: {
            id: components["schemas"]["Id"];
            /** @constant */
            status: "queued";
        };
        RecordedInteraction: {
            /** @constant */
            currency: "USD";
            id: components["schemas"]["Id"];
            price_state: components["schemas"]["PriceState"];
            /** @enum {string} */
            status: "accepted" | "duplicate";
            total_cost: components["schemas"]["ReportedAmount"];
        };
        RejectionList: {
            items: {
                detail: string;
                interaction_id: components["schemas"]["Id"];
                /** @enum {string} */
                problem: "conflict" | "rejected";
                /** Format: date-time */
                received_at: string;
                /** @enum {string} */
                source: "api" | "langfuse" | "otel";
            }[];
            limit: number;
            offset: number;
            total: number;
        };
        /** @description US dollars; `null` where nothing has a price. */
        ReportedAmount: string | null;
        /**
         * @description `no`: the estimate counts. `provider`: an amount that stands in the provider's own usage object counts. `any`: an
         *     amount that the sender states beside it (an attribute of a span) counts too.
         * @enum {string}
         */
        ReportedCostCounts: "no" | "provider" | "any";
        ReportedCostSettings: {
            items: {
                counts: components["schemas"]["ReportedCostCounts"];
                provider: string;
                /**
                 * Format: date-time
                 * @description `null`: from the beginning.
                 */
                valid_from: string | null;
            }[];
        };
        ReportingTimeZone: {
            /** @description The change under way, else the last one; null if there was none. */
            change: null | {
                /** @description Interactions looked at. */
                checked_count: number;
                /**
                 * Format: date-time
                 * @description Null while it is under way.
                 */
                finished_at: string | null;
                /** @description The zone before. */
                from: string;
                /** @description Interactions whose day became another. */
                moved_count: number;
                /** Format: date-time */
                started_at: string;
                to: string;
            };
            /** @description This Worker's REPORTING_TIME_ZONE; it writes while the two are the same. */
            configured_time_zone: string;
            /** @description The ledger's own */
            time_zone: string | null;
        };
        RerateAnswer: {
            changes: components["schemas"]["RerateChanges"];
            dry_run: boolean;
            /** @description Whether the whole range was looked at; if not, the numbers are at least these. */
            is_complete: boolean;
            /** @description `null` of a dry run. */
            run: components["schemas"]["RerateRun"] | null;
        };
        RerateChange: {
            cost_after: components["schemas"]["SignedAmount"];
            cost_before: components["schemas"]["SignedAmount"];
            difference: components["schemas"]["SignedAmount"];
            interaction_count: number;
            name: string;
        };
        RerateChanges: {
            by_day: components["schemas"]["RerateChange"][];
            /** @description By `provider/model`; past a hundred the rest is `(others)`. */
            by_model: components["schemas"]["RerateChange"][];
            /** @description By the price state before and after, `unpriced>priced`. */
            by_state: components["schemas"]["RerateChange"][];
            /** @description By user; past a hundred the rest is `(others)`. */
            by_user: components["schemas"]["RerateChange"][];
            /** @description Interactions with another estimate. */
            changed_count: number;
            /** @description Interactions that the filters chose. */
            chosen_count: number;
            cost_after: components["schemas"]["SignedAmount"];
            cost_before: components["schemas"]["SignedAmount"];
            difference: components["schemas"]["SignedAmount"];
            /** @description Interactions looked at, those that a filter leaves out included. */
            examined_count: number;
            examples: components["schemas"]["RerateExample"][];
            /** @description Interactions whose new estimate is over the limit of one, or can not be made; they stay as they were. */
            over_limit_count: number;
            /** @description The first of those. */
            refused: string[];
            /** @description Interactions that a full sum had no room for; they stay as they were. */
            refused_count: number;
        };
        RerateEstimate: {
            lines: {
                amount: components["schemas"]["SignedAmount"] | null;
                flags: string[];
                /** @description The row of the price book; `null` where it has none. */
                price_id: number | null;
                quantity: number;
                resource_type: string;
            }[];
            /** @enum {string} */
            price_state: "priced" | "partial" | "unpriced" | "declared";
            total_cost: components["schemas"]["SignedAmount"] | null;
        };
        RerateExample: {
            after: components["schemas"]["RerateEstimate"];
            before: components["schemas"]["RerateEstimate"];
            /** Format: date */
            day: string;
            id: string;
        };
        RerateFilter: {
            /** @description An agent's id; empty for calls without one. */
            agent?: string | null;
            /**
             * Format: date
             * @description The last day, included; at most 3,660 days from the first.
             */
            end_date: string;
            /** @description Only estimates with this remark, as receipts name it. */
            flag?: string | null;
            model?: string | null;
            /** @enum {string|null} */
            price_state?: "priced" | "partial" | "unpriced" | "declared" | null;
            provider?: string | null;
            /**
             * Format: date
             * @description The first day, in the reporting zone.
             */
            start_date: string;
            user_id?: string | null;
        };
        RerateRequest: {
            /** @description An agent's id; empty for calls without one. */
            agent?: string | null;
            /**
             * @description Say what would change, and write nothing.
             * @default false
             */
            dry_run: boolean;
            /**
             * Format: date
             * @description The last day, included; at most 3,660 days from the first.
             */
            end_date: string;
            /** @description Only estimates with this remark, as receipts name it. */
            flag?: string | null;
            model?: string | null;
            /** @enum {string|null} */
            price_state?: "priced" | "partial" | "unpriced" | "declared" | null;
            provider?: string | null;
            /** @description Why; kept with the run and with each new estimate. */
            reason?: string | null;
            /**
             * Format: date
             * @description The first day, in the reporting zone.
             */
            start_date: string;
            user_id?: string | null;
        };
        RerateRun: {
            changed_count: number;
            difference: components["schemas"]["SignedAmount"];
            examined_count: number;
            filter: components["schemas"]["RerateFilter"];
            /**
             * Format: date-time
             * @description `null` while it is under way.
             */
            finished_at: string | null;
            id: number;
            reason: string;
            /** @description The key's public half. */
            requested_by: string;
            /** Format: date-time */
            started_at: string;
        };
        RerateRunList: {
            items: components["schemas"]["RerateRun"][];
            limit: number;
            offset: number;
            total: number;
        };
        /** @enum {string} */
        Scope: "ingest" | "backfill" | "read" | "self" | "widget" | "admin";
        /** @description A score as Langfuse's SDK sends it; other fields, the comment among them, are skipped. */
        Score: {
            dataType?: string;
            /** @description Without it, `feedback-<traceId>`. */
            id?: components["schemas"]["ScoreId"];
            name?: string;
            traceId: components["schemas"]["Id"];
            /**
             * @description 1 is a thumb up, 0 a thumb down.
             * @enum {unknown}
             */
            value: 0 | 1 | true | false;
        };
        /** @description Visible ASCII, without spaces; long enough for `feedback-` and a trace's id. */
        ScoreId: string;
        SessionMark: {
            session_id: string;
            tenant_id?: string;
            timestamp: components["schemas"]["Moment"];
            user_id: string;
        };
        SessionMarked: {
            session_id: string;
            /** @enum {string} */
            status: "recorded" | "queued";
        };
        /**
         * @description USD as a decimal string, exact to the picodollar.
         * @example -12.000000000001
         */
        SignedAmount: string;
        /** @description `id` of a user or a tenant; `tenant_id` of a user who has one. */
        Subscriber: {
            id?: string | null;
            tenant_id?: string | null;
            type: components["schemas"]["SubscriberType"];
        };
        /** @enum {string} */
        SubscriberType: "user" | "tenant" | "installation" | "default";
        Subscription: {
            anchor_day: number | null;
            billed_to: components["schemas"]["Payer"] | null;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            customer: string | null;
            /** Format: date */
            from: string;
            id: string;
            next_change: {
                /** Format: date */
                from: string;
                plan_id: string;
                version: number;
            } | null;
            /** @description The running period. */
            period: components["schemas"]["SubscriptionPeriod"] | null;
            /** @description The plan of today, or the first or last one. */
            plan_id: string;
            state: components["schemas"]["SubscriptionState"];
            subject: {
                id: string | null;
                label: string | null;
                tenant_id: string | null;
                type: components["schemas"]["SubscriberType"];
            };
            /**
             * Format: date
             * @description The first day without it.
             */
            until: string | null;
            version: number;
        };
        SubscriptionChange: {
            dry_run: boolean;
            preview: components["schemas"]["SubscriptionPreview"];
            /** @description As it is now; of a dry run as it would be. */
            subscription: components["schemas"]["Subscription"];
        };
        SubscriptionList: {
            items: components["schemas"]["Subscription"][];
            limit: number;
            offset: number;
            total: number;
        };
        SubscriptionPatch: {
            /** @description The running period ends as it would; a part of a period leads to the first new anchor. */
            anchor_day?: number;
            billing?: {
                billed_to?: components["schemas"]["Payer"] | null;
                customer?: string | null;
            };
            cancel?: {
                /** @description `period_end`, or the first day without the plan. */
                effective: string;
            };
            /** @default false */
            dry_run: boolean;
            if_version?: number | null;
            plan?: {
                /** @description `next_period`, or a day (`2026-11-26`) of the running period. */
                effective: string;
                id: string;
            };
            reason?: string | null;
            /** @enum {boolean} */
            resume?: true;
        };
        SubscriptionPeriod: {
            days: number;
            /**
             * Format: date-time
             * @description Exclusive: the instant at which the next one begins.
             */
            end: string;
            /** Format: date */
            first_day: string;
            /** Format: date */
            last_day: string;
            /** Format: date-time */
            start: string;
        };
        SubscriptionPreview: {
            /** @description The same after it. */
            after: components["schemas"]["PreviewedPeriod"] | null;
            /**
             * Format: date-time
             * @description The instant by which today and the running period were found.
             */
            as_of: string;
            /** @description The period that today lies in, before the change; `null` without one, and of `default`. */
            before: components["schemas"]["PreviewedPeriod"] | null;
            ledger_version: number;
            /** @description The period of today and those after it, three in all. */
            next_periods: components["schemas"]["SubscriptionPeriod"][];
        };
        /**
         * @description `ending`: active, with a last day.
         * @enum {string}
         */
        SubscriptionState: "upcoming" | "active" | "ending" | "ended";
        Tokens: number;
        TraceAnswer: {
            /** @description What became of the spans; an extension that OTLP clients skip. */
            counts: {
                accepted: number;
                conflict: number;
                /** @description Spans that are no interaction, or a part or the sum of others. */
                dropped: number;
                duplicate: number;
                /** @description Spans of a source that does not count for their type. */
                ignored: number;
                queued: number;
                rejected: number;
            };
            /**
             * @description Spans that became no interaction, by the reason: `scaffolding` (chains, prompts, agents),
             *     `no_interaction`, `background` (polling), `probe` (health checks), `inner_call`,
             *     `sum_of_calls`, `other_source`; worth a look are `unread_model_span`, `untold_tool`,
             *     `beyond_trace_memory` (of a trace longer than is remembered: counted as it stands) and
             *     `refused:<field>`.
             * @example {
             *       "scaffolding": 18
             *     }
             */
            left_out: {
                [key: string]: number;
            };
            partialSuccess: {
                errorMessage?: string;
                /** @description A count, as OTLP's JSON writes 64-bit integers. */
                rejectedSpans?: string;
            };
        };
        /**
         * @description OTLP's `ExportTraceServiceRequest` in JSON. Fields and attributes that are not looked at are
         *     skipped.
         */
        TraceRequest: {
            resourceSpans?: {
                scopeSpans?: {
                    spans?: Record<string, never>[];
                }[];
            }[];
        };
        /** @description Everything counted that is not a token. */
        Units: {
            /**
             * @description API calls by resource, for example `web_search` or `tool:<name>`; and parts of a bucket of
             *     `usage` that have rates of their own: `cache_read_audio`, `cache_read_image`,
             *     `cache_read_video`, `cache_write_12h`, `video_in`, `video_out`, `citation`.
             */
            calls?: {
                [key: string]: components["schemas"]["Count"];
            };
            cpu_ms?: components["schemas"]["Count"];
            operations?: components["schemas"]["Count"];
            requests?: components["schemas"]["Count"];
            rows_read?: components["schemas"]["Count"];
            rows_written?: components["schemas"]["Count"];
            wall_ms?: components["schemas"]["Count"];
        };
        /**
         * @description Token counts. With the convention `disjoint` these fields, no token in two of them; with another
         *     convention the provider's own usage object. A field of it that nobody knows and that is not zero
         *     becomes a call without a price, `unread:<field>`.
         */
        Usage: {
            audio_in?: components["schemas"]["Tokens"];
            audio_out?: components["schemas"]["Tokens"];
            cache_read?: components["schemas"]["Tokens"];
            cache_write_1h?: components["schemas"]["Tokens"];
            cache_write_5m?: components["schemas"]["Tokens"];
            image_in?: components["schemas"]["Tokens"];
            image_out?: components["schemas"]["Tokens"];
            input?: components["schemas"]["Tokens"];
            output?: components["schemas"]["Tokens"];
            reasoning?: components["schemas"]["Tokens"];
        };
        /**
         * @description How `usage` counts. Without it, the field names of `disjoint` speak for themselves, and else the
         *     provider's own API decides; LangChain's counts (`input_token_details`) and those of an unknown
         *     provider need it. `usage-metadata` is LangChain's and LibreChat's.
         * @enum {string}
         */
        UsageConvention: "disjoint" | "openai-chat" | "openai-responses" | "azure" | "anthropic-messages" | "bedrock-converse" | "gemini" | "xai" | "deepseek" | "openrouter" | "openai-like" | "usage-metadata" | "langfuse-usage-details" | "otel-gen-ai";
    };
    responses: {
        /** @description The id was used for another event; nothing changed. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
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
        /** @description A field is missing, unknown, or has a value that can't be kept. */
        InvalidField: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A parameter is unknown or out of range; the detail names it and the remedy. */
        InvalidParameter: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What the run did. */
        JobRun: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["JobRun"];
            };
        };
        /** @description The body is not JSON (or OTLP), or is empty. */
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
        /** @description Queue mode; the queue has the event. */
        Queued: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["QueuedInteraction"];
            };
        };
        /** @description The mark is kept. */
        SessionMarked: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SessionMarked"];
            };
        };
        /** @description Queue mode; the queue has the mark. */
        SessionQueued: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SessionMarked"];
            };
        };
        /** @description The body is over its limit; the detail names it. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Over the installation's rate limit, or too many unknown keys from this address; send again after `Retry-After`. */
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
        /**
         * @description OTLP's answer; in `partialSuccess` the spans that can't be kept, and as a warning (with no
         *     rejected span) what was not taken and is worth a look. A body in protobuf gets its answer in
         *     protobuf, without the counts.
         */
        Traces: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TraceAnswer"];
                "application/x-protobuf": string;
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
        /** @description The database did not answer; nothing is half-written, and sending again is safe. */
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
        /** @description The body's type or encoding is not taken here; the detail names what is. */
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
        /** @description Without it the body is plain. */
        ContentEncoding: "gzip" | "identity";
        /**
         * @description The id of an event that carries none; in a batch with the event's index behind a colon.
         * @example 5f0c6e0e-6d8b-4f31-9f5c-0d1f7a1f2a10
         */
        IdempotencyKey: string;
        /**
         * @description The plan's id.
         * @example standard
         */
        PlanId: string;
        /**
         * @description The subscription's id.
         * @example sub-1f0c6e0e
         */
        SubscriptionId: string;
    };
    requestBodies: {
        /** @description An `ExportTraceServiceRequest`, at most 64 MiB (in protobuf 32 MiB) decompressed. */
        Traces: {
            content: {
                "application/json": components["schemas"]["TraceRequest"];
                "application/x-protobuf": string;
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    runArchive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ArchiveRequest"];
            };
        };
        responses: {
            /** @description What the run did, or would do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArchiveRun"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only entries before the one of this id, as `next_before` of the page ahead says. */
                before?: number;
                /** @description The most on this page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLog"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCacheLifetimes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings, each from its moment on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CacheLifetimeList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    setCacheLifetimes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `unknown` leaves it open: the shorter one is assumed, and the receipt says so.
                     * @enum {string}
                     */
                    lifetime: "5m" | "1h" | "unknown";
                    /** @enum {string} */
                    source: "api" | "langfuse" | "otel";
                    /**
                     * Format: date-time
                     * @description From when on; without it from the beginning.
                     */
                    valid_from?: string | null;
                };
            };
        };
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CacheLifetimeList"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCountedSources: {
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
                    "application/json": components["schemas"]["CountedSources"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    setCountedSources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CountedSources"];
            };
        };
        responses: {
            /** @description The sources from now on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountedSources"];
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
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The key, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
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
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public half. */
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    renewLedgerEpoch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new epoch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ledger_epoch: string;
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPlans: {
        parameters: {
            query?: {
                /** @description The most on this page. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plans. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPlan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlan"];
            };
        };
        responses: {
            /** @description The plan is made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The plan's id.
                 * @example standard
                 */
                plan_id: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPlanVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The plan's id.
                 * @example standard
                 */
                plan_id: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlanVersion"];
            };
        };
        responses: {
            /** @description The plan with its new version. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRejections: {
        parameters: {
            query?: {
                /** @description The most on this page. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refusals. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RejectionList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getReportedCosts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings, each from its moment on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportedCostSettings"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    setReportedCosts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    counts: components["schemas"]["ReportedCostCounts"];
                    /** @description As events name it; any of its usual spellings. */
                    provider: string;
                    /**
                     * Format: date-time
                     * @description From when on; without it from the beginning.
                     */
                    valid_from?: string | null;
                };
            };
        };
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportedCostSettings"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    getReportingTimeZone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportingTimeZone"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    setReportingTimeZone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description IANA name. */
                    time_zone: string;
                };
            };
        };
        responses: {
            /** @description The zone, and how far the change is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportingTimeZone"];
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
    runReprice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["JobRun"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRerates: {
        parameters: {
            query?: {
                /** @description The most on this page. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RerateRunList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    startRerate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RerateRequest"];
            };
        };
        responses: {
            /** @description What changed so far, or would. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RerateAnswer"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRerate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The run's number. */
                rerate_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RerateAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSubscriptions: {
        parameters: {
            query?: {
                /** @description The most on this page. */
                limit?: number;
                /** @description How many to skip. */
                offset?: number;
                /** @description Only those that have this plan today, or will have it. */
                plan_id?: string;
                /** @description Only those in this state. */
                state?: components["schemas"]["SubscriptionState"];
                /** @description Only subjects of this type. */
                subject_type?: components["schemas"]["SubscriberType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscriptions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionList"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubscription"];
            };
        };
        responses: {
            /** @description Of a dry run, what would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChange"];
                };
            };
            /** @description The subscription is made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChange"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The subscription's id.
                 * @example sub-1f0c6e0e
                 */
                subscription_id: components["parameters"]["SubscriptionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The subscription's id.
                 * @example sub-1f0c6e0e
                 */
                subscription_id: components["parameters"]["SubscriptionId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionPatch"];
            };
        };
        responses: {
            /** @description What is now, or would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionChange"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            503: components["responses"]["Unavailable"];
        };
    };
    runUsageReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["JobRun"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    runUsageReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["JobRun"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    runVerify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["JobRun"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    testLangfuseIngestion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    batch: unknown[];
                };
            };
        };
        responses: {
            /** @description Each event's answer. */
            207: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        errors: {
                            id: string;
                            message: string;
                            status: number;
                        }[];
                        successes: unknown[];
                    };
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    declineMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Nothing is to be uploaded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        mediaId: string;
                        uploadUrl: null;
                    };
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportLangfuseTraces: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Traces"];
        responses: {
            200: components["responses"]["Traces"];
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLangfuseProjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exactly one project. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            id: string;
                            name: string;
                        }[];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    recordScore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Score"];
            };
        };
        responses: {
            /** @description Recorded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
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
    deleteScore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The score's id. */
                id: components["schemas"]["ScoreId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not there any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    getTrackerHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The database answers, and its schema is this Worker's. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Events can't be taken now. */
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
    trackBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
                /**
                 * @description The id of an event that carries none; in a batch with the event's index behind a colon.
                 * @example 5f0c6e0e-6d8b-4f31-9f5c-0d1f7a1f2a10
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description What became of each event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description Queue mode; every event that is not rejected is `queued`. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
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
    trackInteraction: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
                /**
                 * @description The id of an event that carries none; in a batch with the event's index behind a colon.
                 * @example 5f0c6e0e-6d8b-4f31-9f5c-0d1f7a1f2a10
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Interaction"];
            };
        };
        responses: {
            /** @description The event was there already; this is its answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedInteraction"];
                };
            };
            /** @description The event is recorded and counted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedInteraction"];
                };
            };
            202: components["responses"]["Queued"];
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidField"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionMark"];
            };
        };
        responses: {
            200: components["responses"]["SessionMarked"];
            202: components["responses"]["SessionQueued"];
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
    startSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionMark"];
            };
        };
        responses: {
            200: components["responses"]["SessionMarked"];
            202: components["responses"]["SessionQueued"];
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
    exportTraces: {
        parameters: {
            query?: never;
            header?: {
                /** @description Without it the body is plain. */
                "Content-Encoding"?: components["parameters"]["ContentEncoding"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Traces"];
        responses: {
            200: components["responses"]["Traces"];
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
}
