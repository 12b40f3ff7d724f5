import { defineConfig } from 'rolldown';

/** The scripts of the pages, each in one piece: a page loads nothing. */
export default defineConfig(
  ['page-runtime', 'nightly-runtime'].map((name) => ({
    input: `reports/page/${name}.ts`,
    platform: 'browser',
    output: { file: `dist/reports/page/${name}.js`, format: 'iife', minify: true },
  })),
);
