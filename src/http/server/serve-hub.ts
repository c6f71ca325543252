import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, posix, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { renderPlainPage } from "../kit/plain-page.ts";
import { PAGE_HEADERS } from "../kit/security-headers.ts";

const gzipBytes = promisify(gzip);

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const COMPRESSED = new Set([".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".webmanifest"]);

interface HubFile {
  bytes: Uint8Array<ArrayBuffer>;
  zipped: Uint8Array<ArrayBuffer> | null;
  etag: string;
  type: string;
}

/** Serves the built Hub: its files, and its one page for the paths of the Hub's own router. */
export interface HubRoutes {
  answer(request: Request): Promise<Response | undefined>;
}

type PageHeaders = Readonly<Record<string, string>>;

/** @param signupHeaders of the Hub's page at the addresses where a person opens Meta's window */
export function openHubRoutes(hubDir: string, signupHeaders: PageHeaders = PAGE_HEADERS): HubRoutes {
  /** These files are named by their content, so they never change. */
  const assets = new Map<string, HubFile>();
  const find = async (path: string): Promise<HubFile | undefined> => {
    const known = assets.get(path) ?? (await readHubFile(hubDir, path));
    if (known && isAsset(path)) assets.set(path, known);
    return known;
  };
  return {
    async answer(request) {
      const path = pathOf(request);
      if (path === null) return undefined;
      // The page has one address, and no file of this name is served without the page's headers.
      if (path === "/index.html") return new Response(null, { status: 308, headers: { Location: "/" } });
      const file = path === "/" ? undefined : await find(path);
      if (file)
        return fileAnswer(request, file, {
          status: 200,
          cacheControl: isAsset(path) ? "public, max-age=31536000, immutable" : "no-cache",
        });
      if (extname(path) !== "") return undefined;
      const isRoute = HUB_ROUTE.test(path);
      if (!takesPage(request, isRoute)) return undefined;
      const page = await find("/index.html");
      if (page === undefined) return renderPlainPage(NOT_BUILT);
      return fileAnswer(request, page, {
        status: isRoute ? 200 : 404,
        cacheControl: "no-cache",
        pageHeaders: opensSignup(new URL(request.url)) ? signupHeaders : PAGE_HEADERS,
      });
    },
  };
}

const NOT_BUILT = {
  title: "The Hub is not built yet",
  sentences: [
    "Run npm run hub:build, then load this page again.",
    "The API answers meanwhile: /api/openapi.json.",
  ],
  status: 503,
};

/** The paths of the Hub's own router (`hub/src/router.tsx`, compared by a test). */
const HUB_ROUTE =
  /^\/(?:(?:sign-in|second-factor|observe|connection|alerts|wabas|onboarding|settings|(?:alerts|wabas|numbers|onboarding|settings|settings\/webhooks)\/[^/]+)\/?)?$/;

/**
 * The addresses where a signup runs. Only there the Hub allows Meta's script. The Hub loads its page anew
 * when it goes to such an address from another one, by the same rule
 * (`hub/src/features/signup/admits-sdk.ts`).
 */
function opensSignup({ pathname, searchParams }: URL): boolean {
  if (/^\/onboarding\/[^/]+\/?$/.test(pathname)) return true;
  return /^\/wabas\/[^/]+\/?$/.test(pathname) && searchParams.has("signup");
}

/**
 * A program that requests an unknown address must not get the page and take it for a success. People get the
 * Hub's own "not found" page there.
 */
function takesPage(request: Request, isRoute: boolean): boolean {
  const accept = request.headers.get("accept") ?? "*/*";
  return /text\/(?:html|\*)/i.test(accept) || (isRoute && accept.includes("*/*"));
}

/** Vite puts files that are named by their content under /assets. */
function isAsset(path: string): boolean {
  return path.startsWith("/assets/");
}

/** One name for each file, however the path is written: the key of the cache. */
function pathOf(request: Request): string | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  try {
    return posix.normalize(decodeURIComponent(new URL(request.url).pathname));
  } catch {
    return null;
  }
}

async function readHubFile(hubDir: string, path: string): Promise<HubFile | undefined> {
  const full = normalize(join(hubDir, path));
  if (!full.startsWith(normalize(hubDir) + sep) || path.includes("\0")) return undefined;
  const extension = extname(full);
  const bytes = await readOrNothing(full);
  if (bytes === undefined) return undefined;
  return {
    bytes,
    zipped: COMPRESSED.has(extension) ? new Uint8Array(await gzipBytes(bytes)) : null,
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    type: TYPES[extension] ?? "application/octet-stream",
  };
}

/** A folder or a missing file counts as absent. */
async function readOrNothing(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "EISDIR", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
    throw error;
  }
}

interface FileTerms {
  status: 200 | 404;
  cacheControl: string;
  pageHeaders?: PageHeaders;
}

function fileAnswer(
  request: Request,
  file: HubFile,
  { status, cacheControl, pageHeaders }: FileTerms,
): Response {
  const headers: Record<string, string> = {
    ...pageHeaders,
    "Content-Type": file.type,
    "Cache-Control": cacheControl,
    "X-Content-Type-Options": "nosniff",
    ETag: file.etag,
    Vary: "Accept-Encoding",
  };
  if (status === 200 && request.headers.get("if-none-match") === file.etag)
    return new Response(null, { status: 304, headers });
  const zipped = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "") ? file.zipped : null;
  if (zipped) headers["Content-Encoding"] = "gzip";
  const bytes = zipped ?? file.bytes;
  headers["Content-Length"] = String(bytes.length);
  return new Response(request.method === "HEAD" ? null : bytes, { status, headers });
}
