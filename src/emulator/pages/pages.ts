/** Which screen answers a path; undefined: none, it is the Graph API's. */
import type { EmulatorContext } from "../emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";

type Page = (context: EmulatorContext, request: HttpRequest) => HttpAnswer;

const PAGES: Readonly<Record<string, Page>> = {};

export function servePage(context: EmulatorContext, request: HttpRequest): HttpAnswer | undefined {
  return PAGES[`${request.method} ${request.path}`]?.(context, request);
}
