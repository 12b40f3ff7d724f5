import type { RunConfig } from '../config/run-config.ts';
import { busyMachineWarnings } from '../latency/busy-machine.ts';
import { run } from '../run/run.ts';
import { resolveRunOptions } from '../run/run-options.ts';
import type { RunTools } from '../run/run-tools.ts';
import { type GateRun, readGateRun } from './gate-run.ts';

/**
 * The run that a configuration is of, made now: one that fails leaves its record, which a gate reads.
 * @throws as `run`, and AbortError where it was interrupted.
 */
export async function makeRun(config: RunConfig, out: string, tools: RunTools): Promise<GateRun> {
  // A file may hold more than one run of it uses.
  const options = resolveRunOptions({ ...config, out }, tools.now(), {});
  const warnings = options.latency === null ? [] : busyMachineWarnings();
  const { folder } = await run(options, { ...tools, warnings }, config);
  tools.signal.throwIfAborted();
  return readGateRun(folder);
}
