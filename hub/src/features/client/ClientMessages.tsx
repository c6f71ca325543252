import { useInfiniteQuery } from "@tanstack/react-query";
import { say } from "../../alert-messages.ts";
import { clientMessagesQuery } from "../../api/queries.ts";
import type { ClientMessage, Lamp } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { Status } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./client.module.css";

/** What was sent to the client, why, to whom, whether it arrived, and whether its link was opened. */
export function ClientMessages({ clientId }: { clientId: string }) {
  const query = useInfiniteQuery(clientMessagesQuery(clientId));
  return (
    <div>
      <h3>{say("client.messages")}</h3>
      <Loaded query={query} skeleton={<Blocks count={2} height={44} />}>
        {({ pages }) => {
          const rows = pages.flatMap(({ data }) => data);
          if (rows.length === 0) return <p className="muted">{say("client.messages_none")}</p>;
          return (
            <ol className={styles.messages}>
              {rows.map((message) => (
                <Message key={message.id} of={message} />
              ))}
            </ol>
          );
        }}
      </Loaded>
      <MoreButton query={query}>{say("client.messages_more")}</MoreButton>
    </div>
  );
}

const LAMPS: Record<ClientMessage["state"], Lamp> = {
  ...{ pending: "grey", sending: "grey", sent: "green" },
  ...{ failed: "red", bounced: "red", dropped: "grey", unknown: "amber" },
};

function Message({ of: message }: { of: ClientMessage }) {
  const { kind, why, state, to, contact_name: name, detail, opened_at, next_attempt_at, channel } = message;
  return (
    <li>
      <p className={styles.messageHead}>
        <Status lamp={LAMPS[state]} label={labelOf("client_message_state", state)} />
        <strong>{labelOf("client_message_kind", kind)}</strong>
        <RelativeTime at={message.ended_at ?? message.planned_at} focusable />
      </p>
      <p className="small">
        {labelOf("client_message_why", why)}
        {channel === "event" ? (
          <> · {say("client.by_you")}</>
        ) : to === null ? null : (
          <>
            {" "}
            · {say("client.to")} {name === null ? null : <Name>{name}</Name>}{" "}
            <bdi dir="ltr" className="muted">
              {to}
            </bdi>
          </>
        )}
      </p>
      {detail === null ? null : <p className="small">{detail}</p>}
      <p className="muted small">
        {next_attempt_at === null ? null : (
          <>
            {say("client.next_attempt")} <RelativeTime at={next_attempt_at} />
          </>
        )}
        {state !== "sent" || message.link_ids.length === 0 ? null : opened_at === null ? (
          say("client.not_opened")
        ) : (
          <>
            {say("client.opened")} <RelativeTime at={opened_at} />
          </>
        )}
      </p>
    </li>
  );
}
