import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import texts from "../messages/en/doctor.json" with { type: "json" };
import { OPTIONS } from "../config/options.ts";
import { CHECKS } from "./checks.ts";

const GUIDE = readFileSync(new URL("../../docs/guides/going-live.md", import.meta.url), "utf8");
const sections = GUIDE.match(/^### .+$/gm) ?? [];

test("the guide's sections and doctor's checks are the same list, in the same order", () => {
  const named = sections.map((line) => /\(`([a-z_]+)`\)$/.exec(line)?.[1]);
  expect(named).toEqual(CHECKS.map(({ id }) => id));
  const { lead_in: _lead, needs: _needs, needs_setting: _setting, unclear: _unclear, ...checks } = texts;
  expect(named.toSorted()).toEqual(Object.keys(checks).toSorted());
});

test("its sections are numbered through, and its own links lead to them", () => {
  expect(sections.map((line) => Number(/^### (\d+)\. /.exec(line)?.[1]))).toEqual(
    sections.map((_line, index) => index + 1),
  );
  const anchors = sections.map((line) =>
    line
      .slice(4)
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, anchor] of GUIDE.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});

test("every required setting is named, and every named one exists", () => {
  const settings = Object.values(OPTIONS);
  const known = new Set(settings.map(({ name }) => name));
  const required = settings.filter((row) => !("serve" in row) && !row.schema.safeParse(undefined).success);
  for (const { name } of required) expect(GUIDE, name).toContain(name);
  const ours =
    /`((?:META|PARTNER|PUBLIC|DATABASE|DATA|ENCRYPTION|ADMIN|SWEEP|RESHARE|ALLOWED|THROUGHPUT)_[A-Z_]+)/g;
  const words = new Set(["PARTNER_REMOVED"]);
  for (const [, name = ""] of GUIDE.matchAll(ours))
    if (!words.has(name)) expect([...known], name).toContain(name);
});

test("no check needs itself in the end", () => {
  const byId = new Map(CHECKS.map((check) => [check.id, check]));
  const visit = (id: string, trail: string[]): void => {
    expect(trail, `circle at ${id}`).not.toContain(id);
    for (const need of byId.get(id as (typeof CHECKS)[number]["id"])?.needs ?? [])
      visit(need, [...trail, id]);
  };
  for (const { id } of CHECKS) visit(id, []);
});
