import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import wabt from 'wabt';

/** After a change of a source, `npx vitest run -u test/reference/wasm-bytes.test.ts` writes the bytes again. */
test.each([
  ['preprocess/resize-rows', 'RESIZE_ROWS_WASM'],
  ['postprocess/range-check', 'RANGE_CHECK_WASM'],
])('the bytes of %s-wasm.ts are what its .wat assembles to', async (path, constant) => {
  const base = fileURLToPath(new URL(`../../reference/${path}`, import.meta.url));
  const source = `${path.split('/')[1]}.wat`;
  const module = (await wabt()).parseWat(source, readFileSync(`${base}.wat`, 'utf8'), { simd: true });
  module.validate();
  const hex = Buffer.from(module.toBinary({}).buffer).toString('hex');
  module.destroy();
  const lines = hex.match(/.{1,100}/g) ?? [];
  await expect(
    `/** \`${source}\` assembled, in hexadecimal; a test keeps them equal. */\n` +
      `export const ${constant} = \`\n${lines.join('\n')}\n\`;\n`,
  ).toMatchFileSnapshot(`${base}-wasm.ts`);
});
