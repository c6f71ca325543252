import { expect, test } from "vitest";
import { clientTextOf } from "../../../messages/client-page.ts";
import { fill } from "./markup.ts";

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
