import type { ReactNode } from "react";
import { Problem } from "./Problem.tsx";

/** What of a query a page waits for. */
interface Waited<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** What was asked for once it is here; before that its shape in grey, or what went wrong. An older answer stays while a newer one fails. */
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
