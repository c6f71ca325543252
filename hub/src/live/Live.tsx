import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { announce } from "../ui/announce.ts";
import { subscribeToSeconds } from "../time/server-clock.ts";
import { texts } from "../texts.ts";
import { watchPointer, whenCalm } from "./calm.ts";
import { patchCaches, refetchLists } from "./patch.ts";
import { openLive } from "./stream.ts";

const POLL_WHILE_LOST_MS = 10_000;
/** A restart of the server or a change of network is over sooner than this; saying so would only startle. */
const QUIET_MS = 2_000;

/** Keeps every query current from the stream; while it is lost, asks every ten seconds and says how old the picture is. */
export function Live() {
  const queries = useQueryClient();
  const [lostAtMs, setLostAtMs] = useState<number | null>(null);

  useEffect(() => {
    let opened = false;
    const close = openLive({
      onEvent(event) {
        patchCaches(queries, event);
        whenCalm(() => refetchLists(queries));
        const waba = event.data.waba;
        if (waba && event.data.changed?.includes("status"))
          announce(texts.live.changed(waba.client.name, waba.status_label));
      },
      onState(state) {
        if (state === "lost") {
          setLostAtMs((since) => since ?? Date.now());
          return;
        }
        setLostAtMs(null);
        // Whatever came between is not replayed to every tab: fetch what stands on the screen.
        if (opened) void queries.invalidateQueries();
        opened = true;
      },
    });
    const unwatch = watchPointer();
    return () => {
      close();
      unwatch();
    };
  }, [queries]);

  const isLost = lostAtMs !== null;
  useEffect(() => {
    if (!isLost) return;
    const timer = setInterval(() => void queries.refetchQueries({ type: "active" }), POLL_WHILE_LOST_MS);
    return () => clearInterval(timer);
  }, [isLost, queries]);

  return isLost ? <LostBanner sinceMs={lostAtMs} /> : null;
}

function LostBanner({ sinceMs }: { sinceMs: number }) {
  const queries = useQueryClient();
  const ageS = useSyncExternalStore(subscribeToSeconds, () => {
    const newestMs = Math.max(
      sinceMs,
      ...queries
        .getQueryCache()
        .findAll({ type: "active" })
        .map((query) => query.state.dataUpdatedAt),
    );
    return Math.floor((Date.now() - newestMs) / 1000);
  });
  const isQuiet = useSyncExternalStore(subscribeToSeconds, () => Date.now() - sinceMs < QUIET_MS);
  if (isQuiet) return null;
  return (
    <div className="banner" data-tone="amber" role="status">
      {texts.live.lost(texts.live.seconds(ageS))}
    </div>
  );
}
