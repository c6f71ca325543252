import { expect, test } from "vitest";
import { EVIDENCE } from "./evidence.ts";
import { renderEvidence } from "./evidence-page.ts";

test("docs/reference/evidence.md is made from the table (vitest -u writes it)", async () => {
  await expect(renderEvidence()).toMatchFileSnapshot("../../docs/reference/evidence.md");
});

test("every row is on the page, and no cell breaks the table", () => {
  const lines = renderEvidence()
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line));
  expect(lines).toHaveLength(EVIDENCE.length);
  for (const line of lines) expect(line.split("|")).toHaveLength(6);
});
