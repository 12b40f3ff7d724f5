import { basename } from 'node:path';
import {
  finding,
  type LintFinding,
  lintShapes,
  lintTwins,
  lintTwinsAgainstModel,
  type ModelShapes,
} from '../../reference/lint/index.ts';
import type { YoloxVariant } from '../../reference/network/index.ts';
import type { TwinsFile } from '../../reference/offline/index.ts';
import { inputSizeOf } from '../model/input-size.ts';
import type { LintOptions } from './lint-options.ts';
import type { LintSection } from './lint-report.ts';
import type { LoneTwinsFile, ModelFile } from './read-lint-file.ts';

/**
 * Everything that can be said of an offline model and its twins, or of twins alone.
 * @param variant the YOLOX that it should be, if it should be one.
 */
export function lintModelFile(
  file: ModelFile | LoneTwinsFile,
  variant: YoloxVariant | undefined,
  options: LintOptions,
): LintSection {
  const { kind, path, twins } = file;
  const facts: string[] = [];
  const findings: LintFinding[] = [];
  if (kind === 'offline-model') {
    facts.push(`offline model of ${file.bytes.length.toLocaleString('en')} bytes`);
    if (twins) findings.push(...lintTwinsAgainstModel(twins, file.model));
    else {
      findings.push(finding('twins-missing', '', `there is no ${basename(file.twinsPath)} beside the model`));
      if (!file.model.tensors)
        findings.push(
          finding('descriptors-unknown', '', 'no descriptors of inputs and outputs were found in it'),
        );
    }
  }
  if (twins) {
    facts.push(...describeTwins(twins));
    findings.push(...lintTwins(twins, options), ...lintName(twins, path));
  }
  // The binary is what the card loads; twins may be older.
  const shapes: ModelShapes | undefined =
    (kind === 'offline-model' ? file.model.tensors : undefined) ?? twins?.functions[0];
  if (shapes && variant) {
    const { height, width } = inputSizeOf(options.size, variant);
    findings.push(...lintShapes(shapes, variant, [height, width]));
  }
  return { kind, files: [path], facts, findings };
}

function describeTwins({ functions }: TwinsFile): string[] {
  return functions.map(({ name, inputs, outputs, kernels }) => {
    const shapes = (tensors: typeof inputs): string =>
      tensors.map(({ shape, dataType }) => `${shape.join(' ')} ${dataType}`).join(', ');
    const cores = kernels.map(({ modelParallelism }) => modelParallelism).join(', ');
    return `${name}: in ${shapes(inputs)}, out ${shapes(outputs)}, core number ${cores}`;
  });
}

/** The vendor's tools put a path before the name, and the ending behind it once more. */
function lintName({ model }: TwinsFile, path: string): LintFinding[] {
  const stem = (name: string): string => basename(name).replace(/(\.cambricon)+(_twins)?$/, '');
  if (stem(model) === stem(path)) return [];
  const message = `the twins were written for "${model}", and the file is ${basename(path)}`;
  return [finding('twins-renamed', '', message)];
}
