/**
 * A name within plain text, isolated from the direction of the text around it. On pages `Name` does the same.
 */
export const isolated = (name: string): string => `\u2068${name}\u2069`;
