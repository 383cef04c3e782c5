import { defineConfig } from "vitest/config";

/** Tests of `test/` that need neither a build nor a browser, and end within seconds. */
const quick = ["test/architecture.test.ts"];

/** `fast`: unit tests beside their sources. `full`: whole programs, one file after the other. */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: { name: "fast", include: ["src/**/*.test.ts", ...quick], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "full",
          include: ["test/**/*.test.ts"],
          exclude: quick,
          testTimeout: 600_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
