import { useMutation, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { say } from "../../alert-messages.ts";
import {
  acknowledgeAlertMutation,
  snoozeAlertMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { everyAlert, everyAlertList, hasKey } from "../../api/query-keys.ts";
import type { Alert, Page } from "../../api/types.ts";
import { spokenTimeOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { announce } from "../../ui/announce.ts";

/** Takes an alert on, or keeps it quiet. The answer is shown in place at once; lists follow. */
export function useAlertActs({ id }: Pick<Alert, "id">, onChanged?: (fresh: Alert) => void) {
  const queries = useQueryClient();
  const acknowledge = useMutation({
    ...acknowledgeAlertMutation(),
    onSuccess(fresh) {
      showAlert(queries, fresh);
      onChanged?.(fresh);
      announce(say("acknowledged_done"));
    },
  });
  const snooze = useMutation({
    ...snoozeAlertMutation(),
    onSuccess(fresh) {
      showAlert(queries, fresh);
      onChanged?.(fresh);
      announce(snoozedSentenceOf(fresh));
    },
  });
  return {
    acknowledge: () => acknowledge.mutate({ path: { id } }),
    snooze: (until: string | null) => snooze.mutate({ path: { id }, body: { until } }),
    isSending: acknowledge.isPending || snooze.isPending,
    error: acknowledge.error ?? snooze.error,
  };
}

function snoozedSentenceOf({ snoozed_until: at, snoozed_until_worse: worse }: Alert): string {
  if (worse) return say("snoozed_worse");
  if (at === null) return say("snooze_ended");
  return say("snoozed_done", { until: spokenTimeOf({ at, timeOnly: false, exact: false }, serverNow()) });
}

const EVERY_PAGED = [{ ...everyAlertList[0], _infinite: true }] as const;
const isPaged = hasKey(EVERY_PAGED);

type Pages = InfiniteData<Page<Alert>>;

/**
 * Puts the alert in the place of the older one, wherever it is shown. Lists are not read at once: the row
 * stays where the act was, and says what came of it.
 */
function showAlert(queries: QueryClient, fresh: Alert): void {
  const replaced = (row: Alert): Alert => (row.id === fresh.id ? fresh : row);
  const ofPage = <P extends { data: Alert[] }>(page: P): P => ({ ...page, data: page.data.map(replaced) });
  queries.setQueriesData<Pages>(
    { queryKey: EVERY_PAGED },
    (known) => known && { ...known, pages: known.pages.map(ofPage) },
  );
  queries.setQueriesData<Page<Alert>>(
    { queryKey: everyAlertList, predicate: (query) => !isPaged(query) },
    (known) => known && ofPage(known),
  );
  queries.setQueriesData<Alert>({ queryKey: everyAlert }, (known) => known && replaced(known));
}
