import { Link, useRouterState } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { nameFault, type SavedView, viewCountMax, viewNameLengthMax, withoutView, withRenamedView, withView } from "../../prepare/saved-views.ts";
import { wholeSearch } from "../../prepare/search.ts";
import { announce } from "../../shell/announcer.tsx";
import { setSavedViews, useSavedViews } from "../../shell/saved-views.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Popover } from "../../ui/popover.tsx";
import { TextField } from "../../ui/text-field.tsx";

/** The views that the reader named: open, save, rename, delete, and take a deletion back. */
export function SavedViews() {
  return (
    <Popover
      label="Saved views"
      placement="bottom end"
      button={{
        children: (
          <>
            <Icon name="star" size={14} /> Views
          </>
        ),
      }}
    >
      {(close) => <ViewList close={close} />}
    </Popover>
  );
}

function ViewList({ close }: { close: () => void }) {
  const views = useSavedViews();
  const here = useRouterState({ select: ({ location }) => location.searchStr });
  const [renamed, setRenamed] = useState<string | null>(null);
  const [gone, setGone] = useState<{ view: SavedView; at: number } | null>(null);
  const remove = (view: SavedView) => {
    setGone({ view, at: views.indexOf(view) });
    setSavedViews(withoutView(views, view.name));
  };
  return (
    <div className="flex w-80 max-w-full flex-col gap-3 p-1 text-sm">
      {views.length === 0 && gone === null && <p className="text-muted">None yet. Set the measure, groups, period and filters as you like them, then name the view.</p>}
      {views.length > 0 && (
        <ul className="flex max-h-72 flex-col overflow-auto" aria-label="Views">
          {views.map((view) => (
            <li key={view.name} className="flex min-h-9 items-center gap-1">
              {renamed === view.name ? (
                <NameForm
                  label="New name"
                  initial={view.name}
                  check={(name) => nameFault(views, name, view.name)}
                  verb="Rename"
                  onName={(name) => {
                    setSavedViews(withRenamedView(views, view.name, name));
                    setRenamed(null);
                  }}
                />
              ) : (
                <>
                  <Link to="/explore" search={() => wholeSearch(view.search)} onClick={close} className={`min-w-0 flex-1 truncate rounded-control px-2 py-1.5 no-underline hover:bg-hover ${view.search === here ? "bg-selected font-semibold" : ""}`} title={view.name}>
                    {view.name}
                  </Link>
                  <Button look="quiet" aria-label={`Rename ${view.name}`} title="Rename" onClick={() => setRenamed(view.name)} className="px-1.5">
                    <Icon name="pencil" size={14} />
                  </Button>
                  <Button look="quiet" aria-label={`Delete ${view.name}`} title="Delete" onClick={() => remove(view)} className="px-1.5">
                    <Icon name="close" size={14} />
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {gone !== null && (
        <p role="status" className="flex items-center justify-between gap-2 rounded-control bg-hover px-2 py-1">
          <span className="min-w-0 truncate">“{gone.view.name}” is deleted.</span>
          <Button
            onClick={() => {
              setSavedViews(withView(views, gone.view, gone.at));
              setGone(null);
            }}
          >
            Undo
          </Button>
        </p>
      )}
      {views.length < viewCountMax && (
        <div className="border-t border-line pt-3">
          <NameForm
            label="Save what is shown as"
            initial=""
            check={(name) => nameFault(views, name)}
            verb="Save"
            onName={(name) => {
              setSavedViews(withView(views, { name, search: here }));
              announce(`View ${name} saved`);
            }}
          />
        </div>
      )}
      <p className="text-xs text-faint">Kept in this browser. A view is its address: to share one, open it and copy the link.</p>
    </div>
  );
}

/** One line of text that becomes a name, or says why it cannot. */
function NameForm({ label, initial, check, verb, onName }: { label: string; initial: string; check: (name: string) => string | null; verb: string; onName: (name: string) => void }) {
  const [name, setName] = useState(initial);
  const [fault, setFault] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = check(name);
    setFault(found);
    if (found !== null) return;
    onName(name.trim());
    setName("");
  };
  return (
    <form onSubmit={submit} className="flex w-full items-end gap-2">
      <TextField label={label} value={name} maxLength={viewNameLengthMax} onChange={(event) => setName(event.target.value)} error={fault} className="min-w-0 flex-1" placeholder="Tokens by user, weekly" />
      <Button type="submit" look="primary">
        {verb}
      </Button>
    </form>
  );
}
