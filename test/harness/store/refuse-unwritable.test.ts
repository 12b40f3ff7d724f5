import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseUnwritable } from '../../../harness/store/refuse-unwritable.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();

test('a new file in a folder that is there is taken; one that is there, or a folder that is not, is refused', async () => {
  const file = join(dir, 'a.json');
  await refuseUnwritable(file);
  writeFileSync(file, '');
  await expect(refuseUnwritable(file)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('exists already: give another name'),
  });
  await expect(refuseUnwritable(join(dir, 'no', 'a.json'))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('give a folder that exists'),
  });
});
