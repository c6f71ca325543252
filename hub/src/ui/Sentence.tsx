import { fullTimeOf, spokenTimeOf } from "../time/format.ts";
import { splitInstants } from "../time/instants.ts";
import { serverNow } from "../time/server-clock.ts";

/** A sentence of the API, its instants on the viewer's clock. */
export function Sentence({ children }: { children: string }) {
  return splitInstants(children).map((part, index) =>
    typeof part === "string" ? (
      part
    ) : (
      <time key={index} dateTime={part.at} title={fullTimeOf(part.at)}>
        {spokenTimeOf(part, serverNow())}
      </time>
    ),
  );
}
