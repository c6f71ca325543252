/** What somebody edits, and the ETag of the answer that the edit begins from. */
export interface Versioned<T> {
  value: T;
  etag: string | undefined;
}

/** The answer of a call with its ETag. */
export async function readVersioned<T>(
  call: Promise<{ data: T; response: Response }>,
): Promise<Versioned<T>> {
  const { data, response } = await call;
  return { value: data, etag: response.headers.get("ETag") ?? undefined };
}

/** The header by which a write is refused if somebody else has changed the same thing meanwhile. */
export const ifUnchanged = ({ etag }: Pick<Versioned<unknown>, "etag">) =>
  etag === undefined ? {} : { headers: { "If-Match": etag } };
