import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../datasets/make-folder.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { makeEmptyFolder } from '../store/run-folder.ts';
import { exportedFiles } from './exported-files.ts';

/** `mlu-parity agent export DIR`: the agent's folder, to be copied into the vendor's container. */
export async function exportAgent(folder: string, { json }: { readonly json?: true }): Promise<ExitCode> {
  await makeEmptyFolder(folder, '');
  const files = await exportedFiles();
  for (const { name, path } of files) {
    await makeFolder(dirname(join(folder, name)));
    await copyFile(path, join(folder, name));
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ folder, files: files.map(({ name }) => name) }, null, 1)}\n`
      : `${files.length} files in ${folder}: copy it into the vendor's container, and give --agent 'docker exec -i CONTAINER python3 /agent' to run, bench or tune\n`,
  );
  return EXIT.pass;
}
