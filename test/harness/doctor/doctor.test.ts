import { expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';

test('doctor runs a network on every engine and says what ran', async () => {
  const { exitCode, stdout } = await captureCli('doctor', '--json');
  expect(exitCode).toBe(0);
  const { engines, node, cores } = JSON.parse(stdout);
  expect(node).toBe(process.version);
  expect(cores).toBeGreaterThan(0);
  expect(engines).toHaveLength(2);
  for (const engine of engines) {
    expect(engine.works, engine.reason).toBe(true);
    expect(engine.milliseconds).toBeGreaterThan(0);
  }
  expect(engines[0].runs).toMatch(/^onnxruntime-node \d/);
  expect(engines[1].runs).toMatch(/^tfjs \d/);
});
