import { expect, test } from "vitest";
import { fill } from "./markup.ts";

test("a value that ends its own sentence gets no second full stop, and stays escaped", async () => {
  const words = async (template: string, partner: string): Promise<string> =>
    String(await fill(template, { partner }));
  expect(await words("Tell {partner}. Start again.", "Acme & Sons Inc.")).toBe(
    "Tell Acme &amp; Sons Inc. Start again.",
  );
  expect(await words("Tell {partner}.", "Acme")).toBe("Tell Acme.");
});
