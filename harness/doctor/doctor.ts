import { availableParallelism, freemem } from 'node:os';
import { buildYolox, createVariant, randomWeights } from '../../reference/network/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { type EngineName, openEngine } from '../engines/index.ts';
import { EXIT, type ExitCode, messageOf } from '../errors.ts';
import { describeEnvironment } from '../run/environment.ts';

type EngineFinding =
  | {
      readonly engine: EngineName;
      readonly works: true;
      readonly runs: string;
      readonly threads: number;
      readonly milliseconds: number;
    }
  | { readonly engine: EngineName; readonly works: false; readonly reason: string };

const ENGINES: readonly EngineName[] = ['onnxruntime', 'tfjs'];
const RUNS = 5;

/** `mlu-parity doctor`: ends with 5 when the default engine does not work, since then no command does. */
export async function doctor({ json }: { readonly json?: true }): Promise<ExitCode> {
  const environment = await describeEnvironment();
  const engines: EngineFinding[] = [];
  for (const engine of ENGINES) engines.push(await tryEngine(engine));
  const freeMemoryGiB = Math.round((freemem() / 2 ** 30) * 10) / 10;
  const document = { ...environment, freeMemoryGiB, engines };
  process.stdout.write(json ? `${JSON.stringify(document, null, 1)}\n` : asText(document));
  return engines[0]!.works ? EXIT.pass : EXIT.backend;
}

async function tryEngine(name: EngineName): Promise<EngineFinding> {
  try {
    const engine = await openEngine(name);
    const variant = createVariant(0.33, 0.125, { classes: 3 });
    const graph = buildYolox(variant, randomWeights(variant, 1));
    const session = await engine.open(graph, { threads: availableParallelism() });
    try {
      const input = float32Tensor(new Float32Array(3 * 64 * 64).fill(114), [1, 3, 64, 64], 'NCHW');
      requireFinite((await session.run(input))[0]!);
      const start = performance.now();
      for (let i = 0; i < RUNS; i++) await session.run(input);
      const milliseconds = (performance.now() - start) / RUNS;
      return { engine: name, works: true, runs: session.engine, threads: session.threads, milliseconds };
    } finally {
      await session.close();
    }
  } catch (error) {
    return { engine: name, works: false, reason: messageOf(error) };
  }
}

function requireFinite(output: Tensor): void {
  if (!output.data.every(Number.isFinite))
    throw new RangeError('its output of a small network is not finite');
}

function asText(
  found: Awaited<ReturnType<typeof describeEnvironment>> & {
    freeMemoryGiB: number;
    engines: EngineFinding[];
  },
): string {
  const lines = [
    `mlu-parity ${found.version}${found.commit ? ` (${found.commit.slice(0, 12)})` : ''} on Node ${found.node}`,
    `${found.platform}, ${found.cpu}, ${found.cores} cores, ${found.memoryGiB} GiB of memory (${found.freeMemoryGiB} free)`,
    ...Object.entries(found.packages).map(([name, version]) => `  ${name} ${version}`),
    ...found.engines.map((finding) =>
      finding.works
        ? `${finding.engine}: works; ${finding.runs}, ${finding.threads} threads, ${finding.milliseconds.toFixed(1)} ms for a small network`
        : `${finding.engine}: does not work: ${finding.reason}`,
    ),
    "MLU card: none is looked for here, where it is emulated; 'mlu-parity agent info --agent …' asks an agent beside one",
  ];
  return `${lines.join('\n')}\n`;
}
