/**
 * Meta's error bodies. Source: the error-code pages of September 2026 and shapes observed in public reports;
 * the letters of the shapes are those of the knobs (world/knobs.ts).
 */
import { createHash } from "node:crypto";

export interface GraphError {
  message: string;
  type: string;
  code: number;
  error_subcode?: number;
  is_transient?: boolean;
  error_user_title?: string;
  error_user_msg?: string;
  error_data?: unknown;
}

/** A request that Meta would refuse. Caught at the HTTP boundary, where the trace id is added. */
export class GraphRefusal extends Error {
  readonly status: number;
  readonly error: GraphError;
  /** Sent beside the body: the usage of a throttled WABA. */
  headers: Record<string, string> = {};
  /** True where real Meta may answer and this emulator cannot. */
  readonly notEmulated: boolean;

  constructor(status: number, error: GraphError, notEmulated = false) {
    super(error.message);
    this.name = "GraphRefusal";
    this.status = status;
    this.error = error;
    this.notEmulated = notEmulated;
  }

  with(headers: Record<string, string>): this {
    this.headers = headers;
    return this;
  }
}

/**
 * Meta's trace ids are 23 characters; these are made from a count, so that two runs of the same acts agree.
 */
export function traceIdOf(count: number): string {
  return `A${createHash("sha256").update(`trace ${count}`).digest("base64url").replace(/[-_]/g, "x").slice(0, 22)}`;
}

const DOCS = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api";

/** A: the object is not there, or not for this caller. Meta does not tell which. 400, 100/33. */
export function unreachable(method: string, id: string): GraphRefusal {
  return new GraphRefusal(400, {
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, ` +
      `cannot be loaded due to missing permissions, or does not support this operation. ${DOCS}`,
    type: "GraphMethodException",
    code: 100,
    error_subcode: 33,
  });
}

/** B: a send on a WABA that is not shared, or whose share lacks messaging. */
export function mayNotSend(): GraphRefusal {
  return oauth(
    403,
    200,
    "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account",
  );
}

/** C: the other wording reported for the same. */
export function accessDenied(): GraphRefusal {
  const details = "There was a problem with the access token or permissions you are using for the API call";
  return cloudApi(403, 131005, "Access denied", details);
}

/** D: the token was not given the permission that the call needs. */
export function capabilityMissing(): GraphRefusal {
  return oauth(403, 10, "(#10) Application does not have permission for this action");
}

/** A field that only Solution Partners may read. The code is reported often, the words are ours. */
export function partnersOnly(field: string): GraphRefusal {
  return oauth(403, 10, `(#10) The field ${field} requires a Business Solution Provider`);
}

/** E: a management call without the right; the wording is from memory. */
export function permissionsError(): GraphRefusal {
  return oauth(403, 200, "(#200) Permissions error");
}

/** F: the client removed the app. */
export function appNotAuthorized(appId: string): GraphRefusal {
  const message = `Error validating access token: The user has not authorized application ${appId}.`;
  return new GraphRefusal(401, { message, type: "OAuthException", code: 190, error_subcode: 458 });
}

const SESSION = "Error validating access token: ";

/** G: a token that no longer lives. `nowMs` and `expiredAtMs` only for 463. */
export function deadToken(subcode: "460" | "463" | "467", nowMs: number, expiredAtMs = nowMs): GraphRefusal {
  const texts = {
    "460":
      "The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
    "463": `Session has expired on ${proseTimeOf(expiredAtMs)}. The current time is ${proseTimeOf(nowMs)}.`,
    "467": "The session is invalid because the user logged out.",
  };
  return new GraphRefusal(401, {
    message: SESSION + texts[subcode],
    type: "OAuthException",
    code: 190,
    error_subcode: Number(subcode),
  });
}

/** "Sunday, 22-Nov-26 13:05:00 PST" in Meta's answers; here always UTC. */
function proseTimeOf(ms: number): string {
  return new Date(ms).toUTCString();
}

/** G without a subcode: text that was never a token. */
export function unparsableToken(): GraphRefusal {
  return oauth(401, 190, "Invalid OAuth access token - Cannot parse access token");
}

/** H: no token at all. */
export function tokenRequired(): GraphRefusal {
  return oauth(401, 104, "An access token is required to request this resource.");
}

/** I: an id that is no number. */
export function unknownAlias(id: string): GraphRefusal {
  return oauth(404, 803, `(#803) Some of the aliases you requested do not exist: ${id}`);
}

/** K: the number was deleted from its WABA. */
export function numberDeleted(): GraphRefusal {
  return cloudApi(400, 33, "Parameter value is not valid", "The business phone number has been deleted.");
}

/**
 * The hour's calls about this WABA are used up. The text of 80008 was seen; the other two are older and the
 * app's.
 */
export function tooManyCalls(code: "80008" | "80007" | "4"): GraphRefusal {
  const texts = {
    "80008":
      "(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again. For more info, " +
      "please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
    "80007": "(#80007) Rate limit issues",
    "4": "(#4) Application request limit reached",
  };
  const error = { message: texts[code], type: "OAuthException", code: Number(code), is_transient: true };
  return new GraphRefusal(400, error);
}

export function invalidParameter(details: string): GraphRefusal {
  return cloudApi(400, 100, "Invalid parameter", details);
}

export function missingField(field: string, nodeType: string): GraphRefusal {
  return oauth(400, 100, `(#100) Tried accessing nonexisting field (${field}) on node type (${nodeType})`);
}

export function parameterRequired(name: string): GraphRefusal {
  return oauth(400, 100, `(#100) The parameter ${name} is required`);
}

/** An override is set before the app is subscribed. Source: public reports. */
export function subscribeFirst(): GraphRefusal {
  const words =
    "Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account";
  return oauth(400, 100, `(#100) ${words}`);
}

/** An error of the Graph API's management side. */
export function oauth(status: number, code: number, message: string): GraphRefusal {
  return new GraphRefusal(status, { message, type: "OAuthException", code });
}

/** An error of the Cloud API's side: `(#code) title` and details. */
export function cloudApi(status: number, code: number, title: string, details: string): GraphRefusal {
  return new GraphRefusal(status, {
    message: `(#${code}) ${title}`,
    type: "OAuthException",
    code,
    error_data: { messaging_product: "whatsapp", details },
  });
}

/**
 * What real Meta may answer and this emulator cannot: said plainly, with the nearest request that is
 * emulated.
 */
export function notEmulated(what: string, nearest: string): GraphRefusal {
  return new GraphRefusal(
    501,
    {
      message: `${what} is not emulated. The nearest that is: ${nearest}.`,
      type: "EmulatorException",
      code: 1,
    },
    true,
  );
}

/** A rule may name only a status: the rest is what Meta is likeliest to say with it. */
export function faultErrorOf(status: number, given: Partial<GraphError> | undefined): GraphError {
  const likely: Record<number, [code: number, message: string]> = {
    400: [100, "(#100) Invalid parameter"],
    401: [190, "Invalid OAuth access token - Cannot parse access token"],
    403: [200, "(#200) Permissions error"],
    429: [4, "(#4) Application request limit reached"],
    503: [2, "Service temporarily unavailable"],
  };
  const [code, message] = likely[status] ?? [1, "An unknown error occurred"];
  return { message, type: "OAuthException", code, ...given };
}
