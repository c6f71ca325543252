import { useMutation, useQueryClient } from "@tanstack/react-query";
import { overviewQuery, timelineQuery, wabaQuery } from "../../api/queries.ts";
import type { Waba } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { announce } from "../../ui/announce.ts";

export interface Outcome {
  waba: Waba;
  /** The label before. */
  before: string;
  at: string;
}

/** A command on the WABA answers with the WABA after it. */
export function useWabaAct<Order = void>(
  waba: Waba,
  command: (order: Order) => Promise<{ data: Waba }>,
  sentenceOf = ({ waba: { status_label } }: Outcome): string => status_label,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (order: Order): Promise<Outcome> => {
      const before = waba.status_label;
      const { data: fresh } = await command(order);
      return { waba: fresh, before, at: new Date(serverNow()).toISOString() };
    },
    onSuccess(outcome) {
      queries.setQueryData(wabaQuery(waba.id).queryKey, outcome.waba);
      announce(sentenceOf(outcome));
      void queries.invalidateQueries({ queryKey: timelineQuery(waba.id).queryKey });
      void queries.invalidateQueries({ queryKey: overviewQuery.queryKey });
    },
  });
}

export const checkedSentenceOf = ({ before, waba }: Outcome): string =>
  `${t("waba.checked_at")}: ${changeOf(before, waba.status_label)}`;

export const changeOf = (before: string, status: string): string =>
  before === status ? t("waba.still", { status }) : t("waba.became", { before, status });
