import type { EmulatorContext } from "../context/emulator-context.ts";
import { serveControl } from "../control/control.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import type { ScenarioTarget } from "../scenarios/scenario.ts";
import { actInDialog, showDialog } from "../signup/pages/dialog.ts";
import { actOnPhone, showPhone } from "./phone-page.ts";

/** This emulator, for a scenario that is played in its own process. */
export function targetOfContext(context: EmulatorContext): ScenarioTarget {
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
