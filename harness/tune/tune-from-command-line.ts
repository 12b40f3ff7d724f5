import { CARDS } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { type TuneResult, tuneLawsTable, tunePointsTable } from '../../reports/index.ts';
import { type AgentBackend, isAgentBackend } from '../backends/agent-backend.ts';
import type { CalibrationTools } from '../calibration/calibrate-on-images.ts';
import type { ExitCode } from '../errors.ts';
import { busyMachineWarnings } from '../latency/busy-machine.ts';
import { timedCoreNumbers } from '../latency/card-choice.ts';
import { systemClock } from '../latency/clock.ts';
import { modelledCard } from '../latency/modelled-card.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { prepareBackends } from '../run/prepare-backends.ts';
import { refuseUnwritable } from '../store/refuse-unwritable.ts';
import { writePrinted } from '../store/write-printed.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { agentSource } from './agent-source.ts';
import { backendSource } from './backend-source.ts';
import { modelledCardSource } from './modelled-card-source.ts';
import { tune } from './tune.ts';
import { resolveTuneOptions, type TuneOptions } from './tune-options.ts';
import type { TuneSource } from './tune-source.ts';

/** `mlu-parity tune`: options from the command line, the race, and its tables or result on stdout. */
export async function tuneFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...typed } = flags;
  const options = resolveTuneOptions(typed);
  if (options.out !== null) await refuseUnwritable(options.out);
  const { signal, release } = interruptSignal();
  const progress = quiet ? silentProgress : terminalProgress();
  try {
    const model = await loadModel(options.weights);
    const size = inputSizeOf(options.backend.size ?? undefined, model.variant, model.sha256);
    const { source, warnings, incidents } = await openSource(model, size, options, { progress, signal });
    try {
      const result = await tune(source, {
        ...options,
        progress,
        signal,
        clock: systemClock,
        network: { file: model.file, sha256: model.sha256, ...size },
        warnings,
      });
      result.warnings.push(...incidents());
      const document = `${JSON.stringify(result, null, 1)}\n`;
      process.stdout.write(json ? document : asText(result));
      const exitCode = result.verdict.exitCode as ExitCode;
      return options.out === null ? exitCode : await writePrinted(options.out, document, exitCode);
    } finally {
      await source.close();
    }
  } finally {
    release();
  }
}

/** The backend to be measured, or the model of a card, and what is odd about it. */
async function openSource(
  model: Model,
  size: PixelSize,
  options: TuneOptions,
  tools: CalibrationTools,
): Promise<{ source: TuneSource; warnings: readonly string[]; incidents: () => readonly string[] }> {
  if (options.model !== null) {
    const { card, ...what } = options.model;
    const modelled = modelledCard(model.graph, size, { ...what, card: card.name });
    const source = modelledCardSource(modelled, card.cores, options.batches);
    return { source, warnings: [], incidents: () => [] };
  }
  const busy = busyMachineWarnings();
  const [prepared] = await prepareBackends(model, size, options.backend, tools);
  const { factory, warnings } = prepared!;
  const incidents = (): readonly string[] => factory.incidents?.() ?? [];
  if (isAgentBackend(factory)) {
    const card = options.backend.card!;
    const cores = timedCoreNumbers(card, factory);
    const batches = options.backend.modelUse.batches ?? compiledBatches(factory) ?? options.batches;
    const source = await agentSource(factory, { ...options, card: CARDS[card.name], cores, batches, size });
    // Whatever else this machine does is no matter of the card's.
    return { source, warnings, incidents };
  }
  const source = await backendSource(factory, { ...options, size });
  return { source, warnings: [...warnings, ...busy], incidents };
}

/** Of the offline models that are given; null where the agent makes them. */
function compiledBatches({ compiledFor }: AgentBackend): readonly number[] | null {
  return compiledFor ? [...new Set(compiledFor.map(({ batch }) => batch))].sort((a, b) => a - b) : null;
}

/** Tables, then what they say, and the line to paste last. */
function asText(result: TuneResult): string {
  const tables = [tunePointsTable(result), tuneLawsTable(result)]
    .filter((table) => table !== null)
    .map((table) => [table.title, drawTable(table), table.conclusion].join('\n'));
  const warnings = result.warnings.map((warning) => `warning: ${warning}`);
  const paste = result.paste === null ? [] : [result.paste];
  return `${[...tables, ...warnings, result.verdict.sentence, ...paste].join('\n\n')}\n`;
}
