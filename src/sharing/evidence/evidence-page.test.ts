import { expect, test } from "vitest";
import { CLIENT_EVIDENCE } from "./client-evidence.ts";
import { PARTNER_MODELS } from "../model/partner-model.ts";
import { EVIDENCE } from "./evidence-table.ts";
import { renderEvidence } from "./evidence-page.ts";

test("docs/reference/evidence.md is made from the table (vitest -u writes it)", async () => {
  await expect(renderEvidence()).toMatchFileSnapshot("../../../docs/reference/evidence.md");
});

test("every row of the client's token and every partner model is on the page, and no cell breaks its table", () => {
  const lines = renderEvidence().split("\n");
  const client = lines.filter((line) => /^\| C\d+ \|/.test(line));
  expect(client).toHaveLength(CLIENT_EVIDENCE.length);
  for (const line of client) expect(line.split("|")).toHaveLength(6);
  const models = lines.filter((line) =>
    PARTNER_MODELS.some(({ name }) => line.startsWith(`| \`${name}\` |`)),
  );
  expect(models).toHaveLength(PARTNER_MODELS.length);
  for (const line of models) expect(line.split("|")).toHaveLength(10);
});

test("every row is on the page, and no cell breaks the table", () => {
  const lines = renderEvidence()
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line));
  expect(lines).toHaveLength(EVIDENCE.length);
  for (const line of lines) expect(line.split("|")).toHaveLength(6);
});
