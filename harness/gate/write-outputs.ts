import { dirname, join } from 'node:path';
import { makeFolder } from '../../datasets/make-folder.ts';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { gateMarkdown, type GateRecord, githubAnnotations, junitXml } from '../../reports/index.ts';
import { githubError } from '../../reports/annotations.ts';
import { escapeMarkdown } from '../../reports/markdown.ts';
import { junitError } from '../../reports/junit.ts';
import { UsageError } from '../errors.ts';

/** Where what a gate says goes besides stdout. */
export interface GateOutputs {
  /** Folder for all documents. */
  readonly out?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly annotations?: 'github' | 'none';
  readonly junitCannotTell?: 'skipped' | 'failure';
}

interface Documents {
  readonly json: string;
  readonly junit: string;
  readonly markdown: string;
  readonly annotations: readonly string[];
}

/**
 * Makes the folders of the documents, before a night is spent on what they will say.
 * @throws UsageError where one cannot be.
 */
export async function makeOutputFolders({ out, junit, markdown }: GateOutputs): Promise<void> {
  const places = {
    '--out': out,
    '--junit': junit && dirname(junit),
    '--markdown': markdown && dirname(markdown),
  };
  for (const [flag, folder] of Object.entries(places)) {
    if (folder === undefined) continue;
    await makeFolder(folder).catch((cause: NodeJS.ErrnoException) => {
      throw new UsageError(
        `cannot make the folder ${folder} (${cause.code}): give ${flag} a place that can be written to`,
        { cause },
      );
    });
  }
}

/** Writes each document whole, over the one of the night before. Annotations are for the runner, which reads stderr too. */
export function writeGate(record: GateRecord, outputs: GateOutputs): Promise<void> {
  return write(outputs, {
    json: `${JSON.stringify(record, null, 1)}\n`,
    junit: junitXml(record, { cannotTell: outputs.junitCannotTell ?? 'skipped' }),
    markdown: gateMarkdown(record),
    annotations: githubAnnotations(record),
  });
}

/** What a gate that could not judge leaves, so that nobody takes the documents of the night before for its own. */
export function writeGateError(
  message: string,
  exitCode: number,
  outputs: GateOutputs,
  now: Date,
): Promise<void> {
  return write(outputs, {
    json: `${JSON.stringify({ error: { exitCode, message } }, null, 1)}\n`,
    junit: junitError(message, now.toISOString()),
    markdown: `## mlu-parity: not judged\n\n${escapeMarkdown(message)}\n`,
    annotations: [githubError(message)],
  });
}

async function write(
  { out, junit, markdown, annotations }: GateOutputs,
  documents: Documents,
): Promise<void> {
  if (annotations === 'github') process.stderr.write(`${documents.annotations.join('\n')}\n`);
  if (out !== undefined) {
    await writeFileAtomically(join(out, 'gate.json'), documents.json);
    await writeFileAtomically(join(out, 'junit.xml'), documents.junit);
    await writeFileAtomically(join(out, 'summary.md'), documents.markdown);
  }
  if (junit !== undefined) await writeFileAtomically(junit, documents.junit);
  if (markdown !== undefined) await writeFileAtomically(markdown, documents.markdown);
}
