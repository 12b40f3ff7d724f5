/** One input or output of an offline model, as its twins file describes it. */
export interface TwinsTensor {
  readonly mask: number;
  /** In the order of `dimOrder`: `[N, H, W, C]` for NHWC. */
  readonly shape: readonly number[];
  readonly id: number;
  /** `FLOAT32`, `FLOAT16`, …: the vendor's word without its prefix `CNRT_`. */
  readonly dataType: string;
  readonly dimOrder: string;
}

export interface TwinsKernel {
  readonly name: string;
  /** Cores that one invocation takes: what `set_core_number` was given. */
  readonly modelParallelism: number;
  readonly coreLimit: number;
}

export interface TwinsFunction {
  readonly name: string;
  readonly inputs: readonly TwinsTensor[];
  readonly outputs: readonly TwinsTensor[];
  readonly kernels: readonly TwinsKernel[];
}

/** The text that the vendor's tools write beside an offline model, `X.cambricon_twins`. */
export interface TwinsFile {
  /** The model's name as it was given to `save_as_cambricon`, with a path and one or two endings. */
  readonly model: string;
  readonly functions: readonly TwinsFunction[];
}

/** The first words of every twins file. */
export const TWINS_OPENING = 'This is the Twins File of';

/** More than any network has; a count above it is damage. */
const MOST = 64;

/**
 * Reads a twins file. Its `Quantize position` and `Quantize scale` are passed over: inputs say 0, outputs hold memory that
 * was never written.
 * @throws RangeError naming the first line that is not what stands there in every known file.
 */
export function parseTwins(text: string): TwinsFile {
  const lines = new Lines(text);
  const [model] = lines.take('This is the Twins File of "NAME".', /^This is the Twins File of "(.*)"\.$/);
  const count = lines.count('Function number');
  lines.take('the rule before the kernel graph', /^-+kernel graph-+$/);
  const functions = Array.from({ length: count }, (_, index) => readFunction(lines, index));
  lines.end();
  return { model, functions };
}

function readFunction(lines: Lines, index: number): TwinsFunction {
  lines.take(`Function #${index} {`, new RegExp(`^Function #${index} \\{$`));
  const kernelCount = lines.count('Kernel num');
  lines.take('Cache mode:', /^Cache mode:\s*(-?\d+)$/);
  const [name] = lines.take('Name:', /^Name:\s*(.*)$/);
  const inputs = readTensors(lines, 'Input');
  const outputs = readTensors(lines, 'Output');
  const kernels = Array.from({ length: kernelCount }, (_, kernel) => readKernel(lines, kernel));
  lines.take('}', /^\}$/);
  return { name, inputs, outputs, kernels };
}

function readTensors(lines: Lines, kind: 'Input' | 'Output'): TwinsTensor[] {
  const count = lines.count(`${kind} number`);
  return Array.from({ length: count }, (_, index) => {
    lines.take(`${kind} #${index}.`, new RegExp(`^${kind} #${index}\\.$`));
    const mask = lines.integer('Mask');
    const [dims] = lines.take('Shape(dim): N H W C', /^Shape\(dim\):\s*(\d{1,9}(?: +\d{1,9}){0,7})$/);
    lines.take('Name:', /^Name:\s*(.*)$/);
    const id = lines.integer('Id');
    const [dataType, dimOrder] = lines.take(
      'Data type: CNRT_TYPE Dim Order: CNRT_ORDER',
      /^Data type:\s*CNRT_(\w+)\s+Dim Order:\s*CNRT_(\w+)$/,
    );
    lines.take('Quantize position:', /^Quantize position:\s*(-?\d+)$/);
    lines.take('Quantize scale:', /^Quantize scale:\s*(\S+)$/);
    return { mask, shape: dims.split(/ +/).map(Number), id, dataType, dimOrder };
  });
}

function readKernel(lines: Lines, index: number): TwinsKernel {
  lines.take(`Kernel header #${index}:`, new RegExp(`^Kernel header #${index}:$`));
  const [name] = lines.take('Name:', /^Name:\s*(.*)$/);
  lines.take('Core version:', /^Core version:\s*(.*)$/);
  const modelParallelism = lines.integer('Model Parallelism');
  const coreLimit = lines.integer('Core limit');
  lines.take('Inst data split: true', /^Inst data split:\s*(true|false)$/);
  return { name, modelParallelism, coreLimit };
}

/** Lines of the file without the blank ones, taken one after the other. */
class Lines {
  readonly #lines: readonly { readonly number: number; readonly text: string }[];
  #next = 0;

  constructor(text: string) {
    this.#lines = text
      .split(/\r?\n/)
      .map((line, index) => ({ number: index + 1, text: line.trim() }))
      .filter((line) => line.text !== '');
  }

  /** The groups of `pattern`; `expected` is how the line looks in every known file. */
  take(expected: string, pattern: RegExp): string[] {
    const line = this.#lines[this.#next];
    const match = line && pattern.exec(line.text);
    if (!line) throw new RangeError(`it ends where "${expected}" should stand`);
    if (!match) throw new RangeError(`line ${line.number} is "${shorten(line.text)}", not "${expected}"`);
    this.#next++;
    return match.slice(1);
  }

  integer(field: string): number {
    const [digits] = this.take(`${field}: a whole number`, new RegExp(`^${field}:\\s*(\\d{1,15})$`));
    return Number(digits);
  }

  count(field: string): number {
    const count = this.integer(field);
    if (count > MOST) throw new RangeError(`its ${field} is ${count}, and no network has above ${MOST}`);
    return count;
  }

  end(): void {
    const line = this.#lines[this.#next];
    if (line) throw new RangeError(`line ${line.number} is "${shorten(line.text)}", after the end`);
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
