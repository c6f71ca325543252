import { verdictOf } from "../../src/sharing/gate/verdict.ts";
import { stateOf, type ShareState } from "../../src/sharing/status/share-state.ts";
import type { ShareRecord } from "../../src/sharing/model/share-record.ts";
import { renderWaba, type WabaContext, type WabaView } from "../../src/http/api/wabas/render-waba.ts";
import { BUSINESS } from "../simulation/model-meta.ts";
import { NUMBERS } from "./fake-meta.ts";
import { PLATFORM } from "./webhook-corpus.ts";

/**
 * However much Meta sends, the document of one share stays below this, because it is read and written at
 * every step.
 */
export const MEMORY_LIMIT = 64 * 1024;

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype] as object[];
const keyCount = (): number => PROTOTYPES.reduce((count, each) => count + Reflect.ownKeys(each).length, 0);
const KEYS_AT_START = keyCount();

/** What must hold of everything that is kept or shown, whatever came in. */
export function faultOfRecord(record: ShareRecord): string | null {
  if (keyCount() !== KEYS_AT_START || "polluted" in {}) return "a prototype was changed";
  const text = JSON.stringify(record);
  if (text.length > MEMORY_LIMIT) return `the record has ${text.length} characters`;
  const bad = faultOfText(text);
  if (bad !== null) return `the record holds ${bad}`;
  // A value that JSON cannot hold would come back from the database changed.
  const lost = unstorable(record, "record");
  return lost === null ? null : `not storable: ${lost}`;
}

/** PostgreSQL takes neither in jsonb. `text` is JSON. */
export function faultOfText(text: string): string | null {
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return null;
  return text.includes("\\u0000") ? "a NUL" : "one unit of a surrogate pair";
}

function unstorable(value: unknown, path: string): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : path;
  if (value === undefined || typeof value === "function") return path;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, item] of Object.entries(value)) {
    const fault = unstorable(item, `${path}.${name.slice(0, 40)}`);
    if (fault !== null) return fault;
  }
  return null;
}

const NAMES = { client: "Northwind Florist", partner: "360dialog", wabaId: PLATFORM };
const CONTEXT: WabaContext = {
  partnerName: "360dialog",
  partnerBusinessId: BUSINESS,
  businessSuiteUrl: "https://business.facebook.com",
  now: Date.UTC(2026, 10, 22),
  brand: { color: null, logoUrl: null, support: null },
};

/** All that people, programs and the gate are shown of it. Throws when it cannot be rendered. */
export function renderAll(record: ShareRecord, now: number): ShareState {
  const state = stateOf(record, now);
  const client = {
    id: "cli_1",
    connectionId: "default",
    name: NAMES.client,
    nameGiven: false,
    externalId: null,
    businessId: null,
    language: null,
  };
  const view: WabaView = {
    asset: {
      id: "ast_1",
      connectionId: "default",
      wabaId: PLATFORM,
      clientId: "cli_1",
      name: NAMES.client,
      partnerModel: "portfolio_share",
      mode: "enforce",
      ownMode: null,
      sendsWith: "system_user",
    },
    client,
    numbers: NUMBERS.map((phoneNumberId, index) => ({
      id: `num_${index + 1}`,
      connectionId: "default",
      assetId: "ast_1",
      phoneNumberId,
      displayPhoneNumber: null,
      verifiedName: null,
      profile: {},
    })),
    state,
    link: null,
    appActivities: [],
    case: { assetId: "ast_1", owner: null, tags: [], snoozedUntil: null, version: 1 },
  };
  const rendered = renderWaba(view, { ...CONTEXT, now });
  const gate = state.numbers.map((number) => verdictOf("enforce", state, number, NAMES));
  const fault = faultOfText(JSON.stringify([rendered, gate]));
  if (fault !== null) throw new Error(`the rendered state has ${fault}`);
  return state;
}
