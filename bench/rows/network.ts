import { openEngine, type Session, type SessionOptions } from '../../harness/engines/index.ts';
import { tensorDiff } from '../../reference/compare/index.ts';
import { countMultiplyAdds, type Graph } from '../../reference/network/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { bareSession } from '../data/bare-session.ts';
import {
  int16NanoGraph,
  NANO_INT16,
  NANO_ONNX,
  NANO_SIZE,
  NANO_WEIGHTS,
  nanoGraph,
  PICTURE,
  picturePixels,
} from '../data/nano.ts';
import { missingShared } from '../data/shared-data.ts';
import { demand } from '../demand.ts';
import type { Limit, Machine, Row, RowResult } from '../row.ts';
import { timeInTurns } from '../time-in-turns.ts';

/** dB between two float32 executions of the same network: only the order of sums differs. */
const FLOAT_SQNR = 90;
/** dB between int16 and float: what 16 bits leave. */
const INT16_SQNR = 40;
const TIMING = { seconds: 4 };

const networkRow: Row = {
  name: 'network',
  title: 'YOLOX-nano at 416, 1 thread: our graph in onnxruntime against the bare engine on the ONNX file',
  async run(machine) {
    const missing = missingShared(NANO_ONNX, NANO_WEIGHTS, PICTURE);
    if (missing !== undefined) return { state: 'skipped', reason: missing };
    const graph = await nanoGraph();
    const pixels = await picturePixels();
    const session = await open(graph);
    const bare = await bareSession(NANO_ONNX, 1);
    const checked = await demandAlike(session, await bare.run(pixels), pixels, FLOAT_SQNR);
    const [ours, against] = await timeInTurns(
      [
        { label: 'our graph', run: () => session.run(pixels) },
        { label: 'bare onnxruntime', run: () => bare.run(pixels) },
      ] as const,
      TIMING,
    );
    await session.close();
    await bare.release();
    return { state: 'measured', ours, against, checked, limit: await multiplyAddLimit(graph, machine) };
  },
};

function int16Row(quantizedExecution: 'fast' | 'exact', allowed: number): Row {
  return {
    name: `int16-${quantizedExecution}`,
    title: `YOLOX-nano at 416, 1 thread: int16 emulation, ${quantizedExecution}, against float32`,
    async run(machine) {
      const missing = missingShared(NANO_INT16, NANO_WEIGHTS, PICTURE);
      if (missing !== undefined) return { state: 'skipped', reason: missing };
      const graph = await int16NanoGraph();
      return againstFloat(await open(graph, { quantizedExecution }), {
        label: `int16 ${quantizedExecution}`,
        leastSqnr: INT16_SQNR,
        allowed,
        limit: await multiplyAddLimit(graph, machine),
      });
    },
  };
}

const tfjsRow: Row = {
  name: 'tfjs',
  title: 'YOLOX-nano at 416, 1 thread: TensorFlow.js against onnxruntime',
  async run(machine) {
    const missing = missingShared(NANO_WEIGHTS, PICTURE);
    if (missing !== undefined) return { state: 'skipped', reason: missing };
    const graph = await nanoGraph();
    const session = await (await openEngine('tfjs')).open(graph, { threads: 1 });
    return againstFloat(session, {
      label: session.engine,
      leastSqnr: FLOAT_SQNR,
      limit: await multiplyAddLimit(graph, machine),
    });
  },
};

export const networkRows: readonly Row[] = [networkRow, int16Row('fast', 2), int16Row('exact', 8), tfjsRow];

interface Challenger {
  readonly label: string;
  readonly leastSqnr: number;
  readonly allowed?: number;
  readonly limit: Limit;
}

async function againstFloat(
  session: Session,
  { label, leastSqnr, allowed, limit }: Challenger,
): Promise<RowResult> {
  const float = await open(await nanoGraph());
  const pixels = await picturePixels();
  const [expected] = await float.run(pixels);
  const checked = await demandAlike(session, expected!, pixels, leastSqnr);
  const [ours, against] = await timeInTurns(
    [
      { label, run: () => session.run(pixels) },
      { label: 'float32', run: () => float.run(pixels) },
    ] as const,
    TIMING,
  );
  await session.close();
  await float.close();
  const goal =
    allowed === undefined
      ? {}
      : {
          goal: {
            what: label,
            measured: ours.value / against.value,
            least: ours.least / against.least,
            allowed,
            unit: '×' as const,
          },
        };
  return { state: 'measured', ours, against, checked, limit, ...goal };
}

async function open(graph: Graph, options: Partial<SessionOptions> = {}): Promise<Session> {
  return (await openEngine('onnxruntime')).open(graph, { threads: 1, ...options });
}

async function demandAlike(
  session: Session,
  expected: Tensor,
  pixels: Tensor,
  least: number,
): Promise<string> {
  const [actual] = await session.run(pixels);
  const diff = tensorDiff(expected, actual!);
  demand(
    diff.state === 'compared' && diff.sqnr >= least,
    `the outputs differ: ${diff.state === 'compared' ? `${diff.sqnr} dB` : diff.state}, at least ${least} dB`,
  );
  return `outputs alike to ${diff.state === 'compared' ? diff.sqnr.toFixed(0) : ''} dB`;
}

async function multiplyAddLimit(graph: Graph, machine: Machine): Promise<Limit> {
  const count = countMultiplyAdds(graph, [NANO_SIZE.height, NANO_SIZE.width]);
  return {
    what: `${(count / 1e9).toFixed(2)} G multiply–adds`,
    milliseconds: (1000 * count) / (await machine.multiplyAddsPerSecond()),
  };
}
