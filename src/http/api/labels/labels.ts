import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import labels from "../../../messages/en/labels.json" with { type: "json" };
import { defineRoute, type Route } from "../../kit/route.ts";

const LABELS = JSON.stringify(labels);
/** Weak, because the answer may be compressed on its way. */
const ETAG = `W/"${createHash("sha256").update(LABELS).digest("base64url").slice(0, 22)}"`;

type Vocabulary = keyof typeof labels;

/** One table per vocabulary, so that generated clients know which there are. */
const vocabularies = Object.fromEntries(
  Object.keys(labels).map((name) => [name, z.record(z.string(), z.string())]),
) as Record<Vocabulary, z.ZodRecord<z.ZodString, z.ZodString>>;

const Labels = z.object(vocabularies).openapi("Labels", {
  description:
    "The label of each value, by vocabulary. A value without a label, such as a new reason of Meta, is shown as sent.",
});

const listLabels = defineRoute({
  method: "GET",
  path: "/api/v1/labels",
  who: "viewer",
  confinedBy: "nothing",
  name: "getLabels",
  group: "Service",
  summary: "The labels of statuses, reasons and other values",
  description:
    "English labels for the values of this API, as the Hub shows them. They change only with a release: send the ETag as If-None-Match, and the answer is 304 while they are the same.",
  answer: { status: 200, description: "The labels.", schema: Labels },
  problems: [],
  audit: null,
  handle: ({ request }) => {
    const headers = { ETag: ETAG, "Cache-Control": "private, no-cache" };
    if (request.headers.get("if-none-match") === ETAG)
      return Promise.resolve(new Response(null, { status: 304, headers }));
    return Promise.resolve(
      new Response(LABELS, { headers: { ...headers, "Content-Type": "application/json; charset=utf-8" } }),
    );
  },
});

export const labelRoutes: Route[] = [listLabels];
