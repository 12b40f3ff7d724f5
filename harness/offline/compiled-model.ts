/** An offline model, and what it was compiled for. */
export interface CompiledModel {
  readonly path: string;
  readonly sha256: string;
  readonly coreNumber: number;
  readonly batch: number;
}

/** `four.cambricon (core number 4, batch 1), …`. */
export function listModels(models: readonly CompiledModel[]): string {
  return models
    .map(({ path, coreNumber, batch }) => `${path} (core number ${coreNumber}, batch ${batch})`)
    .join(', ');
}
