/** The little of the JavaScript standard's WebAssembly that is used; TypeScript has it only among the browser's types. */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array): boolean;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { readonly exports: unknown };
    }
  | undefined;

/** What every module here exports beside its functions. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/**
 * A small WebAssembly module without imports, made ready at once.
 * @param hex its bytes in hexadecimal; line breaks between bytes are allowed.
 * @returns its exports, which are taken to be as `Exports` says; undefined where WebAssembly, or an instruction that the
 *   module uses, is missing or forbidden, so that the caller goes on without.
 */
export function instantiateWasm<Exports extends WasmExports>(hex: string): Exports | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
  } catch {
    // A page may forbid WebAssembly by its content-security policy.
    return undefined;
  }
}
