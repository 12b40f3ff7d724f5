export { type Fetched, fetchEntry } from './fetch-entry.ts';
export { fetchSubset } from './fetch-subset.ts';
export type { FetchObserver, FetchTools } from './fetch-tools.ts';
export { findEntry, nearestNames } from './find-entry.ts';
export { formatBytes } from './format-bytes.ts';
export { createHttpClient } from './http-client.ts';
export { type FetchEntry, MANIFEST } from './manifest.ts';
export { addressesOf, type FetchPlaces } from './plan-downloads.ts';
export { systemTimers } from './timers.ts';
