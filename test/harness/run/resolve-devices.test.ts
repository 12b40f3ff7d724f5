import { describe, expect, test } from 'vitest';
import { resolveDevices } from '../../../harness/run/resolve-devices.ts';

const BOTH = ['cpu-float', 'mlu-online', 'mlu-offline'];
const agent = 'ssh host python3 agent';

describe('where a card is', () => {
  test('without an agent emulated by run and modelled by the others', () => {
    const run = resolveDevices('run', {}, BOTH);
    expect(run.agent).toBeNull();
    expect(run.devices['mlu-online']).toEqual({ kind: 'emulated' });
    expect(run.uses).toEqual({ 'mlu-online': 'emulated', 'mlu-offline': 'emulated' });
    expect(resolveDevices('tune', {}, ['mlu-offline']).uses).toEqual({ 'mlu-offline': 'modelled' });
  });

  test('with an agent measured, unless something else is said', () => {
    const {
      devices,
      uses,
      agent: choice,
    } = resolveDevices('run', { agent, mluOnline: 'bundle:there' }, BOTH);
    expect(choice).toEqual({ command: agent, timeoutSeconds: null });
    expect(devices).toEqual({
      'mlu-online': { kind: 'bundle', folder: 'there' },
      'mlu-offline': { kind: 'agent', models: [] },
    });
    expect(uses).toEqual({ 'mlu-online': 'replayed', 'mlu-offline': 'measured' });
  });

  test('offline models are for the agent to run', () => {
    const { devices } = resolveDevices(
      'bench',
      { agent, mluOffline: 'model:a.cambricon, b.cambricon' },
      BOTH,
    );
    expect(devices['mlu-offline']).toEqual({ kind: 'agent', models: ['a.cambricon', 'b.cambricon'] });
  });
});

test.each<[Parameters<typeof resolveDevices>[0], Parameters<typeof resolveDevices>[1], string[], string]>([
  ['run', { mluOnline: 'agent' }, BOTH, '--mlu-online agent needs --agent'],
  ['run', { mluOffline: 'model:a' }, BOTH, '--mlu-offline model:a needs --agent'],
  ['run', { mluOnline: 'bundle:' }, BOTH, '--mlu-online bundle: is no place for mlu-online to run at'],
  ['run', { agent, mluOnline: 'model:a' }, BOTH, 'give agent, emulated, bundle:DIR'],
  ['tune', { agent, mluOffline: 'model:a,' }, BOTH, '--mlu-offline model:a, has an empty entry'],
  ['bench', { mluOffline: 'bundle:a' }, BOTH, 'give agent, emulated, model:FILE'],
  ['run', { mluOnline: 'emulated' }, ['cpu-float'], '--backends does not name mlu-online'],
  ['tune', { mluOnline: 'emulated' }, ['mlu-offline'], '--backend is mlu-offline'],
  ['run', { agent }, ['cpu-float'], '--agent has no effect: it runs mlu-online and mlu-offline'],
  [
    'run',
    { agent, mluOnline: 'emulated' },
    ['mlu-online'],
    '--agent has no effect: --mlu-online emulated takes its place',
  ],
])('%s %j of %j is refused: %s', (command, config, backends, sentence) => {
  expect(() => resolveDevices(command, config, backends)).toThrow(sentence);
});
