/**
 * The worlds an emulator begins with. The default one is fixed (docs/guides/emulator.md): the same
 * ids at every start and after every reset.
 */
import { defaultKnobs } from "./knobs.ts";
import {
  addNumber,
  addToken,
  addWaba,
  integrationUserIdOf,
  linkedApp,
  MANAGEMENT,
  MESSAGING,
} from "./make-objects.ts";
import { freshCounters } from "./world.ts";
import type { Identity, Task, Waba, WabaKind, World } from "./world.ts";

/** A world as data. Each `shared: false` WABA exists at the client but was never shared with the provider. */
export interface Seed {
  clients: SeedClient[];
  /** Actions that follow the start, in order: `{ action, waba_id, … }`. */
  losses: Record<string, unknown>[];
}

interface SeedClient {
  business_id: string;
  name: string;
  verified?: boolean;
  wabas: SeedWaba[];
}

interface SeedWaba {
  id: string;
  name?: string;
  kind: WabaKind;
  shared?: boolean;
  tasks?: Task[];
  numbers: SeedNumber[];
}

interface SeedNumber {
  id: string;
  display_phone_number: string;
  verified_name?: string;
}

export interface SeedIdentity extends Identity {
  partnerName: string;
  appSecret: string;
  verifyToken: string;
  callbackUrl: string | null;
}

/** `[name, kind, first WABA's count of numbers, …]`: portfolios, WABAs and numbers are numbered through. */
type Row = readonly [name: string, kind: WabaKind, ...numbersPerWaba: number[]];

const ROWS: readonly Row[] = [
  ["Northwind Florist", "platform", 1, 2],
  ["Harbor Bakery", "coexistence", 1],
  ["Atlas Cycles", "platform", 1],
  ["Juniper Clinic", "platform", 1],
  ["Quarry Tools", "coexistence", 1],
  ["Meadow Pets", "platform", 1],
  ["Linden Books", "platform", 1],
  ["Copper Kettle Coffee", "platform", 2],
  ["Saltmarsh Surf School", "coexistence", 1],
  ["Fern & Fable Toys", "platform", 1],
  ["Orchard Dental", "platform", 2],
  ["Brightside Laundry", "coexistence", 1],
  ["Alder Row Opticians", "platform", 1],
  ["Café Lumière", "platform", 1],
];

/** Shared by its client after the start, so that the provider finds it without a signup. */
const FOUND_LATER = "100000000000007";

/** The default world. */
export function defaultSeed(): Seed {
  let waba = 0;
  let number = 0;
  const clients = ROWS.map(([name, kind, ...counts], index): SeedClient => ({
    business_id: idOf("51", index + 1),
    name,
    wabas: counts.map((count, position): SeedWaba => {
      waba += 1;
      const id = idOf("10", waba);
      return {
        id,
        name: position === 0 ? name : `${name} Events`,
        kind,
        ...(id === FOUND_LATER && { shared: false }),
        numbers: Array.from({ length: count }, () => {
          number += 1;
          return {
            id: idOf("20", number),
            display_phone_number: `+1 555 010 ${String(number).padStart(4, "0")}`,
          };
        }),
      };
    }),
  }));
  return {
    clients,
    losses: [
      { action: "partner.remove", waba_id: "100000000000004" },
      { action: "partner.reduce", waba_id: "100000000000005" },
      { action: "coexistence.disconnect", waba_id: "100000000000006" },
      { action: "partner.assign", waba_id: FOUND_LATER },
    ],
  };
}

function idOf(prefix: string, count: number): string {
  return prefix + String(count).padStart(13, "0");
}

const DAY_MS = 86_400_000;
/** 5 January 2026, 09:00 UTC: the first client's portfolio; each further one is a day younger. */
const FIRST_CREATED_AT = Date.UTC(2026, 0, 5, 9);

/** The world of a seed while all its shares stand; the seed's losses are played by the caller. */
export function worldOf(seed: Seed, identity: SeedIdentity): World {
  const { partnerBusinessId, appId, systemUserId, systemUserToken } = identity;
  const world: World = {
    identity: { partnerBusinessId, appId, systemUserId, systemUserToken },
    clock: { mode: "real", offsetMs: 0, frozenAt: 0 },
    counters: freshCounters(),
    lossesPlayed: false,
    businesses: {
      [partnerBusinessId]: {
        id: partnerBusinessId,
        name: identity.partnerName,
        verified: true,
        createdAt: FIRST_CREATED_AT,
      },
    },
    apps: {
      [appId]: {
        id: appId,
        name: `${identity.partnerName} Messaging`,
        secret: identity.appSecret,
        businessId: partnerBusinessId,
        verifyToken: identity.verifyToken,
        callbackUrl: identity.callbackUrl,
        fields: null,
      },
    },
    systemUsers: {
      [systemUserId]: {
        id: systemUserId,
        name: "Admin System User",
        businessId: partnerBusinessId,
        role: "ADMIN",
      },
    },
    tokens: {},
    codes: {},
    wabas: {},
    numbers: {},
    knobs: defaultKnobs(),
    faults: [],
    outbox: {},
  };
  addToken(world, {
    token: systemUserToken,
    owner: "system_user",
    businessId: partnerBusinessId,
    userId: systemUserId,
    wabaIds: [],
    scopes: ["business_management", MANAGEMENT, MESSAGING],
    issuedAt: FIRST_CREATED_AT,
  });
  seed.clients.forEach((client, index) =>
    addClient(world, client, FIRST_CREATED_AT + Math.min(index, 300) * DAY_MS),
  );
  return world;
}

function addClient(world: World, client: SeedClient, createdAt: number): void {
  world.businesses[client.business_id] = {
    id: client.business_id,
    name: client.name,
    verified: client.verified ?? true,
    createdAt,
  };
  for (const waba of client.wabas) addSeedWaba(world, client, waba, createdAt);
  const granted = client.wabas.filter((waba) => waba.shared !== false).map((waba) => waba.id);
  if (granted.length > 0) addClientToken(world, client.business_id, granted, createdAt);
}

/**
 * The business token of a client ("BISU"): one per client and app, scoped to the WABAs that the client
 * granted.
 */
function addClientToken(world: World, businessId: string, wabaIds: string[], issuedAt: number): void {
  addToken(world, {
    token: `EAAclient${businessId}`,
    owner: "client",
    businessId,
    userId: integrationUserIdOf(businessId),
    wabaIds: [...wabaIds],
    scopes: [MANAGEMENT, MESSAGING],
    issuedAt,
  });
}

function addSeedWaba(world: World, client: SeedClient, seed: SeedWaba, createdAt: number): void {
  const { partnerBusinessId, appId, systemUserId } = world.identity;
  const shared = seed.shared !== false;
  const tasks = seed.tasks ?? ["MANAGE"];
  const waba = addWaba(world, {
    id: seed.id,
    name: seed.name ?? client.name,
    businessId: client.business_id,
    kind: seed.kind,
    createdAt,
    ...(shared && {
      partners: { [partnerBusinessId]: { tasks, assignedAt: createdAt } },
      assignedUsers: { [systemUserId]: tasks },
      subscriptions: { [appId]: { overrideCallbackUri: null, verifyToken: null } },
      installedAppIds: [appId],
    }),
  });
  for (const number of seed.numbers) addSeedNumber(world, waba, number);
}

function addSeedNumber(world: World, waba: Waba, seed: SeedNumber): void {
  addNumber(world, waba, {
    id: seed.id,
    displayPhoneNumber: seed.display_phone_number,
    verifiedName: seed.verified_name ?? world.businesses[waba.businessId]?.name ?? waba.name,
    status: "CONNECTED",
    registered: true,
    pin: "123456",
    qualityRating: "GREEN",
    verification: "VERIFIED",
    lastOnboardedAt: waba.createdAt,
    commerce: { isCartEnabled: true, isCatalogVisible: true },
    app: waba.kind === "coexistence" ? linkedApp(waba.createdAt) : null,
  });
}
