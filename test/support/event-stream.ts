import { expect } from "vitest";

/** One event, as it is framed in the stream. */
interface Frame {
  id: string;
  event: {
    id: string;
    type: string;
    waba_id: string;
    sequence: number;
    data: { waba: { status: string }; changed: string[] };
  };
}

export interface Stream {
  next(): Promise<Frame>;
  /** Resolves when the server has ended the stream. */
  ended(): Promise<void>;
  leave(): void;
}

/** Opens the event stream of the server at `url`; resolves once it is open. */
export async function openStream(url: string, headers: Record<string, string>, query = ""): Promise<Stream> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/api/v1/events/stream${query}`, { headers, signal: leaving.signal });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const read = async (): Promise<boolean> => {
    const chunk = await chunks?.read();
    text += chunk?.value ?? "";
    return chunk?.done === false;
  };
  // The first frame says that the stream is open.
  while (!text.includes("\n\n")) await read();
  text = text.slice(text.indexOf("\n\n") + 2);
  return {
    async next() {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end < 0) {
          if (!(await read())) throw new Error("the stream ended before its next event");
          continue;
        }
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const id = lines.find((line) => line.startsWith("id: "))?.slice(4);
        const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
        if (id !== undefined && data !== undefined) return { id, event: JSON.parse(data) as Frame["event"] };
      }
    },
    async ended() {
      while (await read());
    },
    leave: () => leaving.abort(),
  };
}
