import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { writeStandInModel } from '../../support/stand-in-model.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe.skipIf(!python)('the wall time of a measurement', () => {
  const folder = suiteFolder();

  test('leaves out the comparison of outputs, by a clock that both advance', async () => {
    const code = `
import json, threading, numpy
from mlu_agent import measure_in_turn as module
now = [0.0]
def advance(seconds):
    now[0] += seconds
class Clock(object):
    @staticmethod
    def perf_counter(): return now[0]
compare = module.same_bits
def slowly(a, b):
    advance(100)
    return compare(a, b)
module.time, module.same_bits = Clock, slowly
def measure(outputs, seconds=1e9):
    given = iter(outputs)
    def infer(pixels):
        advance(5)
        return numpy.array(next(given), numpy.float32), 5000.0, None
    return module.measure_in_turn(infer, None, 3, seconds, threading.Event())
nan = float("nan")
print(json.dumps([measure([[1], [1], [1]]), measure([[nan]] * 3), measure([[0.0], [-0.0], [0.0]]), measure([[1]] * 3, 105)]))
`;
    const { stdout, stderr } = await runAgentCode(code);
    expect(stderr).toBe('');
    const three = { hostMs: [[5000, 5000, 5000]], deviceMs: null, wallSeconds: 15 };
    expect(JSON.parse(stdout)).toEqual([
      { ...three, sameOutputs: true },
      { ...three, sameOutputs: true },
      { ...three, sameOutputs: false },
      { hostMs: [[5000]], deviceMs: null, wallSeconds: 5, sameOutputs: true },
    ]);
  });

  test.skipIf(!compiler)(
    'of one context of an offline model, too; of several the others go on meanwhile',
    async () => {
      const model = writeStandInModel(join(folder, 'model.cambricon'));
      const code = `
import json, time, numpy
from mlu_agent import offline_session as module
compare = module.same_bits
def slowly(a, b):
    time.sleep(0.5)
    return compare(a, b)
module.same_bits = slowly
session = module.OfflineSession(model=${JSON.stringify(model)}, contexts=2)
pixels = numpy.zeros((1, 3, 64, 64), numpy.float32)
print(json.dumps([session.measure(pixels, 4, 60, contexts)["wallSeconds"] for contexts in (1, 2)]))
session.close()
`;
      const { stdout, stderr } = await runAgentCode(code, [], { CNRT_LIBRARY: compileCnrt() });
      expect(stderr).toBe('');
      const [one, two] = JSON.parse(stdout) as [number, number];
      // Four inferences of a few ms, beside two seconds of comparisons.
      expect(one).toBeLessThan(1);
      expect(two).toBeGreaterThan(2);
    },
  );
});
