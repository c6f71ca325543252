import { isMetaError } from "./error-code.ts";
import type { GraphReply, GraphRequest } from "./graph-reply.ts";

/** Items of one page: first the widest that Meta gives. */
const SIZES = [100, 50, 25, 10] as const;

/**
 * How much of a list is asked for at once. Graph answers a page that is too heavy with 500 and code 1,
 * "reduce the amount of data", or not in time; then fewer items are asked for from the same cursor, and it
 * stays so (field case 11). A field that the list can do without is left out when Meta refuses the request,
 * and before the walk is given up.
 */
export class ListPace {
  #size = 0;
  readonly #spare: string[];
  readonly #leftOut = new Set<string>();

  /**
   * @param spare fields of the request that may be left out
   * @param limit to begin with
   */
  constructor(spare: readonly string[] = [], limit: number = SIZES[0]) {
    this.#spare = [...spare];
    this.#size = Math.max(
      0,
      SIZES.findIndex((size) => size === limit),
    );
  }

  get limit(): number {
    return SIZES[this.#size] ?? SIZES[SIZES.length - 1] ?? 10;
  }

  /** The request for the page behind `after`, the first one for null. */
  requestOf(request: GraphRequest, after: string | null): GraphRequest {
    const fields = request.query?.fields?.split(",").filter((field) => !this.#leftOut.has(field));
    const limit = String(this.limit);
    return {
      ...request,
      query: {
        limit,
        ...request.query,
        ...(fields && { fields: fields.join(",") }),
        ...(after !== null && { after }),
      },
    };
  }

  /** Whether the same page may be asked for again with less of it; then `requestOf` gives that request. */
  lighten(reply: GraphReply): boolean {
    if (isTooMuch(reply) && this.#size + 1 < SIZES.length) {
      this.#size += 1;
      return true;
    }
    if (!isTooMuch(reply) && !isRefusedField(reply)) return false;
    const field = this.#spare.shift();
    if (field !== undefined) this.#leftOut.add(field);
    return field !== undefined;
  }
}

/**
 * "Please reduce the amount of data you're asking for" (code 1 with a 5xx, public reports), or an answer that
 * did not come in time.
 */
export function isTooMuch(reply: GraphReply): boolean {
  if (reply.kind === "no_answer") return reply.cause === "timeout";
  return reply.kind === "refusal" && reply.status >= 500 && reply.fault.code === 1;
}

/** 3, 10: the app may not have it; 100: no such field, or another parameter that is wrong. */
function isRefusedField(reply: GraphReply): boolean {
  return (
    reply.kind === "refusal" &&
    isMetaError(reply.fault, "app_not_permitted", "invalid_parameter", "object_missing")
  );
}
