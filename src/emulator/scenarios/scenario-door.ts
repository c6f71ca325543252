/**
 * How a scenario reaches an emulator: in the same process by its parts, or elsewhere by HTTP. Both speak the
 * same requests, so a story cannot play differently.
 */
import { serveControl } from "../control/control.ts";
import type { EmulatorContext } from "../emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import { actOnPhone, showPhone } from "../pages/phone-page.ts";
import type { ScenarioDoor } from "./scenario.ts";
import { actInDialog, showDialog } from "../signup/pages/dialog.ts";

export function doorOfContext(context: EmulatorContext): ScenarioDoor {
  return {
    control: async (method, path, body) => {
      const request = requestOf(method, `/_emulator${path}`, body === undefined ? "" : JSON.stringify(body));
      const answer = await serveControl(context, request);
      return { status: answer.status, body: answer.body as Record<string, unknown> };
    },
    page: async (path, form) => {
      const method = form ? "POST" : "GET";
      const answer = await pageOf(
        context,
        requestOf(method, path, form ? new URLSearchParams(form).toString() : ""),
      );
      return {
        status: answer.status,
        location: answer.headers?.["location"] ?? "",
        text: String(answer.body),
      };
    },
  };
}

function requestOf(method: string, address: string, rawBody: string): HttpRequest {
  const url = new URL(address, ORIGIN);
  const headers: Record<string, string> = address.startsWith("/_emulator")
    ? { "content-type": "application/json" }
    : {};
  return {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    rawBody,
    origin: ORIGIN,
  };
}

const ORIGIN = "http://scenario.invalid";

/** The two screens a scenario walks through. */
function pageOf(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const [show, act] = request.path.startsWith("/phone/")
    ? [showPhone, actOnPhone]
    : [showDialog, actInDialog];
  return request.method === "GET" ? show(context, request) : act(context, request);
}

/** An emulator at an address. Rejects with one line when nobody answers there. */
export function doorOfUrl(url: string): ScenarioDoor {
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
