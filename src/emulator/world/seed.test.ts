import { describe, expect, test } from "vitest";
import { defaultSeed, worldOf } from "./seed.ts";

const IDENTITY = {
  partnerBusinessId: "734443296905665",
  appId: "600000000000001",
  systemUserId: "610000000000001",
  systemUserToken: "EAAsystem",
  partnerName: "360dialog",
  appSecret: "secret",
  verifyToken: "verify",
  callbackUrl: null,
};

describe("the default seed", () => {
  test("is the same every time", () => {
    expect(worldOf(defaultSeed(), IDENTITY)).toEqual(worldOf(defaultSeed(), IDENTITY));
  });

  test("has its fixed clients, row by row", () => {
    const rows = defaultSeed().clients.flatMap((client) =>
      client.wabas.map((waba) => [
        client.name,
        client.business_id,
        waba.id,
        waba.numbers.map((each) => each.id),
        waba.kind,
      ]),
    );
    expect(rows.slice(0, 7)).toEqual([
      ["Northwind Florist", "510000000000001", "100000000000001", ["200000000000001"], "platform"],
      [
        "Northwind Florist",
        "510000000000001",
        "100000000000002",
        ["200000000000002", "200000000000003"],
        "platform",
      ],
      ["Harbor Bakery", "510000000000002", "100000000000003", ["200000000000004"], "coexistence"],
      ["Atlas Cycles", "510000000000003", "100000000000004", ["200000000000005"], "platform"],
      ["Juniper Clinic", "510000000000004", "100000000000005", ["200000000000006"], "platform"],
      ["Quarry Tools", "510000000000005", "100000000000006", ["200000000000007"], "coexistence"],
      ["Meadow Pets", "510000000000006", "100000000000007", ["200000000000008"], "platform"],
    ]);
    expect(defaultSeed().clients[0]?.wabas[0]?.numbers[0]?.display_phone_number).toBe("+1 555 010 0001");
  });

  test("has at least twelve clients, and one number on every coexistence account", () => {
    const { clients } = defaultSeed();
    expect(clients.length).toBeGreaterThanOrEqual(12);
    const coexistence = clients
      .flatMap((client) => client.wabas)
      .filter((waba) => waba.kind === "coexistence");
    expect(coexistence.map((waba) => waba.numbers.length)).toEqual(coexistence.map(() => 1));
  });

  test("shares everything with full control before the losses, but for the client found later", () => {
    const world = worldOf(defaultSeed(), IDENTITY);
    const notShared = Object.values(world.wabas).filter((waba) => !waba.partners[IDENTITY.partnerBusinessId]);
    expect(notShared.map((waba) => waba.id)).toEqual(["100000000000007"]);
  });
});
