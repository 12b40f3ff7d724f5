import { UnusableFile } from '../unusable-file.ts';

export const EXPORT_AGAIN = 'export a YOLOX with the official tools/export_onnx.py';

/** The one error for graphs of another architecture. */
export function notYolox(evidence: string): UnusableFile {
  return new UnusableFile(
    `its graph is not a YOLOX, which has a CSPDarknet, a PAFPN and a decoupled head at three strides: ${evidence}`,
    EXPORT_AGAIN,
  );
}
