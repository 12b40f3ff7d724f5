import { expect, test } from 'vitest';
import { deviceFacts } from '../../reports/device-facts.ts';

test('what a runtime says of itself is told in words', () => {
  const details = {
    library: '/usr/neuware/lib64/libcnrt.so',
    card: { name: 'MLU270-S4', coreVersion: 'MLU270', cores: 16 },
    calls: { invoke: 'cnrtInvokeRuntimeContext', queue: 'cnrtCreateQueue', furtherContexts: null },
    output: { shape: [1, 85, 1, 8400], type: 'FLOAT16', layout: 'N C 1 A' },
    hostTime: 'copy to the card, invocation, copy from the card',
    deviceTime: 'between notifiers round the invocation',
    partsMs: { copyIn: 1 },
  };
  expect(deviceFacts({ details })).toEqual([
    'card MLU270-S4',
    'library /usr/neuware/lib64/libcnrt.so',
    'calls cnrtInvokeRuntimeContext, cnrtCreateQueue',
    'output [1, 85, 1, 8400] FLOAT16, read as N C 1 A',
    'host time holds copy to the card, invocation, copy from the card',
    'device time is between notifiers round the invocation',
  ]);
  expect(deviceFacts({ details: { decode: 'concatenated' } })).toEqual([
    'decoded on the device: concatenated',
  ]);
});

test.each([
  [{}],
  [{ card: null, calls: 'none', output: [1], library: 3, decode: '' }],
  [{ output: { shape: '1' } }],
])('of %j nothing is said', (details) => {
  expect(deviceFacts({ details })).toEqual([]);
  expect(deviceFacts({})).toEqual([]);
});
