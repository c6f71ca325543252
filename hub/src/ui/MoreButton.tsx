import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Problem } from "./Problem.tsx";
import styles from "./MoreButton.module.css";

/** The part of a paged query that its next page needs. */
interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}

/** Fetches the next page while there is one, and says when that failed: the pages before it stay. */
export function MoreButton({ query, children }: { query: Paged; children: string }): ReactNode {
  const fetchMore = (): void => void query.fetchNextPage();
  return (
    <>
      {query.hasNextPage ? (
        <Button className={styles.rowsMore} disabled={query.isFetchingNextPage} onClick={fetchMore}>
          {children}
        </Button>
      ) : null}
      {query.isFetchNextPageError ? <Problem error={query.error} onRetry={fetchMore} /> : null}
    </>
  );
}
