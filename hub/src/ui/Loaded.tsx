import type { ReactNode } from "react";
import { Problem } from "./Problem.tsx";

/** The part of a query that a page waits for. */
interface Waited<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/**
 * Shows the answer, before it a grey skeleton, or the error. An older answer stays while a newer one fails.
 */
export function Loaded<T>(props: {
  query: Waited<T>;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}): ReactNode {
  const { query, skeleton, children } = props;
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton;
}
