/** Which screen answers a path; undefined: none, it is the Graph API's. */
import type { EmulatorContext } from "../emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import { actInBusinessSuite, BUSINESS_SUITE_PATH, showBusinessSuite } from "./business-suite.ts";
import { actInDialog, leaveDialog, serveSdk, showDialog } from "../signup/pages/dialog.ts";
import {
  actInMending,
  BILLING_PATH,
  MANAGER_NUMBERS_PATH,
  MANAGER_OVERVIEW_PATH,
  showMending,
} from "./mending-screens.ts";
import { actOnPhone, showPhone } from "./phone-page.ts";
import { actInWorld, showWorld, useWorldTool } from "./world-page.ts";

type Page = (context: EmulatorContext, request: HttpRequest) => Promise<HttpAnswer>;

const PAGES: Readonly<Record<string, Page>> = {
  "GET /": showWorld,
  "POST /world/act": actInWorld,
  "POST /world/tool": useWorldTool,
  [`GET ${BUSINESS_SUITE_PATH}`]: showBusinessSuite,
  [`POST ${BUSINESS_SUITE_PATH}`]: actInBusinessSuite,
  [`GET ${BILLING_PATH}`]: showMending,
  [`POST ${BILLING_PATH}`]: actInMending,
  [`GET ${MANAGER_NUMBERS_PATH}`]: showMending,
  [`POST ${MANAGER_NUMBERS_PATH}`]: actInMending,
  [`GET ${MANAGER_OVERVIEW_PATH}`]: showMending,
  "GET /en_US/sdk.js": serveSdk,
  "GET /dialog/oauth": showDialog,
  "POST /dialog/oauth": actInDialog,
  "POST /dialog/oauth/leave": leaveDialog,
  "GET /phone/*": showPhone,
  "POST /phone/*": actOnPhone,
  "GET /favicon.ico": () => Promise.resolve({ status: 204, body: "" }),
};

export function servePage(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> | undefined {
  // `GET /?ids=1,2` is the Graph API's reading of several nodes at once.
  if (request.path === "/" && request.query["ids"]) return undefined;
  return PAGES[`${request.method} ${routeOf(request.path)}`]?.(context, request);
}

/** The dialog answers with and without a version; the SDK in any language; a phone under its number. */
function routeOf(path: string): string {
  return path
    .replace(/^\/v\d+\.\d+(?=\/dialog\/)/, "")
    .replace(/^\/[a-z]{2}_[A-Z]{2}\/sdk\.js$/, "/en_US/sdk.js")
    .replace(/^\/phone\/[^/]+$/, "/phone/*");
}
