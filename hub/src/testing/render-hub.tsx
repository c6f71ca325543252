import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { theme } from "../ui/theme.ts";

/** What the API answers, by method and path without `/api/v1` and parameters: "GET /overview". */
export type Answers = Record<string, unknown>;

/** A refusal of the API. */
export class Refused {
  readonly status: number;
  readonly problem: object;
  constructor(status: number, problem: object) {
    this.status = status;
    this.problem = problem;
  }
}

/** An answer with its ETag. */
export class Tagged {
  readonly etag: string;
  readonly body: unknown;
  constructor(etag: string, body: unknown) {
    this.etag = etag;
    this.body = body;
  }
}

/** One request that the component made. */
interface Asked {
  request: string;
  body: unknown;
}

interface Recorded {
  asked: Asked[];
  /** The same as they were sent, for parameters and headers. */
  sent: Request[];
}

/**
 * Renders within the providers that every page has. What the answers do not name is refused with 404. The
 * requests are recorded in order.
 */
export function renderHub(node: ReactNode, answers: Answers = {}): RenderResult & Recorded {
  const asked: Asked[] = [];
  const sent: Request[] = [];
  vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(new URL(input instanceof Request ? input.url : input, "http://hub.test"), {
      method: input instanceof Request ? input.method : (init?.method ?? "GET"),
    });
    const name = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    const text = input instanceof Request ? await input.clone().text() : (init?.body as string | undefined);
    if (input instanceof Request) sent.push(input);
    asked.push({ request: name, body: text ? JSON.parse(text) : undefined });
    return answerOf(name in answers ? answers[name] : new Refused(404, { title: `No answer for ${name}` }));
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchInterval: false } } });
  const router = createRouter({
    routeTree: createRootRoute(),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  const shown = render(
    <RouterContextProvider router={router}>
      <MantineProvider theme={theme} env="test" withGlobalClasses={false} withCssVariables={false}>
        <QueryClientProvider client={queries}>{node}</QueryClientProvider>
      </MantineProvider>
    </RouterContextProvider>,
  );
  return { ...shown, asked, sent };
}

function answerOf(answer: unknown): Response {
  const headers = { "Content-Type": "application/json" };
  if (answer instanceof Tagged)
    return new Response(JSON.stringify(answer.body), { headers: { ...headers, ETag: answer.etag } });
  if (answer instanceof Refused)
    return new Response(JSON.stringify(answer.problem), { status: answer.status, headers });
  return answer === undefined
    ? new Response(null, { status: 204 })
    : new Response(JSON.stringify(answer), { status: 200, headers });
}
