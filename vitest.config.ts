import { defineConfig } from "vitest/config";

/** Tests of `test/` that need neither a build nor a browser, and end within seconds. */
const quick = ["test/architecture.test.ts"];

/** Unit tests that train until something is learned. */
const slow = "src/**/*.slow.test.ts";

/** `fast`: unit tests beside their sources. `slow`: those that train. `full`: whole programs and browsers. */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["src/**/*.test.ts", ...quick],
          exclude: [slow],
          testTimeout: 30_000,
          maxWorkers: 2,
          // Loading the modules anew for each file takes longer than the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: [slow],
          testTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "full",
          globalSetup: "test/support/build.ts",
          include: ["test/**/*.test.ts"],
          exclude: quick,
          testTimeout: 600_000,
          hookTimeout: 120_000,
          // What a page shows in the end counts, not how soon a busy machine shows it.
          expect: { poll: { timeout: 30_000 } },
          // One more than cores: tests wait for pages and programs.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
