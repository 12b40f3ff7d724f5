import type { BackendFactory } from '../backends/backend.ts';
import type { RecordedFigures } from '../record/prepare-replay.ts';
import type { QuantizationSetup } from './quantization-setup.ts';

export interface PreparedBackend {
  readonly factory: BackendFactory;
  readonly quantization: QuantizationSetup | null;
  /** The same network in the exact execution, to check a fast one against; null where there is nothing to check. */
  readonly exact: BackendFactory | null;
  readonly warnings: readonly string[];
  /** SHA-256 of the scales that it runs with; absent where they are not of this machine. */
  readonly scalesSha256?: string;
  /** Of a backend that ran before, which is not timed again; absent for one that runs now. */
  readonly recorded?: RecordedFigures;
}
