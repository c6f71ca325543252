/** A colleague who may be mentioned. */
export interface Colleague {
  id: string;
  name: string;
}

/** The ids of the colleagues whose names stand in the text after an @, each once. The longest name wins. */
export function mentionsOf(text: string, colleagues: readonly Colleague[]): string[] {
  const byLength = colleagues.toSorted((a, b) => b.name.length - a.name.length);
  const found = text
    .split("@")
    .slice(1)
    .flatMap((rest) => {
      const start = rest.toLocaleLowerCase();
      const named = byLength.find(({ name }) => start.startsWith(name.toLocaleLowerCase()));
      return named === undefined ? [] : [named.id];
    });
  return [...new Set(found)];
}
