import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-info.ts';

export interface ExportedFile {
  /** Relative to the agent's folder. */
  readonly name: string;
  readonly path: string;
}

/** What a device host needs of the agent, and what describes it; nothing that Python left behind. */
export async function exportedFiles(): Promise<ExportedFile[]> {
  const folder = join(packageRoot(), 'harness/agent');
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.py') || name === 'PROTOCOL.md')
    .sort()
    .map((name) => ({ name, path: join(folder, name) }));
}
