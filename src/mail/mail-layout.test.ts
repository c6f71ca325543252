import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileMailLayout } from "../../test/support/compile-mail-layout.ts";

const SOURCE = readFileSync(new URL("mail-layout.mjml", import.meta.url), "utf8");

test("mail-layout.json is made from mail-layout.mjml (vitest --update writes it)", async () => {
  const layout = await compileMailLayout(SOURCE);
  await expect(`${JSON.stringify(layout, null, 2)}\n`).toMatchFileSnapshot("mail-layout.json");
});
