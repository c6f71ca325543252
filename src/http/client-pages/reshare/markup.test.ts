import { html } from "hono/html";
import { expect, test } from "vitest";
import { clientTextOf } from "../../../messages/client-page.ts";
import { fill, renderCopy } from "./markup.ts";

test("a value that ends its own sentence gets no second full stop, and stays escaped", async () => {
  const sentence = async (partner: string): Promise<string> =>
    String(await fill(clientTextOf("en"), "pin.failed", { partner }));
  expect(await sentence("Acme & Sons Inc.")).toMatch(/, tell Acme &amp; Sons Inc\.$/);
  expect(await sentence("Acme")).toMatch(/, tell Acme\.$/);
});

test("a value that is markup stays markup", async () => {
  const since = fill(clientTextOf("en"), "pin.title", { number: "<1>" });
  const lead = await fill(clientTextOf("en"), "lead.since", { numbers: "A & B", since });
  expect(String(lead)).toBe("Messages to and from A &amp; B have been stopped since Register &lt;1&gt;.");
});

test("a value in an attribute ends neither the attribute nor the element, JSON neither", async () => {
  const hostile = `"'><script>alert(1)</script><!--`;
  const copied = String(await renderCopy(hostile, clientTextOf("en")));
  expect(copied).not.toMatch(/<script|<!--/);
  expect(copied).toContain('data-copy="&quot;&#39;&gt;&lt;script&gt;');
  const json = JSON.stringify({ name: `${hostile}</script>` });
  const part = String(await html`<div data-launch="${json}"></div>`);
  expect(part.match(/"/g)).toHaveLength(2);
  expect(part.match(/</g)).toHaveLength(2);
});
