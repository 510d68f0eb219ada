import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type InputHTMLAttributes, type RefAttributes, useContext, useDeferredValue, useState } from "react";
import { Autocomplete, FieldInputContext } from "react-aria-components/Autocomplete";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { groupListQuery } from "../api/queries/stats.ts";
import { sessionsQuery } from "../api/queries/sessions.ts";
import { groupId, groupName } from "../prepare/group-name.ts";
import { presetNames, presets } from "../prepare/period.ts";
import { Modal } from "../ui/modal.tsx";
import { wholeSearch } from "../prepare/search.ts";
import { useCaller } from "../api/caller.ts";
import { pages, pagesFor } from "./navigation.ts";
import { useSavedViews } from "./saved-views.ts";
import { useSlice } from "./slice-context.ts";

type Command = { id: string; name: string; hint: string; run: () => void };

/** Go anywhere by typing: pages, periods, and the users, models and sessions that match. */
export function CommandMenu({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const router = useRouter();
  const { query } = useSlice();
  const views = useSavedViews();
  const caller = useCaller();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const range = { start_date: query.start_date, end_date: query.end_date, limit: 5, q };
  const users = useQuery({ ...groupListQuery("users", range), enabled: q.length > 1 });
  const models = useQuery({ ...groupListQuery("models", range), enabled: q.length > 1 });
  const sessions = useQuery({ ...sessionsQuery({ q, limit: 5 }), enabled: q.length > 2 });
  const go = (to: string, params?: Record<string, string>, search?: object) => () =>
    void router.navigate({ to, ...(params === undefined ? {} : { params }), ...(search === undefined ? {} : { search: (old: object) => ({ ...old, ...search }) }) } as Parameters<typeof router.navigate>[0]);

  const commands: Command[] = [
    ...pagesFor(pages, caller).map((page) => ({ id: page.to, name: page.name, hint: "Page", run: go(page.to) })),
    ...presets.map((preset) => ({ id: `p-${preset}`, name: presetNames[preset], hint: "Period", run: go(".", undefined, { p: preset, from: undefined, to: undefined, skip: undefined }) })),
    ...views.map((view) => ({ id: `v-${view.name}`, name: view.name, hint: "Saved view", run: () => void router.navigate({ to: "/explore", search: () => wholeSearch(view.search) }) })),
    { id: "help", name: "Keyboard shortcuts", hint: "Help", run: onHelp },
  ].filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  if (q.length > 1) {
    for (const { group } of users.data?.items ?? []) commands.push({ id: `u-${group.id}`, name: groupName(group), hint: groupId(group) ?? "User", run: go("/users/$userId", { userId: group.user_id ?? "" }) });
    for (const { group } of models.data?.items ?? []) commands.push({ id: `m-${group.id}`, name: group.id, hint: "Model", run: go("/models/$modelId", { modelId: group.id }) });
    for (const { id } of sessions.data?.items ?? []) commands.push({ id: `s-${id}`, name: id, hint: "Session", run: go("/sessions/$sessionId", { sessionId: id }) });
  }
  return (
    <Modal title="Go to" isOpen onClose={onClose}>
      <Autocomplete inputValue={text} onInputChange={setText}>
        <CommandInput />
        {/* What scrolls must be reachable by keyboard, also where the field's arrows walk it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div role="region" aria-label="What matches" tabIndex={0} className="max-h-80 overflow-auto">
        <ListBox
          aria-label="Commands"
          items={commands}
          className="outline-none"
          onAction={(key) => {
            const command = commands.find(({ id }) => id === key);
            onClose();
            command?.run();
          }}
          renderEmptyState={() => <p className="p-2 text-sm text-faint">Nothing matches.</p>}
        >
          {(command: Command) => (
            <ListBoxItem id={command.id} textValue={command.name} className="flex min-h-8 cursor-pointer items-center justify-between gap-4 rounded-control px-2.5 text-sm outline-none data-focused:bg-selected">
              <span className="truncate">{command.name}</span>
              <span className="text-xs text-faint">{command.hint}</span>
            </ListBoxItem>
          )}
        </ListBox>
        </div>
      </Autocomplete>
    </Modal>
  );
}

/** The field of the menu: it keeps the focus while the arrows walk the list below. */
function CommandInput() {
  const { onChange, ...field } = (useContext(FieldInputContext) ?? {}) as { onChange?: (text: string) => void } & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> & RefAttributes<HTMLInputElement>;
  return (
    <input
      {...field}
      type="search"
      aria-label="Page, period, user, model or session"
      // It stands in a dialog that was opened to type in it.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      onChange={(event) => onChange?.(event.target.value)}
      className="min-h-10 w-full rounded-control border border-control-line bg-card px-3 text-text"
      placeholder="Page, period, user, model or session id"
    />
  );
}
