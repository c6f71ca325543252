/** Which screen answers a path; undefined: none, it is the Graph API's. */
import type { EmulatorContext } from "../emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import { actInBusinessSuite, BUSINESS_SUITE_PATH, showBusinessSuite } from "./business-suite.ts";
import { actInWorld, showWorld } from "./world-page.ts";

type Page = (context: EmulatorContext, request: HttpRequest) => Promise<HttpAnswer>;

const PAGES: Readonly<Record<string, Page>> = {
  "GET /": showWorld,
  "POST /world/act": actInWorld,
  [`GET ${BUSINESS_SUITE_PATH}`]: showBusinessSuite,
  [`POST ${BUSINESS_SUITE_PATH}`]: actInBusinessSuite,
  "GET /favicon.ico": () => Promise.resolve({ status: 204, body: "" }),
};

export function servePage(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> | undefined {
  // `GET /?ids=1,2` is the Graph API's reading of several nodes at once.
  if (request.path === "/" && request.query["ids"]) return undefined;
  return PAGES[`${request.method} ${request.path}`]?.(context, request);
}
