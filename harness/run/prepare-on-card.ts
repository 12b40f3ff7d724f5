import { CARDS } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { agentBackend } from '../backends/agent-backend.ts';
import type { CalibrationTools } from '../calibration/calibrate-on-images.ts';
import type { Model } from '../model/load-model.ts';
import { agentWithProgress } from './agent-with-progress.ts';
import type { BackendOptions } from './backend-options.ts';
import type { MluSpec } from './backend-spec.ts';
import { checkpointIn, checkpointScales } from './checkpoint-scales.ts';
import { compiledModels } from './compiled-models.ts';
import type { PreparedBackend } from './prepared-backend.ts';
import { quantizationSetup } from './quantization-setup.ts';

/** A backend that an agent runs on a card, with its checkpoint checked here, where it can be told best what is wrong with it. */
export async function prepareOnCard(
  model: Model,
  size: PixelSize,
  spec: MluSpec,
  options: BackendOptions,
  { progress, signal }: CalibrationTools,
): Promise<PreparedBackend> {
  const device = options.devices[spec.name];
  const agent = agentWithProgress(options.agent!, { progress, signal });
  const checkpoint = checkpointIn(options, spec.name) ?? null;
  const quantized =
    checkpoint === null ? null : await checkpointScales(model, spec, checkpoint, { onCard: true });
  const common = {
    ...{ name: spec.name, agent, size, checkpoint, classes: model.variant.classes },
    coreVersion: CARDS[options.card!.name].name,
    precision: quantized === null ? null : `int${spec.bits}`,
  };
  const models =
    device.kind === 'agent' ? await compiledModels(device.models, { ...common, card: options.card! }) : [];
  return {
    factory: agentBackend({ ...common, models }),
    exact: null,
    quantization: quantized && {
      ...quantizationSetup(quantized, spec.bits),
      execution: 'card',
      rounding: null,
    },
    warnings: quantized?.warnings ?? [],
  };
}
