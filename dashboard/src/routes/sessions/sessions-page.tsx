import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { sessionCountQuery, sessionsQuery } from "../../api/queries/sessions.ts";
import { filterQuery } from "../../prepare/slice-query.ts";
import { tileMoney } from "../../prepare/money.ts";
import { compactCount, plural } from "../../prepare/quantity.ts";
import type { SessionsSearch } from "../../prepare/search.ts";
import { ExportMenu } from "../../shell/export-menu.tsx";
import { PageHeader } from "../../shell/page-header.tsx";
import { useSlice } from "../../shell/slice-context.ts";
import { Button } from "../../ui/button.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Choice } from "../../ui/segmented.tsx";
import { SessionTable } from "./session-table.tsx";
import { sessionPageQuery } from "./session-queries.ts";
import { VolumeStrip } from "./volume-strip.tsx";

const statuses = [
  { value: "any", name: "Any status" },
  { value: "open", name: "Open" },
  { value: "closed", name: "Closed" },
  { value: "error", name: "With failures" },
] as const;
const costs = [
  { value: "0", name: "Any cost" },
  { value: "0.10", name: "From $0.10" },
  { value: "1", name: "From $1" },
  { value: "10", name: "From $10" },
] as const;
const pricings = [
  { value: "all", name: "Priced or not" },
  { value: "unpriced", name: "With missing prices" },
] as const;

/** All sessions that started in the period, found by facets, the newest first. */
export function SessionsPage(): ReactElement {
  const { query, search: shared } = useSlice();
  const search = useSearch({ from: "/shell/sessions" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const asked = sessionPageQuery({ ...filterQuery(shared), start_date: query.start_date, end_date: query.end_date }, search);
  const list = useQuery(sessionsQuery(asked));
  const now = useQuery(sessionCountQuery(asked));
  const fresh = list.data === undefined || now.data === undefined ? 0 : now.data - list.data.total_count;
  const set = (change: { [Key in keyof SessionsSearch]?: SessionsSearch[Key] | undefined }) => void navigate({ to: ".", search: (old: object) => ({ ...old, skip: undefined, ...change }) });
  const { limit: _limit, offset: _offset, sort: _sort, order: _order, include: _include, start_date: _start, end_date: _end, ...filters } = asked;
  const data = list.data;
  return (
    <>
      <PageHeader title="Sessions" name="Sessions" actions={<ExportMenu kind="sessions" filters={filters as Record<string, string>} />} />
      <VolumeStrip />
      <Panel
        query={list}
        minHeight={420}
        title={data === undefined ? "Sessions" : plural(data.total_count, "session")}
        isEmpty={({ items }) => items.length === 0}
        ledgerIsEmpty={({ as_of }) => as_of === null}
        actions={
          <>
            <Choice label="Status" options={statuses} value={search.status ?? "any"} onChange={(status) => set({ status: status === "any" ? undefined : status })} />
            <Choice label="Cost" options={costs} value={costs.find(({ value }) => value === search.min)?.value ?? "0"} onChange={(min) => set({ min: min === "0" ? undefined : min })} />
            <Choice label="Pricing" options={pricings} value={search.unpriced === true ? "unpriced" : "all"} onChange={(one) => set({ unpriced: one === "unpriced" ? true : undefined })} />
            <SearchBox label="Search sessions" value={search.q} placeholder="Session, user or interaction id" />
          </>
        }
      >
        {(page) => (
          <>
            {fresh > 0 && (
              <Button className="self-center" onClick={() => void client.invalidateQueries({ queryKey: ["sessions", "page"] })}>
                <span aria-hidden="true" className="size-2 rounded-full bg-good" /> {plural(fresh, "new session")}: show
              </Button>
            )}
            <p className="text-sm text-muted">
              {page.total !== null && `${tileMoney(page.total.total_cost)} in ${plural(page.total.interaction_count, "interaction")} and ${compactCount(page.total.token_count)} tokens${page.total.unpriced_count > 0 ? `; ${plural(page.total.unpriced_count, "interaction")} without a price not included` : ""}. `}A session counts whole, on the day it began.{query.type !== undefined && " It has no type: that filter does not apply here."}
            </p>
            <SessionTable list={page} search={search} />
            <Pager offset={page.offset} limit={page.limit} total={page.total_count} noun="sessions" />
          </>
        )}
      </Panel>
    </>
  );
}
