// A reporter of vitest's for `npm test`: writes how many tests passed, failed and were skipped into the file
// COUNT_TESTS_FILE names.
import { writeFileSync } from "node:fs";

export default class CountTests {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that does not load, or whose hook fails, has no failed test to be counted.
      let isAnnounced = false;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "failed") isAnnounced = true;
        counts[state === "pending" ? "skipped" : state] += 1;
      }
      if (module.state() === "failed" && !isAnnounced) counts.failed += 1;
    }
    writeFileSync(process.env.COUNT_TESTS_FILE, JSON.stringify(counts));
  }
}
