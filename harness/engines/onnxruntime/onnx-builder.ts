import type { AnyTensor } from '../../../reference/tensor.ts';
import {
  encodeModel,
  ONNX_ATTRIBUTE,
  ONNX_TYPE,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from '../../onnx/model-proto.ts';

/** An attribute of a node; the kind is named because a whole number may be an int or a float. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly string: string };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Extent of one axis; a name where it is known only when the model runs. */
export type Dimension = number | string;

const IR_VERSIONS: Readonly<Record<number, number>> = {
  ...{ 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8 },
  26: 13,
};

/** Collects nodes, constants and the face of an ONNX model. Values are passed round by name. */
export class OnnxBuilder {
  readonly opset: number;
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxValueInfo[] = [];
  readonly #values: OnnxValueInfo[] = [];
  readonly #domains = new Map<string, number>();
  #count = 0;

  /** @throws RangeError for an operator set other than 11–17, and 26. */
  constructor(name: string, opset = 17) {
    if (!(opset in IR_VERSIONS))
      throw new RangeError(`cannot write ONNX operator set ${opset}: choose 11 to 17, or 26`);
    this.#name = name;
    this.opset = opset;
  }

  addInput(name: string, dims: readonly Dimension[], dtype: keyof typeof ONNX_TYPE = 'float32'): string {
    this.#inputs.push(valueInfo(name, dims, dtype));
    return name;
  }

  addOutput(name: string, dims: readonly Dimension[], dtype: keyof typeof ONNX_TYPE = 'float32'): void {
    this.#outputs.push(valueInfo(name, dims, dtype));
  }

  /** Says the shape of a float32 value inside the model. */
  declareShape(name: string, dims: readonly Dimension[]): void {
    this.#values.push(valueInfo(name, dims, 'float32'));
  }

  /** A constant under its own name, stored once however often it is asked for. The data are not copied until `encode`. */
  addInitializer(name: string, tensor: AnyTensor): string {
    if (!this.#initializers.has(name)) {
      const { buffer, byteOffset, byteLength } = tensor.data;
      this.#initializers.set(name, {
        name,
        dims: [...tensor.shape],
        dataType: ONNX_TYPE[tensor.dtype],
        rawData: new Uint8Array(buffer, byteOffset, byteLength),
      });
    }
    return name;
  }

  /** A constant int64 vector. */
  addInts(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.addInitializer(`ints(${values.join(',')})`, { dtype: 'int64', shape: [values.length], data });
  }

  /** A constant float32 vector, or a scalar from a bare number. */
  addFloats(values: readonly number[] | number): string {
    const data = Float32Array.from(typeof values === 'number' ? [values] : values);
    const shape = typeof values === 'number' ? [] : [values.length];
    return this.addInitializer(`floats${shape.length}(${data.join(',')})`, { dtype: 'float32', shape, data });
  }

  /**
   * Adds a node of one output and returns that output's name: `output`, or a fresh one.
   * An empty string among `inputs` leaves out an optional input.
   */
  addNode(opType: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const value = output ?? `${opType}_${this.#count++}`;
    this.#nodes.push({
      name: value,
      opType,
      input: [...inputs],
      output: [value],
      attribute: Object.entries(attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
    });
    return value;
  }

  /** Like `addNode`, for an operator outside the ONNX standard (e.g. domain `com.microsoft`). */
  addCustomNode(
    domain: string,
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output?: string,
  ): string {
    const value = this.addNode(opType, inputs, attributes, output);
    this.#nodes.at(-1)!.domain = domain;
    this.#domains.set(domain, 1);
    return value;
  }

  build(): OnnxModel {
    return {
      irVersion: IR_VERSIONS[this.opset],
      producerName: 'mlu-parity',
      opsetImport: [
        { domain: '', version: this.opset },
        ...[...this.#domains].map(([domain, version]) => ({ domain, version })),
      ],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
        valueInfo: this.#values,
      },
    };
  }

  /** The bytes of the `.onnx` file. */
  encode(): Uint8Array {
    return encodeModel(this.build());
  }
}

function valueInfo(name: string, dims: readonly Dimension[], dtype: keyof typeof ONNX_TYPE): OnnxValueInfo {
  const dim = dims.map((extent) =>
    typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent },
  );
  return { name, type: { tensorType: { elemType: ONNX_TYPE[dtype], shape: { dim } } } };
}

function encodeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if ('int' in value) return { name, type: ONNX_ATTRIBUTE.int, i: value.int };
  if ('float' in value) return { name, type: ONNX_ATTRIBUTE.float, f: value.float };
  if ('ints' in value) return { name, type: ONNX_ATTRIBUTE.ints, ints: [...value.ints] };
  if ('floats' in value) return { name, type: ONNX_ATTRIBUTE.floats, floats: [...value.floats] };
  return { name, type: ONNX_ATTRIBUTE.string, s: new TextEncoder().encode(value.string) };
}
