import { defineConfig } from 'rolldown';

/** The script of the report page, in one piece: the page loads nothing. */
export default defineConfig({
  input: 'reports/page/page-runtime.ts',
  platform: 'browser',
  output: { file: 'dist/reports/page/page-runtime.js', format: 'iife', minify: true },
});
