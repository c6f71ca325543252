/** A name within a plain text: of any direction, without a say in what stands around it. On pages `Name` does the same. */
export const isolated = (name: string): string => `\u2068${name}\u2069`;
