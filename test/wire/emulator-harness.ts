/** An emulator, a receiver of its webhooks and short ways to ask both; everything is gone after `stop`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator } from "../../src/emulator/start-emulator.ts";
import type { Emulator, EmulatorSettings } from "../../src/emulator/start-emulator.ts";
import type { DeliveryEntry, RequestEntry } from "../../src/emulator/world/journal.ts";

export const PARTNER = "734443296905665";
export const SYSTEM_USER = "610000000000001";
export const SYSTEM_TOKEN = "EAAsystem";
export const APP_SECRET = "emulator test secret";

export interface Answer {
  status: number;
  // The tests read deep into answers whose shape is what they test.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

interface Received {
  body: string;
  signature: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What the next deliveries are answered with; 200 once it is used up. */
  answers: number[];
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const handshake = new URL(request.url ?? "/", "http://receiver").searchParams.get("hub.challenge");
    if (handshake !== null) return void response.end(handshake);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      received.push({
        body,
        signature: String(request.headers["x-hub-signature-256"]),
        json: JSON.parse(body),
      });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/meta`,
    received,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Harness {
  emulator: Emulator;
  receiver: Receiver;
  graph(method: string, path: string, options?: { body?: unknown; token?: string | null }): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  act(action: string, rest?: Record<string, unknown>): Promise<Answer>;
  send(phoneNumberId: string, token?: string): Promise<Answer>;
  requests(): Promise<RequestEntry[]>;
  deliveries(): Promise<DeliveryEntry[]>;
  /** Waits until this many deliveries are in the journal; fails when they do not come. */
  delivered(count: number): Promise<DeliveryEntry[]>;
  stop(): Promise<void>;
}

export function settingsFor(
  callbackUrl: string | null,
  rest: Partial<EmulatorSettings> = {},
): EmulatorSettings {
  return {
    port: 0,
    partnerBusinessId: PARTNER,
    appId: "600000000000001",
    appSecret: APP_SECRET,
    systemUserId: SYSTEM_USER,
    systemUserToken: SYSTEM_TOKEN,
    verifyToken: "verify",
    callbackUrl,
    partnerName: "360dialog",
    ...rest,
  };
}

export async function startHarness(rest: Partial<EmulatorSettings> = {}): Promise<Harness> {
  const receiver = await startReceiver();
  const emulator = await startEmulator(settingsFor(receiver.url, rest));
  const ask = async (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(emulator.url + path, {
      method,
      headers: { ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const control: Harness["control"] = (method, path, body) => ask(method, `/_emulator${path}`, body, {});
  const graph: Harness["graph"] = (method, path, { body, token = SYSTEM_TOKEN } = {}) =>
    ask(method, path, body, token === null ? {} : { authorization: `Bearer ${token}` });
  const deliveries = async (): Promise<DeliveryEntry[]> =>
    (await control("GET", "/journal?kind=deliveries")).body.data;
  return {
    emulator,
    receiver,
    graph,
    control,
    act: (action, more = {}) => control("POST", "/actions", { action, ...more }),
    send: (id, token) =>
      graph("POST", `/v25.0/${id}/messages`, { body: TEXT_MESSAGE, ...(token && { token }) }),
    requests: async () => (await control("GET", "/journal?kind=requests")).body.data,
    deliveries,
    delivered: async (count) => {
      for (let probe = 0; probe < 500; probe += 1) {
        const seen = await deliveries();
        if (seen.length >= count) return seen;
      }
      throw new Error(`fewer than ${count} deliveries: ${JSON.stringify(await deliveries())}`);
    },
    stop: async () => {
      await emulator.stop();
      await receiver.stop();
    },
  };
}

const TEXT_MESSAGE = {
  messaging_product: "whatsapp",
  recipient_type: "individual",
  to: "+16505551234",
  type: "text",
  text: { body: "Your order is ready." },
};
