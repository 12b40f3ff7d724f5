import { CARDS } from '../../reference/device/index.ts';
import { MLU_BACKENDS, type MluBackendName } from '../config/option-choices.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import type { CardChoice } from '../latency/card-choice.ts';
import type { BackendSpec } from './backend-spec.ts';
import type { DeviceSources } from './resolve-devices.ts';

/** A second core number at which the last stage of the port is scored. */
export interface SecondCore {
  readonly of: MluBackendName;
  readonly coreNumber: number;
}

/**
 * @param typed see `resolveRunOptions`.
 * @returns null where none was asked for, or a configuration file asks for one and the last stage runs on no card this time.
 * @throws UsageError for a core number that the card does not have, and where the last stage runs on no card.
 */
export function resolveSecondCore(
  { scoreCore }: RunConfig,
  typed: RunConfig,
  parts: { backends: readonly BackendSpec[]; devices: DeviceSources; card: CardChoice | null },
): SecondCore | null {
  const of = MLU_BACKENDS.findLast((name) => parts.backends.some((spec) => spec.name === name));
  if (scoreCore === undefined || of === undefined || parts.card === null) return null;
  if (parts.devices[of].kind !== 'agent') {
    if (typed.scoreCore === undefined) return null;
    throw new UsageError(
      `--score-core ${scoreCore} has no effect: ${of}, the last stage of the port, runs on no card; leave it out, or have the agent run ${of}`,
    );
  }
  const card = CARDS[parts.card.name];
  if (scoreCore > card.cores) {
    throw new UsageError(
      `--score-core ${scoreCore} cannot be: the ${card.name} has ${card.cores} cores; give fewer, or another --card`,
    );
  }
  return { of, coreNumber: scoreCore };
}
