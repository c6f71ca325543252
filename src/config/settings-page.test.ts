import { expect, test } from "vitest";
import { renderSettings } from "./settings-page.ts";

test("docs/reference/settings.md is made from the table (vitest -u writes it)", async () => {
  await expect(renderSettings()).toMatchFileSnapshot("../../docs/reference/settings.md");
});
