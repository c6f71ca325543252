/** What every control call gets, and how it says no. */
import type { z } from "zod";
import { issuesOf } from "../actions/act.ts";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { isRecord } from "../graph/request.ts";
import { parseBody } from "../http/http-server.ts";
import type { HttpRequest } from "../http/http-server.ts";

/** A request of the control API that cannot be done; `valid` says what can. */
export class ControlRefusal extends Error {
  readonly status: number;
  readonly valid: Record<string, string[]>;

  constructor(status: number, message: string, valid: Record<string, string[]> = {}) {
    super(message);
    this.name = "ControlRefusal";
    this.status = status;
    this.valid = valid;
  }
}

export interface ControlCall {
  context: EmulatorContext;
  request: HttpRequest;
  /** What stands after the route's path: the name of a snapshot. */
  name: string;
}

export type ControlHandler = (call: ControlCall) => unknown;

/** JSON whatever the header says: `curl -d` calls everything a form unless told otherwise. */
export function bodyOf(request: HttpRequest): Record<string, unknown> {
  const body = parseBody({ rawBody: request.rawBody, headers: { "content-type": "application/json" } });
  if (body === undefined) return {};
  if (isRecord(body)) return body;
  throw new ControlRefusal(400, "send a JSON object");
}

/** The body as the schema wants it, or every fault of it in one line. */
export function checked<Output>(schema: z.ZodType<Output>, request: HttpRequest): Output {
  const result = schema.safeParse(bodyOf(request));
  if (result.success) return result.data;
  throw new ControlRefusal(400, issuesOf(result.error));
}
