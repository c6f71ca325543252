/** The wire of a delivery: one POST or one handshake, with a bound in wall-clock time. Never rejects. */
import { Agent, request } from "undici";

/** Meta's pages give no limit; third parties report 5 to 10 s. */
const ANSWER_WITHIN_MS = 10_000;
/** More at once than a program on the same machine can take would only wait in its backlog. */
const CONNECTIONS_PER_HOST = 64;

export interface PostOutcome {
  /** null: no answer. */
  status: number | null;
  error?: string;
}

export class WebhookWire {
  private readonly agent = new Agent({
    connections: CONNECTIONS_PER_HOST,
    connect: { timeout: ANSWER_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });

  async post(url: string, headers: Record<string, string>, body: string): Promise<PostOutcome> {
    try {
      const answer = await request(url, { method: "POST", headers, body, dispatcher: this.agent });
      await answer.body.dump();
      return { status: answer.statusCode };
    } catch (error) {
      return { status: null, error: wordsOf(error) };
    }
  }

  /** `GET <callback>?hub.mode=subscribe&…`: status and the text that came back. */
  async get(url: string): Promise<PostOutcome & { text: string }> {
    try {
      const answer = await request(url, { method: "GET", dispatcher: this.agent });
      return { status: answer.statusCode, text: (await answer.body.text()).slice(0, 10_000) };
    } catch (error) {
      return { status: null, error: wordsOf(error), text: "" };
    }
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
