import type { ScenarioTarget } from "./scenario.ts";

/** An emulator at an address. Rejects with one line when nobody answers there. */
export function targetOfUrl(url: string): ScenarioTarget {
  const base = url.replace(/\/+$/, "");
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(base + path, { redirect: "manual", ...init });
    } catch {
      throw new Error(
        `No emulator answers on ${base}. Start one (npx sharekeeper emulator), or name its address by --url.`,
      );
    }
  };
  return {
    control: async (method, path, body) => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { "content-type": "application/json" };
      const answer = await ask(`/_emulator${path}`, { method, headers, ...json });
      return { status: answer.status, body: await jsonOf(answer, base) };
    },
    page: async (path, form) => {
      const answer = await ask(path, form ? { method: "POST", body: new URLSearchParams(form) } : {});
      return {
        status: answer.status,
        location: answer.headers.get("location") ?? "",
        text: await answer.text(),
      };
    },
  };
}

async function jsonOf(answer: Response, base: string): Promise<Record<string, unknown>> {
  try {
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    throw new Error(`What answers on ${base} is no emulator. Name the emulator's address by --url.`);
  }
}
