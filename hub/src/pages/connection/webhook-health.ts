import type { Connection, Lamp } from "../../api/types.ts";

export type HearingState = "well" | "troubled" | "unknown";

export const LAMP_OF_HEARING: Record<HearingState, Lamp> = {
  well: "green",
  troubled: "red",
  unknown: "grey",
};

type Heard = Pick<Connection, "ears" | "unheard">;

/** How many things keep us from hearing Meta: each ear that fails, and all WABAs that cannot be heard as one. */
export const troublesOf = ({ ears, unheard }: Heard): number =>
  ears.filter((ear) => !ear.ok).length + (unheard.count > 0 ? 1 : 0);

export function hearingOf(connection: Heard): HearingState {
  if (troublesOf(connection) > 0) return "troubled";
  return connection.ears.length === 0 ? "unknown" : "well";
}
