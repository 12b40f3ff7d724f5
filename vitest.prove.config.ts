import { defineConfig } from 'vitest/config';

/** Long proofs: thousands of mutations and trials, outside the everyday test run. */
export default defineConfig({
  test: {
    include: ['test/prove/**/*.prove.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
