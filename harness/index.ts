export { defineConfig, type RunConfig } from './config/run-config.ts';
