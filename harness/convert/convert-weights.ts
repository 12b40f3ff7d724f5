import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { foldBatchNorm } from '../../reference/network/index.ts';
import { exportOnnx } from '../engines/onnxruntime/export-onnx.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { writeLegacyCheckpoint, writeZipCheckpoint } from '../weights/index.ts';

export interface ConvertFlags {
  readonly to?: 'legacy' | 'zip' | 'onnx';
  readonly size?: number | [number, number];
  readonly decode?: true;
  readonly force?: true;
  readonly json?: true;
}

type Format = NonNullable<ConvertFlags['to']>;

type OnnxExport = NonNullable<Parameters<typeof exportOnnx>[1]>;

const FORMAT_BY_ENDING: Readonly<Record<string, Format>> = {
  '.pt': 'legacy',
  '.pth': 'zip',
  '.onnx': 'onnx',
};

/** `mlu-parity convert`: reads weights of any format and writes them in another; nothing is left of a failed write. */
export async function convertWeights(from: string, to: string, flags: ConvertFlags): Promise<ExitCode> {
  const format = flags.to ?? FORMAT_BY_ENDING[extname(to).toLowerCase()];
  if (format === undefined) {
    throw new UsageError(
      `cannot tell the format of ${to} from its ending: use .pt (legacy), .pth (zip) or .onnx, or add --to`,
    );
  }
  if (format !== 'onnx' && (flags.size !== undefined || flags.decode)) {
    throw new UsageError(
      `--size and --decode belong to ONNX files, and ${to} is to be a ${format} checkpoint`,
    );
  }
  if (flags.decode && flags.size === undefined) {
    throw new UsageError('--decode writes the grids into the network: add --size, e.g. --size 640');
  }
  if (!flags.force && (await exists(to))) {
    throw new UsageError(`${to} exists already: add --force to write over it, or give another name`);
  }
  const model = await loadModel(from);
  // Also refuses sides that no network of this kind can take.
  const inputSize = flags.size === undefined ? undefined : inputSizeOf(flags.size, model.variant);
  await write(model, to, format, { decode: flags.decode ?? false, ...(inputSize ? { inputSize } : {}) });
  const quantizedModules = [...model.tensors.keys()].filter((key) => key.endsWith('.quantized_mode')).length;
  const written = {
    file: to,
    format,
    variant: model.variant.name,
    parameters: model.parameters,
    quantizedModules,
  };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(written)}\n`
      : `${to}: YOLOX-${written.variant}, ${written.parameters.toLocaleString('en')} parameters, ${FORMAT_NAMES[format]}${quantizedNote(quantizedModules, format)}\n`,
  );
  return EXIT.pass;
}

const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  legacy: 'legacy format, readable by PyTorch 1.3',
  zip: 'zip format of PyTorch 1.6 and later',
  onnx: 'ONNX',
};

async function write(model: Model, to: string, format: Format, onnx: OnnxExport): Promise<void> {
  try {
    if (format === 'legacy') await writeLegacyCheckpoint(to, model.tensors);
    else if (format === 'zip') await writeZipCheckpoint(to, model.tensors);
    else await writeFileAtomically(to, exportOnnx(foldBatchNorm(model.graph), onnx));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`cannot write ${to} (${code}): give a place that exists and can be written to`, {
      cause: error,
    });
  }
}

/** An ONNX file has no place for the quantiser's scales; the checkpoints keep them. */
function quantizedNote(modules: number, format: Format): string {
  if (modules === 0) return '';
  return format === 'onnx'
    ? `; its float weights alone, without the scales of ${modules} quantised modules`
    : `, with the scales of ${modules} quantised modules`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
