/** docs/reference/security.md: ASVS level 2 is answered whole, and each test that it names exists. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../", import.meta.url);
const page = readFileSync(new URL("docs/reference/security.md", ROOT), "utf8");
const asvs = page.slice(page.indexOf("## OWASP ASVS"));

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are numbered from 1. */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{ "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1 },
  ...{ "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4 },
  ...{ "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3 },
  ...{ "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1 },
  ...{ "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2 },
  ...{ "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2 },
  ...{ "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3 },
  ...{ "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4 },
  "17.3": 2,
};

interface Row {
  ids: string[];
  met: string;
  test: string;
}

const rows: Row[] = [...asvs.matchAll(/^\| (\d[^|]+?) \| ([^|]+?) \| [^|]+? \|(?: ([^|]+?) )?\s*\|$/gm)].map(
  ([, requirements = "", met = "", tests = ""]) => ({ ids: idsOf(requirements), met, test: tests }),
);

/** "1.2.1, 1.3.1 to 1.3.3" names four. */
function idsOf(requirements: string): string[] {
  return requirements.split(", ").flatMap((part) => {
    const [from = "", to = from] = part.split(" to ");
    const section = from.slice(0, from.lastIndexOf("."));
    const [first, last] = [from, to].map((id) => Number(id.slice(id.lastIndexOf(".") + 1)));
    return Array.from(
      { length: (last ?? 0) - (first ?? 0) + 1 },
      (_, nth) => `${section}.${(first ?? 0) + nth}`,
    );
  });
}

test("each requirement of levels 1 and 2 is answered once", () => {
  const all = Object.entries(SECTIONS).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, nth) => `${section}.${nth + 1}`),
  );
  expect(all).toHaveLength(253);
  expect(rows.flatMap(({ ids }) => ids).sort()).toEqual(all.sort());
});

test("an answer is one of five", () => {
  const answers = ["yes", "partly", "no", "yours", "no such part"];
  for (const { ids, met } of rows) expect([ids, answers.includes(met)]).toEqual([ids, true]);
});

test("what is met names the tests that show it, or that no test can", () => {
  for (const { ids, met, test: named } of rows) {
    const isShown = named === "by design" || (named !== "" && named.split(", ").every(isTest));
    if (met === "yes") expect([ids, named, isShown]).toEqual([ids, named, true]);
    else expect([ids, named === "" || isShown]).toEqual([ids, true]);
  }
});

/** "`src/a.test.ts`", with a link to more where there is one. */
function isTest(name: string): boolean {
  return /^`[\w./-]+\.test\.tsx?`( \(\[[\w.]+\]\([\w.]+\)\))?$/.test(name);
}

test("each file that the page names is there", () => {
  const names = [...page.matchAll(/`((?:src|test|hub)\/[\w./-]+)`/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !existsSync(new URL(name, ROOT)))).toEqual([]);
});
