import { noAnswerCauseOf } from "../meta/wire-fault.ts";

/** What stands at an address, or why nobody answered. `text` is the beginning of the body. */
export type AddressAnswer =
  { kind: "answer"; status: number; headers: Headers; text: string } | { kind: "no_answer"; why: string };

const TIMEOUT_MS = 5000;
const TEXT_LIMIT = 4096;

/** Asks once, follows no redirect: whoever calls us does not follow one either. */
export async function readAddress(url: string, init: RequestInit = {}): Promise<AddressAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { status, headers, body } = await fetch(url, { ...init, redirect: "manual", signal });
    return { kind: "answer", status, headers, text: await readBeginning(body) };
  } catch (error) {
    return { kind: "no_answer", why: noAnswerCauseOf(error, signal.aborted).detail };
  }
}

/** The rest is not read: the check wants to know who answers, not everything it says. */
async function readBeginning(body: Response["body"]): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    byteCount += chunk.length;
    if (byteCount >= TEXT_LIMIT) break;
  }
  return Buffer.concat(chunks).subarray(0, TEXT_LIMIT).toString("utf8");
}
