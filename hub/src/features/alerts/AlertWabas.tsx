import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import { wabaQuery } from "../../api/queries.ts";
import type { Alert } from "../../api/types.ts";
import { WabaStatus } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Bar } from "../../ui/Skeleton.tsx";
import styles from "./alerts.module.css";

/** How many are read at once: each row asks for its WABA as it is now. */
const STEP = 10;

/** Whom it is about, each with its state now. */
export function AlertWabas({ of: alert }: { of: Alert }) {
  const { wabas, waba_count: count, state, holding_count: holding, signal_count: signals } = alert;
  const [shown, setShown] = useState(STEP);
  if (count === 0) return null;
  const unnamed = count - wabas.length;
  return (
    <section className="panel" aria-labelledby="wabas-title">
      <h2 id="wabas-title">
        {say("wabas")} <span className="count">{count.toLocaleString()}</span>
      </h2>
      {state === "resolved" || holding >= signals ? null : (
        <p className="muted small">{say("holding", { holding, count: signals })}</p>
      )}
      <ul className={styles.wabas}>
        {wabas.slice(0, shown).map((waba) => (
          <WabaRow key={waba.id} {...waba} />
        ))}
      </ul>
      {wabas.length > shown ? (
        <button type="button" className="text-button" onClick={() => setShown(shown + STEP)}>
          {say("wabas_more", { count: Math.min(STEP, wabas.length - shown) })}
        </button>
      ) : unnamed > 0 ? (
        <p className="muted small">{say("wabas_unnamed", { count: unnamed })}</p>
      ) : null}
    </section>
  );
}

function WabaRow({ id, name }: Alert["wabas"][number]) {
  const query = useQuery(wabaQuery(id));
  return (
    <li>
      <Link className="row-link" to="/wabas/$wabaId" params={{ wabaId: id }}>
        <Name>{name}</Name>
      </Link>
      {query.data ? (
        <>
          <WabaStatus waba={query.data} />
          <RelativeTime at={query.data.since} />
        </>
      ) : query.error ? null : (
        <Bar width={140} />
      )}
    </li>
  );
}
