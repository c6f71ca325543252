/**
 * The one HTTP door: reads a request whole, hands it to the control API, a page or the Graph API, and writes
 * the answer.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { hostNamesOf } from "../../lib/host-names.ts";
import { readBody } from "../../lib/read-body.ts";
import { StartError } from "../../lib/start-error.ts";
import { EMULATOR_HEADERS, refusalOfForeign } from "./refuse-foreign.ts";

export interface HttpRequest {
  method: string;
  /** Decoded no further than the wire: still with percent signs. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  rawBody: string;
  origin: string;
}

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Text goes out as it is, anything else as JSON. */
  body: unknown;
}

/** `reset` breaks the connection, `hang` keeps it open without a word. */
export type HttpOutcome = HttpAnswer | "reset" | "hang";

export interface HttpServer {
  port: number;
  stop(): Promise<void>;
}

const LARGEST_BODY_BYTES = 20 * 1024 * 1024;

/** Rejects with one line when the port is taken. */
export async function serveHttp(
  settings: { host: string; port: number },
  handle: (request: HttpRequest) => Promise<HttpOutcome>,
): Promise<HttpServer> {
  const own = hostNamesOf(settings.host, []);
  const server = createServer((message, response) => {
    for (const [name, value] of EMULATOR_HEADERS) response.setHeader(name, value);
    const { method = "GET", url: path = "/", headers } = message;
    const foreign = refusalOfForeign(own, { method, path, headers });
    if (foreign === null) return void respond(message, response, handle);
    message.resume();
    const error = { message: `Emulator: ${foreign.sentence}`, type: "EmulatorException", code: 1 };
    write(response, { status: foreign.status, body: { error } });
  });
  server.keepAliveTimeout = 30_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await listen(server, settings);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(startErrorOf(error, host, port));
    });
    server.listen(port, host, () => resolve());
  });
}

function startErrorOf(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new StartError(
      `The emulator's port ${port} on ${host} is in use. Stop the program that holds it, or set ` +
        "EMULATOR_PORT to another port.",
    );
  if (error.code === "EACCES")
    return new StartError(
      `The emulator's port ${port} needs more rights than we have. Set EMULATOR_PORT to one above 1023.`,
    );
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return new StartError(
      `${host} is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.`,
    );
  return error;
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: HttpRequest) => Promise<HttpOutcome>,
): Promise<void> {
  let outcome: HttpOutcome;
  try {
    outcome = await handle(await readRequest(message));
  } catch (error) {
    // A defect of the emulator's, said plainly: nobody should mistake it for an answer of Meta's.
    const said = error instanceof Error ? error.message : String(error);
    const status = error instanceof RangeError ? 413 : 500;
    outcome = {
      status,
      body: { error: { message: `Emulator: ${said}`, type: "EmulatorException", code: 1 } },
    };
  }
  if (outcome === "hang") return;
  if (outcome === "reset") {
    message.socket.resetAndDestroy();
    return;
  }
  write(response, outcome);
}

async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const host = message.headers.host ?? "localhost";
  const url = new URL(message.url ?? "/", `http://${host}`);
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: headersOf(message),
    rawBody: await readText(message),
    origin: url.origin,
  };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const entries = Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

async function readText(message: IncomingMessage): Promise<string> {
  const body = await readBody(message as AsyncIterable<Buffer>, LARGEST_BODY_BYTES);
  if (body === null) throw new RangeError(`a body may have ${LARGEST_BODY_BYTES} bytes`);
  return body.toString("utf8");
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  const isText = typeof answer.body === "string";
  const text = isText ? (answer.body as string) : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": isText ? "text/html; charset=utf-8" : "application/json; charset=UTF-8",
    "cache-control": "private, no-cache, no-store, must-revalidate",
    ...answer.headers,
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/**
 * JSON where the caller says so, form fields otherwise; text that is neither stays text; nothing is
 * undefined.
 */
export function parseBody(request: Pick<HttpRequest, "rawBody" | "headers">): unknown {
  if (request.rawBody === "") return undefined;
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return formOf(request.rawBody);
  try {
    return JSON.parse(request.rawBody);
  } catch {
    return type.includes("json") || type.startsWith("multipart/") ? request.rawBody : formOf(request.rawBody);
  }
}

function formOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
