/** `template` with each {name} replaced by its value. A missing value is a defect of ours, never a gap that people read. */
export function fillText(template: string, values: Record<string, string | number> = {}): string {
  return template.replace(/\{([a-z_]+)\}/g, (_match, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Broken assumption: no value for {${name}} in "${template}"`);
    return String(value);
  });
}
