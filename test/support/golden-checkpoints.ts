import { fileURLToPath } from 'node:url';

/** Checkpoints that torch.save wrote, of both formats and several protocols. */
export const GOLDEN_CHECKPOINTS = [
  'types_zip.pth',
  'types_protocol4.pth',
  'types_legacy.pt',
  'types_legacy_protocol3.pt',
].concat(['trainer_zip.pth', 'trainer_legacy.pt', 'parallel_zip.pth']);

export const goldenCheckpoint = (name: string): string =>
  fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url));
