/** Which screen answers a path; undefined: none, it is the Graph API's. */
import { html } from "hono/html";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-server.ts";
import { actInBusinessSuite, BUSINESS_SUITE_PATH, showBusinessSuite } from "./business-suite.ts";
import { actInDialog, leaveDialog, serveSdk, showDialog } from "../signup/pages/dialog.ts";
import {
  actInRepair,
  BILLING_PATH,
  MANAGER_NUMBERS_PATH,
  MANAGER_OVERVIEW_PATH,
  showRepair,
} from "./repair-screens.ts";
import { pageAnswer } from "../http/layout.ts";
import { actOnPhone, showPhone } from "./phone-page.ts";
import { actInWorld, showWorld, useWorldTool } from "./world-page.ts";

type Page = (context: EmulatorContext, request: HttpRequest) => Promise<HttpAnswer>;

const PAGES: Readonly<Record<string, Page>> = {
  "GET /": showWorld,
  "POST /world/act": actInWorld,
  "POST /world/tool": useWorldTool,
  [`GET ${BUSINESS_SUITE_PATH}`]: showBusinessSuite,
  [`POST ${BUSINESS_SUITE_PATH}`]: actInBusinessSuite,
  [`GET ${BILLING_PATH}`]: showRepair,
  [`POST ${BILLING_PATH}`]: actInRepair,
  [`GET ${MANAGER_NUMBERS_PATH}`]: showRepair,
  [`POST ${MANAGER_NUMBERS_PATH}`]: actInRepair,
  [`GET ${MANAGER_OVERVIEW_PATH}`]: showRepair,
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

/** A person at an address that is none of the Graph API's gets a page, with the way to the others. */
export function missingPage({ method, path, headers, query }: HttpRequest): Promise<HttpAnswer> | undefined {
  const isPerson = method === "GET" && (headers["accept"] ?? "").includes("text/html");
  if (!isPerson || path === "/" || /^\/(v\d+\.\d+(\/|$)|\d)/.test(path) || "access_token" in query)
    return undefined;
  return pageAnswer(404, {
    title: "Nothing here",
    main: html`<h1>Nothing here</h1>
      <p>This emulator has no page at <span class="mono">${path}</span>.</p>
      <p>
        <a class="button" href="/">This world</a>
        <a class="button" href="${BUSINESS_SUITE_PATH}">Business settings</a>
      </p>`,
  });
}

/** The dialog answers with and without a version; the SDK in any language; a phone under its number. */
function routeOf(path: string): string {
  return path
    .replace(/^\/v\d+\.\d+(?=\/dialog\/)/, "")
    .replace(/^\/[a-z]{2}_[A-Z]{2}\/sdk\.js$/, "/en_US/sdk.js")
    .replace(/^\/phone\/[^/]+$/, "/phone/*");
}
