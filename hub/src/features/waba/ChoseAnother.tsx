import { useSyncExternalStore } from "react";
import type { Waba } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";

/** As long as support is likely to have the client on the phone. */
const FRESH_MS = 60 * 60_000;

/** The client just chose another account in Meta's window: shown at the top for a while. */
export function ChoseAnother({ choice }: { choice: Waba["client_signals"]["chose_another"] }) {
  const isFresh = useSyncExternalStore(
    subscribeToSeconds,
    () => choice !== null && serverNow() - Date.parse(choice.at) < FRESH_MS,
  );
  if (choice === null || !isFresh) return null;
  return (
    <p className="waba-warning">
      <Lamp lamp="amber" />
      <span>
        <span role="status">
          {t("waba.chose_another")}{" "}
          <strong>
            <Name>{choice.name}</Name>
          </strong>
        </span>
        , <RelativeTime at={choice.at} />
      </span>
    </p>
  );
}
