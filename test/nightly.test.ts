import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sampleWeightsPath } from '../datasets/index.ts';
import { runConfigSchema } from '../harness/config/run-config.ts';
import { parseGateRecord } from '../reports/index.ts';
import { hasSlurm, startSlurm } from './support/slurm-cluster.ts';
import { suiteFolder } from './support/suite-folder.ts';
import { writeWorseWeights } from './support/worse-weights.ts';

const PAGE = readFileSync(new URL('../docs/nightly.md', import.meta.url), 'utf8');
const CLI = fileURLToPath(new URL('../dist/harness/cli.js', import.meta.url));

/** What stands in the page's blocks of a language, in order. */
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block!);

const journalOf = (run: string): string =>
  existsSync(join(run, 'journal.jsonl')) ? readFileSync(join(run, 'journal.jsonl'), 'utf8') : '';

const has = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;

describe('the recipes of docs/nightly.md, on generated scenes', () => {
  const folder = suiteFolder();
  let environment: NodeJS.ProcessEnv;

  const shell = (command: string, more: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      ...{ cwd: folder, env: { ...environment, ...more }, encoding: 'utf8' },
    });
    return { status, stdout, stderr };
  };
  const verdict = () =>
    parseGateRecord(JSON.parse(readFileSync(join(folder, 'verdict', 'gate.json'), 'utf8')));

  beforeAll(() => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'mlu-parity'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(join(bin, 'mlu-parity'), 0o755);
    environment = {
      ...process.env,
      ...{ PATH: `${bin}${delimiter}${process.env.PATH}`, MLU_PARITY_CACHE: join(folder, 'cache') },
    };
    configure({});
    writeFileSync(join(folder, 'nightly.sh'), blocks('bash')[0]!);
    chmodSync(join(folder, 'nightly.sh'), 0o755);
  });

  /** The page's configuration with data that is at hand, and nothing timed: a busy machine is no recipe's fault. */
  function configure(more: object): void {
    const { latencyBudgets: _, ...config } = JSON.parse(blocks('json')[0]!) as Record<string, unknown>;
    const own = {
      ...{ weights: sampleWeightsPath(), dataset: 'scenes:16?seed=7', calibration: 'scenes:4?seed=3' },
      ...{ size: 224, noiseFloorImages: 0, latency: false },
    };
    writeFileSync(join(folder, 'nightly.config.json'), JSON.stringify({ ...config, ...own, ...more }));
  }

  test('the configuration is one', () => {
    expect(runConfigSchema.safeParse(JSON.parse(blocks('json')[0]!)).success).toBe(true);
  });

  test('nightly.sh before there is a baseline: exit 4, and what to do', { timeout: 300_000 }, () => {
    const { status, stdout } = shell('./nightly.sh');
    expect(status).toBe(4);
    expect(stdout).toMatch(
      /CANNOT TELL: there is no baseline main yet; to set one: mlu-parity history baseline main/,
    );
    expect(readFileSync(join(folder, 'verdict', 'junit.xml'), 'utf8')).toContain('skipped="1"');
  });

  test.each(blocks('sh').flatMap((block) => block.trim().split('\n')))(
    '%s',
    { timeout: 300_000 },
    (command) => {
      expect(shell(command)).toMatchObject({ status: 0 });
    },
  );

  test('nightly.sh in a night like the first: exit 0, with its documents and the page', {
    timeout: 300_000,
  }, () => {
    const { status, stdout, stderr } = shell('./nightly.sh');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^EQUIVALENT: each of 4 figures/);
    expect(verdict().checks.map(({ budget }) => budget)).toEqual([0.005, 0.01, 0.005, 0.01]);
    expect(readFileSync(join(folder, 'nightly.html'), 'utf8')).toContain('EQUIVALENT');
  });

  test('nightly.sh in a night whose run is killed: it goes on, exit 0', { timeout: 300_000 }, async () => {
    const known = new Set(readdirSync(join(folder, 'nights')));
    const night = spawn('./nightly.sh', {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    night.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    const ended = once(night, 'exit');
    const started = await vi.waitUntil(
      () => readdirSync(join(folder, 'nights')).find((name) => !known.has(name)),
      { timeout: 60_000 },
    );
    const out = join(folder, 'nights', started);
    const images = (): number => journalOf(out).split('"kind":"image"').length - 1;
    await vi.waitUntil(() => images() >= 3, { timeout: 60_000 });
    process.kill(Number(readdirSync(join(out, 'run.lock'))[0]!.split('-')[0]), 'SIGKILL');
    expect(await ended).toEqual([0, null]);
    expect(stdout).toMatch(/^EQUIVALENT: each of 4 figures/);
    expect(verdict().run.folder).toBe(realpathSync(out));
  });

  test('nightly.sh in a night of worse weights: exit 1, confirmed by a second run', {
    timeout: 300_000,
  }, async () => {
    await writeWorseWeights(join(folder, 'worse.pth'), 0.05);
    configure({ weights: 'worse.pth' });
    const { status, stdout } = shell('./nightly.sh');
    configure({});
    expect(status, stdout).toBe(1);
    expect(stdout.match(/^REGRESSED: .*$/gm)).toHaveLength(2);
    const { checks, notes } = verdict();
    expect(checks.filter(({ confirmation }) => confirmation === 'confirmed').length).toBeGreaterThan(0);
    expect(notes.join()).toContain('has other weights');
    expect(readFileSync(join(folder, 'verdict', 'junit.xml'), 'utf8')).toMatch(
      /<failure message="REGRESSED: /,
    );
    expect(readFileSync(join(folder, 'nightly.html'), 'utf8')).toMatch(
      /<p class="verdict regressed">REGRESSED: /,
    );
  });

  test('the gate that makes its runs: an alarm is made again before it is one', { timeout: 300_000 }, () => {
    const command = blocks('sh')
      .find((block) => block.startsWith('mlu-parity gate'))!
      .trim();
    const before = readdirSync(join(folder, 'runs'));
    configure({ weights: 'worse.pth' });
    const { status, stdout } = shell(`${command} --json`);
    configure({});
    expect(status, stdout).toBe(1);
    const record = parseGateRecord(JSON.parse(stdout));
    expect(record.checks.some(({ confirmation }) => confirmation === 'confirmed')).toBe(true);
    const made = readdirSync(join(folder, 'runs')).filter((name) => !before.includes(name));
    expect(made.sort()).toEqual([basename(record.run.folder), `${basename(record.run.folder)}-again`]);
  });

  test('the line of cron', { timeout: 300_000 }, () => {
    const [line] = blocks('crontab');
    const [, when, command] = /^((?:\S+ ){5})(.*)\n$/.exec(line!)!;
    expect(when!.trim().split(' ')).toEqual(['30', '2', '*', '*', '*']);
    const { status, stderr } = shell(command!.replaceAll('/srv/parity', folder));
    expect(status, stderr).toBe(0);
    // While one runs, the next is left out.
    const held = command!.replaceAll('/srv/parity', folder);
    expect(shell(`flock -n ${folder}/lock sh -c '${held}'`).status).toBe(1);
  });

  test.runIf(has('systemd-analyze'))('the units of systemd', () => {
    const units = blocks('ini');
    expect(units).toHaveLength(2);
    for (const [i, name] of ['mlu-parity.service', 'mlu-parity.timer'].entries())
      writeFileSync(
        join(folder, name),
        units[i]!.replaceAll('/srv/parity', folder).replace('User=parity', 'User=root'),
      );
    const { status, stderr } = shell('systemd-analyze verify ./mlu-parity.service ./mlu-parity.timer');
    expect({ status, stderr: stderr.split('\n').filter((line) => line.includes('mlu-parity')) }).toEqual({
      status: 0,
      stderr: [],
    });
    expect(shell(`systemd-analyze calendar '${/OnCalendar=(.*)/.exec(units[1]!)![1]}'`).status).toBe(0);
  });

  test('the steps of the workflow, with the variables of a runner', { timeout: 300_000 }, () => {
    const steps = [...blocks('yaml')[0]!.matchAll(/\brun: (.*)$/gm)].map(([, command]) => command!);
    expect(steps).toHaveLength(3);
    const summary = join(folder, 'step-summary.md');
    writeFileSync(summary, '');
    const runner = { HISTORY: join(folder, '.mlu-parity', 'history.sqlite'), GITHUB_STEP_SUMMARY: summary };
    for (const command of steps) {
      const { status, stderr } = shell(command, runner);
      expect(status, stderr).toBe(0);
      if (command.includes(' gate ')) expect(stderr).toMatch(/^::notice title=mlu-parity::EQUIVALENT: .*\n$/);
    }
    expect(readFileSync(summary, 'utf8')).toMatch(/^## mlu-parity: equivalent\n\nEQUIVALENT: /);
    expect(existsSync(join(folder, 'verdict', 'nightly.html'))).toBe(true);
  });

  describe('shards', () => {
    const NIGHT = 'parity-x7k2p';

    test('the command of the Indexed Job, once for each index; merged and judged', {
      timeout: 300_000,
    }, () => {
      const [, job] = blocks('yaml');
      const command = /args:\n +- \|\n((?: {14}.*\n)+)/.exec(job!)![1]!;
      const completions = /completions: (\d+)/.exec(job!)![1]!;
      expect(/value: '(\d+)'/.exec(job!)![1]).toBe(completions);
      for (let index = 0; index < Number(completions); index++) {
        const pod = { NIGHT, JOB_COMPLETION_INDEX: String(index), JOB_COMPLETIONS: completions };
        expect(shell(command, pod)).toMatchObject({ status: 0 });
        // A pod that is started again once more finds nothing left to do.
        if (index === 0) expect(shell(command, pod)).toMatchObject({ status: 0 });
      }
      for (const line of blocks('shards')[0]!.trim().split('\n'))
        expect(shell(line, { NIGHT })).toMatchObject({ status: 0 });
      expect(verdict()).toMatchObject({ verdict: 'equivalent', run: { images: 16 } });
    });

    test('the Slurm scripts, with the variables of an array', { timeout: 300_000 }, () => {
      const [shard, judge] = blocks('sbatch');
      const [, first, last] = /--array=(\d+)-(\d+)/.exec(shard!)!;
      for (let id = Number(first); id <= Number(last); id++) {
        const task = {
          ...{
            SLURM_ARRAY_JOB_ID: '7',
            SLURM_ARRAY_TASK_ID: String(id),
            SLURM_ARRAY_TASK_MIN: first!,
            SLURM_ARRAY_TASK_MAX: last!,
          },
          ...{ SLURM_ARRAY_TASK_COUNT: last!, SLURM_ARRAY_TASK_STEP: '1' },
        };
        expect(shell(shard!, task)).toMatchObject({ status: 0 });
        if (id === Number(first)) expect(shell(shard!, task)).toMatchObject({ status: 0 });
      }
      expect(readdirSync(join(folder, 'nights', 'shards-7'))).toEqual(['1', '2', '3']);
      expect(shell(judge!, { SHARDS: '7' })).toMatchObject({ status: 0 });
      expect(shell(judge!, { SHARDS: 'none' })).toMatchObject({ status: 3 });
    });

    test.runIf(hasSlurm())(
      'submitted to Slurm: the exit code of the verdict',
      { timeout: 300_000 },
      async () => {
        const [shard, judge] = blocks('sbatch');
        writeFileSync(join(folder, 'shard.sbatch'), shard!);
        writeFileSync(join(folder, 'verdict.sbatch'), judge!);
        const { SLURM_CONF, stop } = await startSlurm(join(folder, 'slurm'));
        try {
          const submit = () => shell(blocks('submit')[0]!, { SLURM_CONF });
          const equivalent = submit();
          expect(equivalent.status, equivalent.stderr).toBe(0);
          expect(verdict()).toMatchObject({ verdict: 'equivalent', run: { images: 16 } });
          configure({ weights: 'worse.pth' });
          expect(submit().status).toBe(1);
          expect(verdict().verdict).toBe('regressed');
        } finally {
          configure({});
          await stop();
        }
      },
    );
  });
});
