import type { PixelSize } from '../../reference/preprocess/index.ts';

/** Cores of a card, and which card, that something is compiled for. */
interface CompiledFor {
  readonly size: PixelSize;
  readonly batch: number;
  readonly coreNumber: number;
  /** `MLU270`, `MLU220`. */
  readonly coreVersion: string;
}

/** What a session runs. Files are paths on this machine; the agent is sent what it does not have. */
export type SessionSpec =
  | ({ readonly kind: 'online'; readonly checkpoint: string } & CompiledFor)
  | ({
      readonly kind: 'offline';
      /** A `.cambricon` file, or the quantised checkpoint that the agent exports one from. */
      readonly model: string | { readonly exportFrom: string };
      readonly classes: number;
      /** That inferences can run in at the same time; 1. */
      readonly contexts?: number;
    } & CompiledFor);
