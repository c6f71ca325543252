import { expect, test } from "vitest";
import { renderEmulatorReference } from "./routes-page.ts";

test("docs/reference/emulator-routes.md is made from the tables (vitest -u writes it)", async () => {
  await expect(renderEmulatorReference()).toMatchFileSnapshot("../../../docs/reference/emulator-routes.md");
});
