import { expect, test } from "vitest";
import { releaseFaultsOf } from "../../bin/release.mjs";

const READY = {
  version: "1.2.0",
  branch: "main",
  changedFiles: [],
  changesets: [],
  changelog: "# Changelog\n\n## 1.2.0\n\n- More.\n",
  tags: ["v1.1.0"],
};

test("a clean main whose version has a section and no tag can be released", () =>
  expect(releaseFaultsOf(READY)).toEqual([]));

test.each([
  [{ branch: "topic" }, "The branch is topic."],
  [{ changedFiles: ["README.md"] }, "README.md: not committed."],
  [{ changesets: ["brave-cats-sing.md"] }, "brave-cats-sing.md: not in the changelog yet."],
  [{ changelog: "# Changelog\n\n## 1.1.0\n" }, `CHANGELOG.md has no section "## 1.2.0".`],
  [{ changelog: "# Changelog\n\n## 1.2.0-beta\n" }, `CHANGELOG.md has no section "## 1.2.0".`],
  [{ tags: ["v1.2.0"] }, "The tag v1.2.0 exists."],
])("%j cannot, and the fault says what to do", (change, fault) => {
  const faults = releaseFaultsOf({ ...READY, ...change });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});
