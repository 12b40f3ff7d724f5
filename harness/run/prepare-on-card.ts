import { CARDS } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { agentBackend } from '../backends/agent-backend.ts';
import type { CalibrationTools } from '../calibration/calibrate-on-images.ts';
import { UsageError } from '../errors.ts';
import { scoredCoreNumber, timedCoreNumbers } from '../latency/card-choice.ts';
import type { Model } from '../model/load-model.ts';
import { compiledModels } from '../offline/compiled-models.ts';
import { agentWithProgress } from './agent-with-progress.ts';
import type { BackendOptions } from './backend-options.ts';
import type { MluSpec } from './backend-spec.ts';
import { checkpointIn, checkpointScales } from './checkpoint-scales.ts';
import type { PreparedBackend } from './prepared-backend.ts';
import { quantizationSetup } from './quantization-setup.ts';

/**
 * A backend that an agent runs on a card, with its checkpoint checked here, where it can be told best what is wrong with it.
 * Offline models that are given need no checkpoint, and what they were quantised from is not known.
 * @returns the backend, and once more where it is scored at a second core number.
 * @throws UsageError for a second core number that is the first.
 */
export async function prepareOnCard(
  model: Model,
  size: PixelSize,
  spec: MluSpec,
  options: BackendOptions,
  { progress, signal }: CalibrationTools,
): Promise<PreparedBackend[]> {
  const device = options.devices[spec.name];
  const common = {
    agent: agentWithProgress(options.agent!, { progress, signal }),
    ...{ size, classes: model.variant.classes, coreVersion: CARDS[options.card!.name].name },
  };
  const given = device.kind === 'agent' ? device.models : [];
  const models = await compiledModels(given, { ...common, use: options.modelUse });
  const checkpoint = models.length > 0 ? null : (checkpointIn(options, spec.name) ?? null);
  const scales =
    checkpoint === null ? null : await checkpointScales(model, spec, checkpoint, { onCard: true });
  const precision = scales && `int${spec.bits}`;
  const onCard = (scoredAt?: number): PreparedBackend => ({
    factory: agentBackend({
      ...{ ...common, name: spec.name, checkpoint, precision, models },
      ...(scoredAt === undefined ? {} : { scoredAt }),
    }),
    exact: null,
    quantization: scales && { ...quantizationSetup(scales, spec.bits), execution: 'card', rounding: null },
    warnings: scales?.warnings ?? [],
  });
  const first = onCard();
  const { secondCore } = options;
  if (secondCore?.of !== spec.name) return [first];
  if (scoredCoreNumber(timedCoreNumbers(options.card!, first.factory)) === secondCore.coreNumber) {
    throw new UsageError(
      `--score-core ${secondCore.coreNumber} is the core number that ${spec.name} is scored at already: give another`,
    );
  }
  return [first, onCard(secondCore.coreNumber)];
}
