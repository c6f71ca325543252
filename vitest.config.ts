import { defineConfig } from "vitest/config";
import { compileMessages } from "./hub/compile-messages.ts";

/**
 * Two cores: two workers at most. The browser tests are a project of their own, so that the rest stays quick
 * when it runs alone.
 */
export default defineConfig({
  plugins: [compileMessages()],
  test: {
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/*.db.test.ts", "**/*.browser.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "component",
          include: ["hub/src/**/*.test.{ts,tsx}"],
          environment: "happy-dom",
          setupFiles: ["hub/src/testing/setup.ts"],
        },
      },
      { extends: true, test: { name: "database", include: ["src/**/*.db.test.ts", "test/**/*.db.test.ts"] } },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/**/*.browser.test.ts"],
          globalSetup: ["test/support/prepare-browser-tests.ts"],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
