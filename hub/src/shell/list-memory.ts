/**
 * The list that a person last opened, so that `[` and `]` step through it and "back" leads to the same view.
 */
export interface SeenList {
  ids: string[];
  /** The address of the list, with its filters. */
  href: string;
}

const STORAGE_KEY = "sharekeeper-list";

export function rememberList(list: SeenList): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(list));
  } catch {
    // Storage is forbidden or full: then there is no previous and next, and nothing else is lost.
  }
}

export function recallList(): SeenList | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null") as SeenList | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function forgetList(): void {
  try {
    sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is forbidden: then it holds nothing.
  }
}

/** The place of this WABA in the list, and its neighbours. Undefined when it is not in it. */
export function neighboursOf(list: SeenList | undefined, id: string) {
  const index = list?.ids.indexOf(id) ?? -1;
  if (!list || index < 0) return undefined;
  return {
    position: index + 1,
    count: list.ids.length,
    previous: list.ids[index - 1],
    next: list.ids[index + 1],
  };
}
