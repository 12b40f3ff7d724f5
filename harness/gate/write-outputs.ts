import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../datasets/make-folder.ts';
import { writeFileAtomically, writeFileAtomicallySync } from '../../datasets/write-file-atomically.ts';
// Not by the index of reports, which draws charts: a command line that cannot be read comes here too.
import { githubAnnotations, githubError } from '../../reports/annotations.ts';
import type { GateRecord } from '../../reports/gate/gate-record.ts';
import { junitError, junitXml } from '../../reports/junit.ts';
import { escapeMarkdown, gateMarkdown } from '../../reports/markdown.ts';
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
  return write(outputs, errorDocuments(message, exitCode, now));
}

/**
 * The same for a command line that could not be read, of which nothing is waited for.
 */
export function writeGateErrorSync(message: string, exitCode: number, outputs: GateOutputs, now: Date): void {
  const documents = errorDocuments(message, exitCode, now);
  annotate(outputs, documents);
  for (const [path, text] of placesOf(outputs, documents)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomicallySync(path, text);
  }
}

function errorDocuments(message: string, exitCode: number, now: Date): Documents {
  return {
    json: `${JSON.stringify({ error: { exitCode, message } }, null, 1)}\n`,
    junit: junitError(message, now.toISOString()),
    markdown: `## mlu-parity: not judged\n\n${escapeMarkdown(message)}\n`,
    annotations: [githubError(message)],
  };
}

/** Each of them, whatever becomes of the others. */
async function write(outputs: GateOutputs, documents: Documents): Promise<void> {
  annotate(outputs, documents);
  const writing = placesOf(outputs, documents).map(([path, text]) => writeFileAtomically(path, text));
  const failed = (await Promise.allSettled(writing)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

function annotate({ annotations }: GateOutputs, documents: Documents): void {
  if (annotations === 'github') process.stderr.write(`${documents.annotations.join('\n')}\n`);
}

function placesOf(
  { out, junit, markdown }: GateOutputs,
  documents: Documents,
): (readonly [path: string, text: string])[] {
  return [
    ...(out === undefined
      ? []
      : [
          [join(out, 'gate.json'), documents.json] as const,
          [join(out, 'junit.xml'), documents.junit] as const,
          [join(out, 'summary.md'), documents.markdown] as const,
        ]),
    ...(junit === undefined ? [] : [[junit, documents.junit] as const]),
    ...(markdown === undefined ? [] : [[markdown, documents.markdown] as const]),
  ];
}
