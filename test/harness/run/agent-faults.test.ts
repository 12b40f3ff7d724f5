import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { readRecord } from '../../../harness/store/read-record.ts';
import type { RunRecord } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeQuantizedRandom } from '../../support/write-quantized.ts';
import { type ScriptedAgent, scriptedAgent } from '../device/support/scripted-agent.ts';

const IMAGES = 5;
/** The inference of a session at which the fault comes: two images are finished by then. */
const FIRST_FAULTY = 3;
const FOR_EVER = 1000;

describe('a run on an agent that has a fault', () => {
  const dir = suiteFolder();
  beforeAll(async () => {
    await makeCocoFolder(join(dir, 'coco'), IMAGES);
    await writeQuantizedRandom(join(dir, 'quantized.pt'), 'nano', 1);
  });

  let runs = 0;
  const agentWith = (fault: string, faultyStarts: number): ScriptedAgent =>
    scriptedAgent(fault, faultyStarts, {}, { classes: 80, firstFaulty: FIRST_FAULTY });
  const configFor = (agent: ScriptedAgent): RunConfig => ({
    ...{ weights: 'random:yolox-nano?seed=1', size: 64, dataset: join(dir, 'coco') },
    backends: ['cpu-float', 'mlu-online'],
    quantized: { all: join(dir, 'quantized.pt') },
    ...{ agent: agent.options.command, agentTimeout: 2, latency: false, noiseFloorImages: 0, saveRaw: true },
    out: join(dir, `run-${runs++}`),
  });
  const onCard = ({ backends }: RunRecord) => backends.find(({ name }) => name === 'mlu-online')!;

  test.each(['kill', 'kill-inside', 'stop', 'deaf', 'garbage', 'other-id', 'no-message'])(
    '%s once: it is started again, the image inferred again, and the run goes to its end',
    async (fault) => {
      const agent = agentWith(fault, 1);
      const { record } = await runConfig(configFor(agent));
      expect(record).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
      expect(onCard(record)).toMatchObject({ failure: null, images: IMAGES });
      expect(record.warnings).toContainEqual(expect.stringMatching(/^mlu-online: .*started again/));
      expect(agent.starts()).toBe(2);
      expect(await agent.living()).toEqual([]);
    },
  );

  test.each(['kill', 'stop', 'garbage', 'device-error', 'shape', 'nan'])(
    '%s every time: the backend is left out, what it finished is kept, the others go on, exit 5',
    async (fault) => {
      const agent = agentWith(fault, FOR_EVER);
      const config = configFor(agent);
      const { record, folder } = await runConfig(config);
      expect(record.verdict.exitCode).toBe(5);
      expect(onCard(record)).toMatchObject({
        failure: expect.stringMatching(/^the backend mlu-online failed on 3\.png: /),
        images: FIRST_FAULTY - 1,
      });
      expect(record.backends[0]).toMatchObject({ failure: null, images: IMAGES });
      expect(onCard(await readRecord(folder)).images).toBe(FIRST_FAULTY - 1);
      for (const id of [1, 2])
        expect(readFileSync(join(folder, 'raw', 'mlu-online', `${id}.npy`)).length).toBeGreaterThan(0);
      expect(await agent.living()).toEqual([]);
    },
  );

  test('a flood on stderr and a slow link change nothing', async () => {
    for (const fault of ['flood', 'trickle']) {
      const agent = agentWith(fault, 1);
      const config = configFor(agent);
      const { record } = await runConfig({ ...config, agentTimeout: 60, imageIds: [1, 2, 3] });
      expect(onCard(record), fault).toMatchObject({ failure: null, images: 3 });
      expect(agent.starts()).toBe(1);
    }
  });

  test('what is odd where sessions are opened is told once, by run and by bench', async () => {
    const config = configFor(agentWith('warns', FOR_EVER));
    const { record } = await runConfig({ ...config, latency: true, cores: [1], latencySamples: 5 });
    expect(record).toMatchObject({ verdict: { exitCode: 0 }, backends: [{}, { latency: [{}] }] });
    const told = (warnings: string[]) => warnings.filter((sentence) => sentence.includes('refused'));
    expect(told(record.warnings)).toEqual(['mlu-online: its options were refused']);
    const { exitCode, stdout, stderr } = await captureCli(
      ...['bench', '--weights', config.weights!, '--size', '64', '--backends', 'mlu-online', '--json'],
      ...['--quantized', join(dir, 'quantized.pt'), '--agent', agentWith('warns', FOR_EVER).options.command],
      ...['--cores', '1', '--latency-samples', '5', '--quiet'],
    );
    expect(exitCode, stderr).toBe(0);
    expect(told(JSON.parse(stdout).warnings)).toEqual(['mlu-online: its options were refused']);
  });

  test('another protocol, a banner, and no agent at all end the run before it begins, with 5', async () => {
    for (const [fault, sentence] of [
      ['version', /speaks protocol 2/],
      ['banner', /printed .*Welcome/],
    ] as const) {
      const agent = agentWith(fault, FOR_EVER);
      const { record } = await runConfig(configFor(agent));
      expect(record.verdict.exitCode).toBe(5);
      expect(record.stoppedBy).toMatch(sentence);
      expect(await agent.living()).toEqual([]);
    }
    const none = { ...configFor(agentWith('none', 0)), agent: 'no-such-command-here' };
    const { record } = await runConfig(none);
    expect(record).toMatchObject({ status: 'incomplete', verdict: { exitCode: 5 } });
    expect(record.stoppedBy).toMatch(/cannot start an agent by "?no-such-command-here/);
  });

  test('Ctrl-C while it hangs ends the run at once, with what it has and no child', async () => {
    const agent = agentWith('stop', FOR_EVER);
    const controller = new AbortController();
    const config = { ...configFor(agent), agentTimeout: 600 };
    const running = runConfig(config, { signal: controller.signal });
    const raw = join(config.out!, 'raw', 'mlu-online', '2.npy');
    await expect.poll(() => existsSync(raw), { timeout: 60_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begin = performance.now();
    controller.abort();
    const { record } = await running;
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(record).toMatchObject({ status: 'incomplete', verdict: { exitCode: 130 } });
    expect(onCard(record).images).toBeGreaterThanOrEqual(FIRST_FAULTY - 1);
    expect(await agent.living()).toEqual([]);
  });
});
