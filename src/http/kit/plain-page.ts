import { html } from "hono/html";
import { PAGE_HEADERS } from "./security-headers.ts";

/** A page of one heading and a few sentences, with a link to follow where there is one. */
export async function renderPlainPage(page: {
  title: string;
  sentences: string[];
  link?: { href: string; text: string };
  status: number;
}): Promise<Response> {
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Sharekeeper</title>
        <style>
          body {
            font:
              16px/1.6 system-ui,
              sans-serif;
            max-width: 40rem;
            margin: 15vh auto;
            padding: 0 1.25rem;
          }
        </style>
      </head>
      <body>
        <h1>${page.title}</h1>
        ${page.sentences.map((sentence) => html`<p>${sentence}</p>`)}
        ${page.link ? html`<p><a href="${page.link.href}">${page.link.text}</a></p>` : ""}
      </body>
    </html>`;
  const headers = {
    ...PAGE_HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
  };
  return new Response(String(text), { status: page.status, headers });
}
