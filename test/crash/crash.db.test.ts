/**
 * `kill -9` at any moment: a webhook that was answered 200 is never lost. A Sharekeeper in a process of its
 * own is killed again and again while signed webhooks stream in; what it answered 200 must be on the WABA's
 * timeline after the last start.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { startCommand, type Command } from "../support/command.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { call } from "../support/http-call.ts";
import { accountUpdate, ADMIN_KEY, signatureOf } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

/** More by `CRASH_KILLS=200`. */
const KILLS = Number(process.env.CRASH_KILLS ?? 4);
/** How long webhooks stream before each kill, at the most. */
const STREAM_MS = 400;
const SENDERS = 8;
/** About as long as a first start takes. */
const CUT_SHORT_MS = 4_000;
const WABA = "100000000000001";

const random = seededRandom(Number(process.env.CRASH_SEED ?? 1));
const dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-crash-"));
let env: Record<string, string>;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let server: Command | undefined;

beforeAll(async () => {
  database = await freshDatabase();
  env = {
    PORT: "0",
    EMULATOR_PORT: "0",
    DATA_DIR: dataDir,
    ...(database && { DATABASE_URL: database.url }),
  };
});
afterAll(async () => {
  server?.kill("SIGKILL");
  await server?.ended;
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

async function start(): Promise<string> {
  server = startCommand(["sandbox", "--json"], env);
  return (await server.ready)["hub"] as string;
}

/** A first start that is killed somewhere on its way leaves nothing that the next one stumbles over. */
async function cutShort(): Promise<void> {
  const { kill, ended } = startCommand(["sandbox", "--json"], env);
  await systemClock.pause(random.next() * CUT_SHORT_MS);
  kill("SIGKILL");
  await ended;
}

/**
 * Sends webhooks, each with its own number in Meta's format, until the server no longer answers; adds those
 * answered 200.
 */
async function stream(hub: string, answered: Set<string>, takeMark: () => string): Promise<void> {
  for (;;) {
    const mark = takeMark();
    const event = accountUpdate(WABA, `CRASH_TEST_${mark}`);
    const text = JSON.stringify(event);
    try {
      const answer = await call("POST", `${hub}/webhooks/meta`, text, {
        "X-Hub-Signature-256": signatureOf(text),
      });
      if (answer.status === 200) answered.add(mark);
    } catch {
      return;
    }
  }
}

/** Every mark on the timeline, by all its pages. */
async function marksKept(hub: string): Promise<Set<string>> {
  const marks = new Set<string>();
  let cursor = "";
  do {
    const { body } = await call("GET", `${hub}/api/v1/wabas/${WABA}/timeline?limit=100${cursor}`, undefined, {
      "X-API-Key": ADMIN_KEY,
    });
    for (const [, mark = ""] of JSON.stringify(body.data).matchAll(/CRASH_TEST_(\d+)/g)) marks.add(mark);
    cursor = body.has_more ? `&cursor=${encodeURIComponent(body.next_cursor)}` : "";
  } while (cursor !== "");
  return marks;
}

test(
  `after ${KILLS} kills in a stream of webhooks, every one that was answered 200 is there`,
  { timeout: 120_000 + KILLS * 60_000 },
  async () => {
    const answered = new Set<string>();
    let count = 0;
    const takeMark = (): string => String((count += 1));
    await cutShort();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const hub = await start();
      const before = answered.size;
      const senders = Array.from({ length: SENDERS }, () => stream(hub, answered, takeMark));
      await until("webhooks are answered", () => (answered.size > before ? true : undefined));
      await systemClock.pause(random.next() * STREAM_MS);
      server?.kill("SIGKILL");
      await server?.ended;
      await Promise.all(senders);
    }
    const hub = await start();
    const missing = async (): Promise<string[]> => {
      const kept = await marksKept(hub);
      return [...answered].filter((mark) => !kept.has(mark));
    };
    await until(
      "everything answered 200 is on the timeline",
      async () => ((await missing()).length === 0 ? true : undefined),
      30_000,
    ).catch(() => undefined);
    expect(answered.size).toBeGreaterThan(KILLS);
    expect(await missing()).toEqual([]);
    expect((await call("GET", `${hub}/readyz`)).status).toBe(200);
  },
);
