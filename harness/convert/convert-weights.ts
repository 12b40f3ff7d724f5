import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { foldBatchNorm } from '../../reference/network/index.ts';
import { exportOnnx } from '../engines/onnxruntime/export-onnx.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { writeFileAtomically } from '../store/write-file-atomically.ts';
import { writeLegacyCheckpoint, writeZipCheckpoint } from '../weights/index.ts';

export interface ConvertFlags {
  readonly to?: 'legacy' | 'zip' | 'onnx';
  readonly size?: number | [number, number];
  readonly decode?: true;
  readonly force?: true;
  readonly json?: true;
}

type Format = NonNullable<ConvertFlags['to']>;

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
  await write(model, to, format, flags);
  const written = { file: to, format, variant: model.variant.name, parameters: model.parameters };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(written)}\n`
      : `${to}: YOLOX-${written.variant}, ${written.parameters.toLocaleString('en')} parameters, ${FORMAT_NAMES[format]}\n`,
  );
  return EXIT.pass;
}

const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  legacy: 'legacy format, readable by PyTorch 1.3',
  zip: 'zip format of PyTorch 1.6 and later',
  onnx: 'ONNX',
};

async function write(model: Model, to: string, format: Format, flags: ConvertFlags): Promise<void> {
  try {
    if (format === 'legacy') await writeLegacyCheckpoint(to, model.tensors);
    else if (format === 'zip') await writeZipCheckpoint(to, model.tensors);
    else await writeFileAtomically(to, onnxBytes(model, flags));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`cannot write ${to} (${code}): give a place that exists and can be written to`, {
      cause: error,
    });
  }
}

function onnxBytes(model: Model, { size, decode }: ConvertFlags): Uint8Array {
  const inputSize =
    typeof size === 'number' ? { height: size, width: size } : size && { height: size[0], width: size[1] };
  return exportOnnx(foldBatchNorm(model.graph), {
    ...(inputSize ? { inputSize } : {}),
    decode: decode ?? false,
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
