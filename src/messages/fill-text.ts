/**
 * `template` with each {name} replaced by its value. A missing value is a defect of ours, never a gap that
 * people read. A value that ends its own sentence, as Meta's words and "Acme Inc." do, gets no second full
 * stop.
 */
export function fillText(template: string, values: Record<string, string | number> = {}): string {
  return template.replace(/\{([a-z_]+)\}(\.?)/g, (_match, name: string, stop: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Broken assumption: no value for {${name}} in "${template}"`);
    const text = String(value);
    return endsItself(text) ? text : text + stop;
  });
}

export const endsItself = (value: unknown): boolean => typeof value === "string" && /[.!?…]$/.test(value);
