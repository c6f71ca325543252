/** An export takes as long as it takes. */
export const LONGEST_DOWNLOAD_MS = 600_000;

/** Saves what the server answered under the file name that the server gives, or else under `otherwise`. */
export function saveAnswer(content: unknown, { headers }: Response, otherwise: string): void {
  const name = /filename="([^"]+)"/.exec(headers.get("Content-Disposition") ?? "")?.[1];
  if (content instanceof Blob) saveAs(content, name ?? otherwise);
}

/** Saves it in the browser's downloads. */
export function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
