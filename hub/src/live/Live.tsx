import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { getAbout, listWabas } from "../api/generated/sdk.gen.ts";
import type { ListWabasData } from "../api/generated/types.gen.ts";
import { ProblemError } from "../api/problem-error.ts";
import { aboutQuery, labelsQuery, sessionQuery } from "../api/queries.ts";
import { everyWabaList, hasKey } from "../api/query-keys.ts";
import { announce } from "../ui/announce.ts";
import { onClockSetBack, subscribeToSeconds } from "../time/server-clock.ts";
import { t } from "../messages.ts";
import { ageOf } from "../time/duration.ts";
import { connectionState, setConnectionState, subscribeToConnection } from "./connection.ts";
import { isShortList, patchCaches, refetchLists, withFirstPage, type WabaPages } from "./patch.ts";
import { jittered, SILENT_MS } from "./source.ts";
import { openLive } from "./stream.ts";
import { soon } from "./throttle.ts";

const FIRST_POLL_MS = 10_000;
const LONGEST_POLL_MS = 60_000;
/** A fallback for the stream: everything on the page is read again at least this often. */
const RENEW_EVERY_MS = 60_000;
/** A server restart or a change of network takes less than this. No banner is shown before. */
const QUIET_MS = 2_000;

/**
 * Keeps every query current from the stream. Without the stream one poller asks, and the banner shows the
 * age.
 */
export function Live() {
  const queries = useQueryClient();
  useEffect(() => {
    const close = openLive(handlersFor(queries));
    const renewal = setInterval(() => renew(queries), RENEW_EVERY_MS / 4);
    const stopClock = onClockSetBack(() => forgetOldClock(queries));
    return () => {
      close();
      clearInterval(renewal);
      stopClock();
    };
  }, [queries]);
  const isLost = useSyncExternalStore(subscribeToConnection, () => connectionState().state === "lost");
  useEffect(() => (isLost ? pollWhileLost(queries) : undefined), [isLost, queries]);
  return isLost ? <LostBanner /> : null;
}

function handlersFor(queries: QueryClient): Parameters<typeof openLive>[0] {
  const received = (): void => setConnectionState({ messageAtMs: Date.now() });
  return {
    onMessage: received,
    onEvent(event) {
      received();
      patchCaches(queries, event);
      soon(() => refetchLists(queries));
      const waba = event.data.waba;
      if (waba && event.data.changed?.includes("status"))
        announce(t("live.changed", { client: waba.client.name, label: waba.status_label }));
    },
    onAlert: () => soon(() => refetchLists(queries)),
    onState(state) {
      if (state === "lost") {
        void readSession(queries);
        return setConnectionState({ state });
      }
      setConnectionState({ state: "live", messageAtMs: Date.now() });
      // Changes between the first read of the page and this moment are not replayed, so everything is read
      // again.
      void readAnew(queries);
    },
  };
}

/**
 * The stream ends with the session, and when the person gets another role: the page then leads to the sign-in
 * or has the new role at once. A stream does not say why it ends.
 */
async function readSession(queries: QueryClient): Promise<void> {
  await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
}

/**
 * Everything that was read so far; of a long list its first page, because all of them would be hundreds of
 * requests.
 */
async function readAnew(queries: QueryClient): Promise<void> {
  const isWhole = (query: Query): boolean =>
    (isShortList(query) || !isWabaList(query)) && !(isConstant(query) && query.state.data !== undefined);
  const long = queries.getQueryCache().findAll({
    type: "active",
    predicate: (query) => isWabaList(query) && !isShortList(query),
  });
  await Promise.allSettled([
    queries.invalidateQueries({ predicate: isWhole }),
    ...long.map((query) => readFirstPage(queries, query)),
  ]);
}

const isWabaList = hasKey(everyWabaList);

async function readFirstPage(queries: QueryClient, { queryKey }: Query): Promise<void> {
  const [{ query }] = queryKey as [Required<Pick<ListWabasData, "query">>];
  const { data: fresh } = await listWabas({ query });
  queries.setQueryData<WabaPages>(queryKey, (pages) => withFirstPage(pages, fresh));
}

/** Queries on the page that have not been read for a minute. A list of many pages is left to the stream. */
function renew(queries: QueryClient): void {
  const before = Date.now() - RENEW_EVERY_MS;
  if (connectionState().state === "lost") return;
  void queries.refetchQueries({
    type: "active",
    predicate: (query) => query.state.dataUpdatedAt < before && isShortList(query),
  });
}

/** Queries on the page are read again now; all others when they are shown again. */
function forgetOldClock(queries: QueryClient): void {
  queries.removeQueries({
    type: "inactive",
    predicate: (query) => !isConstant(query),
  });
  void queries.resetQueries({ type: "active", predicate: (query) => !isShortList(query) });
  void queries.invalidateQueries({ predicate: isShortList });
}

/**
 * One small question first, with growing pauses: a dead server is not asked for everything again and again.
 */
function pollWhileLost(queries: QueryClient): () => void {
  let pauseMs = FIRST_POLL_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const poll = async (): Promise<void> => {
    if (await answers()) {
      pauseMs = FIRST_POLL_MS;
      await readAnew(queries);
    } else pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS);
    schedule();
  };
  let stopped = false;
  const schedule = (): void => {
    if (!stopped) timer = setTimeout(() => void poll(), jittered(pauseMs));
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** A refusal is an answer too: the queries then lead to the sign-in. */
async function answers(): Promise<boolean> {
  try {
    await getAbout();
    return true;
  } catch (error) {
    return error instanceof ProblemError && error.status >= 400 && error.status < 500;
  }
}

/** These hardly ever change, and are read once a session. */
const isConstant = hasKey(aboutQuery.queryKey, labelsQuery.queryKey, sessionQuery.queryKey);

/** The age in s of the oldest data on the page: the last message of the stream, or a later read. */
export function pageAgeS(queries: QueryClient): number {
  const { messageAtMs } = connectionState();
  const shown = queries.getQueryCache().findAll({ type: "active", predicate: isShown });
  const oldestMs = Math.min(...shown.map(({ state }) => Math.max(messageAtMs, state.dataUpdatedAt)));
  return Math.max(0, Math.floor((Date.now() - (Number.isFinite(oldestMs) ? oldestMs : messageAtMs)) / 1000));
}

const isShown = (query: Query): boolean => query.state.data !== undefined && !isConstant(query);

function LostBanner() {
  const queries = useQueryClient();
  const ageS = useSyncExternalStore(subscribeToSeconds, () => pageAgeS(queries));
  const isNew = useSyncExternalStore(
    subscribeToSeconds,
    () => Date.now() - connectionState().sinceMs < QUIET_MS,
  );
  const isSeen = !isNew || ageS * 1000 >= SILENT_MS;
  // Announced once: the age on the page changes every second.
  useEffect(() => {
    if (isSeen) announce(t("live.lost", { age: ageOf(pageAgeS(queries)) }));
  }, [isSeen, queries]);
  if (!isSeen) return null;
  return (
    <div className="banner" data-tone="amber">
      {t("live.lost", { age: ageOf(ageS) })}
    </div>
  );
}
