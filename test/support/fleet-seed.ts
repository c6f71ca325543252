import type { Seed } from "../../src/emulator/start-emulator.ts";

const WABAS_PER_CLIENT = 4;

/** Meta's ids in a fleet, from 0: "10…" of a WABA, "20…" of its number, "51…" of a client's portfolio. */
export const fleetIdOf = (prefix: "10" | "20" | "51", index: number): string =>
  prefix + String(index + 1).padStart(13, "0");

export const clientIndexOf = (wabaIndex: number): number => Math.floor(wabaIndex / WABAS_PER_CLIENT);

/** Clients with four WABAs of one number each; every tenth account is a coexistence one. */
export function fleetSeed(count: number): Seed {
  const clients = Array.from({ length: Math.ceil(count / WABAS_PER_CLIENT) }, (_, client) => ({
    business_id: fleetIdOf("51", client),
    name: `Client ${client + 1}`,
    wabas: Array.from(
      { length: Math.min(WABAS_PER_CLIENT, count - client * WABAS_PER_CLIENT) },
      (_, position) => {
        const index = client * WABAS_PER_CLIENT + position;
        return {
          id: fleetIdOf("10", index),
          kind: index % 10 === 9 ? ("coexistence" as const) : ("platform" as const),
          numbers: [
            {
              id: fleetIdOf("20", index),
              display_phone_number: `+1 555 ${String(index).padStart(7, "0")}`,
            },
          ],
        };
      },
    ),
  }));
  return { clients, losses: [] };
}
