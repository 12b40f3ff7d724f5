import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import wabt from 'wabt';

const folder = fileURLToPath(new URL('../../../reference/preprocess/', import.meta.url));

/** After a change of the source, `npx vitest run -u` on this file writes the bytes again. */
test('the bytes of resize-rows-wasm.ts are what resize-rows.wat assembles to', async () => {
  const name = 'resize-rows.wat';
  const module = (await wabt()).parseWat(name, readFileSync(`${folder}${name}`, 'utf8'), { simd: true });
  module.validate();
  const hex = Buffer.from(module.toBinary({}).buffer).toString('hex');
  module.destroy();
  const lines = hex.match(/.{1,100}/g) ?? [];
  await expect(
    `/** \`resize-rows.wat\` assembled, in hexadecimal; a test keeps them equal. */\n` +
      `export const RESIZE_ROWS_WASM = \`\n${lines.join('\n')}\n\`;\n`,
  ).toMatchFileSnapshot(`${folder}resize-rows-wasm.ts`);
});
