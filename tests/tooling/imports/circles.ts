// Files that import each other in a loop, found in a graph of imports (Tarjan's strongly connected components).

/** Who imports whom, and by which names: importer → imported → names. */
export type ImportGraph = Map<string, Map<string, Set<string>>>;

export function addImport(graph: ImportGraph, from: string, to: string, name: string): void {
  const imported = graph.get(from) ?? new Map<string, Set<string>>();
  graph.set(from, imported);
  const names = imported.get(to) ?? new Set<string>();
  imported.set(to, names);
  names.add(name);
}

/** The same graph between folders: what `folderOf` leaves out, and what stays within a folder, ties nothing. */
export function foldersOf(graph: ImportGraph, folderOf: (file: string) => string | undefined): ImportGraph {
  const folders: ImportGraph = new Map();
  for (const [from, imported] of graph) {
    for (const to of imported.keys()) {
      const [importer, target] = [folderOf(from), folderOf(to)];
      if (importer !== undefined && target !== undefined && importer !== target) addImport(folders, importer, target, `${from} → ${to}`);
    }
  }
  return folders;
}

/** Each circle as the imports that make it, one a line. */
export function circlesOf(graph: ImportGraph): string[] {
  return components(graph)
    .filter((files) => files.size > 1)
    .map((files) =>
      [...files]
        .flatMap((from) =>
          [...(graph.get(from) ?? [])].filter(([to]) => files.has(to)).map(([to, names]) => `${from} → ${to}: ${[...names].toSorted().join(", ")}`),
        )
        .toSorted()
        .join("\n"),
    )
    .toSorted();
}

interface Visit {
  index: number;
  low: number;
  isOpen: boolean;
}

function components(graph: ImportGraph): Set<string>[] {
  const visits = new Map<string, Visit>();
  const open: string[] = [];
  const found: Set<string>[] = [];
  const visit = (file: string): Visit => {
    const own: Visit = { index: visits.size, low: visits.size, isOpen: true };
    visits.set(file, own);
    open.push(file);
    for (const to of graph.get(file)?.keys() ?? []) {
      const seen = visits.get(to);
      if (seen === undefined) own.low = Math.min(own.low, visit(to).low);
      else if (seen.isOpen) own.low = Math.min(own.low, seen.index);
    }
    if (own.low === own.index) found.push(closed(file));
    return own;
  };
  const closed = (root: string): Set<string> => {
    const files = new Set(open.splice(open.indexOf(root)));
    for (const file of files) {
      const seen = visits.get(file);
      if (seen !== undefined) seen.isOpen = false;
    }
    return files;
  };
  for (const file of graph.keys()) if (!visits.has(file)) visit(file);
  return found;
}
