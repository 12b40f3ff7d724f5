import { beforeAll, describe, expect, test } from 'vitest';
import {
  type BackendRecord,
  parseRunRecord,
  type RunRecord,
  reportTables,
  textSummary,
  verdictSentence,
} from '../../reports/index.ts';
import { makeCocoFolder } from '../support/make-coco-folder.ts';
import { runConfig } from '../support/run-config.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const dir = suiteFolder();
let record: RunRecord;

/** A real record of a small run, of which each test changes what it is about. */
beforeAll(async () => {
  await makeCocoFolder(`${dir}/coco`, 2);
  const run = await runConfig({
    weights: 'random:yolox-nano?seed=1',
    dataset: `${dir}/coco`,
    calibration: `${dir}/coco`,
    backends: ['cpu-float', 'int8'],
    size: 64,
    conf: 0,
    latency: false,
    noiseFloorImages: 0,
    out: `${dir}/run`,
  });
  record = run.record;
});

const EVIDENCE = { measure: 'error', unit: 'px', errorBefore: 9, errorAfter: 1, images: 2 };

/** The record with other AP figures, as if the run had found them. */
function withAp(reference: number | null, other: number | null, noise: number | null, images = 2): RunRecord {
  const [float, int8] = record.backends as [BackendRecord, BackendRecord];
  const change = reference === null || other === null ? null : other - reference;
  const { difference } = int8;
  return {
    ...record,
    noiseFloor:
      noise === null ? null : { engines: ['a', 'b'], images, metrics: { AP: noise }, maxAbs: 0, sqnr: null },
    backends: [
      { ...float, metrics: { ...float.metrics, AP: reference } },
      {
        ...int8,
        metrics: { ...int8.metrics, AP: other },
        difference: {
          ...difference!,
          metrics: { ...difference!.metrics, AP: change },
          reference: { ...difference!.reference, AP: reference },
        },
      },
    ],
  };
}

describe('the verdict in a sentence', () => {
  test('a loss above the noise floor names both figures, and that int8 is emulated', () => {
    const sentence = verdictSentence(withAp(0.3237, 0.1667, 0.0001));
    expect(sentence).toContain('int8 (emulated) loses 0.1570');
    expect(sentence).toContain('0.3237 → 0.1667');
    expect(sentence).toContain('0.0001');
    expect(sentence).not.toContain('cannot be told');
  });

  test('a gain, no change, and a change within the noise are said as such', () => {
    expect(verdictSentence(withAp(0.3, 0.31, 0.0001))).toContain('int8 (emulated) gains 0.0100');
    expect(verdictSentence(withAp(0.3, 0.3, 0.0001))).toMatch(/^int8 \(emulated\) has the (same )?AP/);
    const within = verdictSentence(withAp(0.3, 0.2999, 0.002));
    expect(within).toContain('0.0020');
    expect(within).not.toEqual(verdictSentence(withAp(0.3, 0.2999, 0.00001)));
  });

  test('a noise floor taken on fewer images is stated with their number, and nothing is held against it', () => {
    for (const loss of [0.1, 0.0005]) {
      const sentence = verdictSentence(withAp(0.3, 0.3 - loss, 0.001, 1));
      expect(sentence).toContain('two float engines differ by 0.0010, which was measured on 1 image only');
      expect(sentence).not.toMatch(/more than|cannot be told/);
    }
    expect(verdictSentence(withAp(0.3, 0.2, 0.001))).toContain('differ on its 2 images');
  });

  test('a noise floor of 0.0000 is agreement to the last digit shown, not a difference of nothing', () => {
    for (const images of [1, 2]) {
      const sentence = verdictSentence(withAp(0.3, 0.2, 0.00001, images));
      expect(sentence).toContain('two float engines agree to the last digit shown');
      expect(sentence).not.toContain('0.0000');
    }
    expect(verdictSentence(withAp(0.3, 0.29999, 0.2))).toContain('to the last digit shown (0.3000)');
  });

  test('without ground truth there is no AP, and nothing is called equal', () => {
    const sentence = verdictSentence(withAp(null, null, null));
    expect(sentence).toContain('no AP');
    expect(sentence).not.toContain('same');
  });

  test('what failed and what stopped it come before any figure', () => {
    const [float, int8] = record.backends as [BackendRecord, BackendRecord];
    const failure = 'the backend int8 failed on 1.png: NaN';
    const failed = {
      ...record,
      backends: [float, { ...int8, failure, metrics: null, difference: null, images: 0 }],
    };
    expect(verdictSentence(failed).startsWith(`${failure}.`)).toBe(true);
    const stopped = { ...withAp(0.3, 0.2, null), status: 'incomplete' as const, stoppedBy: 'interrupted' };
    expect(verdictSentence(stopped)).toMatch(/^Stopped before the end: interrupted\. int8/);
    const none = { ...failed, backends: [{ ...float, failure, metrics: null, images: 0 }] };
    expect(verdictSentence(none)).toContain('No backend was evaluated');
  });

  test('a checkpoint of other weights comes before the mistakes that its numbers look like', () => {
    const [float, int8] = record.backends as [BackendRecord, BackendRecord];
    const finding = {
      ...{ code: 'channels-swapped', sentence: 'Red and blue are exchanged.', portLine: 'cv2.imread' },
      ...{ undoable: false, evidence: EVIDENCE },
    };
    const decodeState = { ...int8.decodeState!, healthy: false, findings: [finding] };
    const mistaken = { ...int8, decodeState };
    expect(verdictSentence({ ...record, backends: [float, mistaken] })).toMatch(
      /^int8 \(emulated\): Red and blue are exchanged\. Look at cv2\.imread\. /,
    );
    const source = {
      ...{ kind: 'checkpoint' as const, description: 'old.pt', firstOtherWeights: 'head.stems.0' },
    };
    const other = { ...mistaken, quantization: { ...int8.quantization!, source } };
    const online = { ...other, name: 'mlu-online' };
    const foreign = { ...record, backends: [float, other, online] };
    expect(verdictSentence(foreign)).toMatch(
      /^Other weights: int8 · mlu-online, int8 \(both emulated\) ran old\.pt, which holds other ones than random:yolox-nano\?seed=1 \(first at head\.stems\.0\), and what follows compares two networks; give the checkpoint that was quantised from random:yolox-nano\?seed=1\. int8 \(emulated\): Red and blue are exchanged\. That may come of the other weights alone; if it stays with the right ones, look at cv2\.imread\. /,
    );
    expect(reportTables(foreign).find(({ id }) => id === 'decode-state')!.conclusion).toContain(
      'int8 (emulated): Red and blue are exchanged. That may come of the other weights it ran alone.',
    );
  });
});

describe('tables', () => {
  test('each has a conclusion, and a row has a cell for each column', () => {
    const tables = reportTables(withAp(0.3237, 0.1667, 0.0001));
    expect(tables.map(({ id }) => id)).toEqual(expect.arrayContaining(['accuracy', 'tensors', 'categories']));
    for (const { id, header, rows, conclusion } of tables) {
      expect(conclusion, id).not.toBe('');
      for (const row of rows) expect(row, id).toHaveLength(header.length);
    }
  });

  test('the summary of the terminal starts with the verdict and holds every warning', () => {
    const warned = { ...record, warnings: ['the first', 'the second'] };
    const text = textSummary(warned, ({ id }) => `<${id}>`);
    expect(text.startsWith(record.verdict.sentence)).toBe(true);
    for (const part of ['warning: the first', 'warning: the second', '<accuracy>'])
      expect(text).toContain(part);
  });
});

describe('parseRunRecord', () => {
  const changed = (change: object): unknown => ({
    ...(JSON.parse(JSON.stringify(record)) as object),
    ...change,
  });

  test('reads what was written', () => {
    expect(parseRunRecord(changed({}))).toEqual(record);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['another version', () => changed({ version: 2 }), /not a run record of version 1: version/],
    ['another document', () => [], /not a run record of version 1: top level/],
    ['a missing part', () => changed({ dataset: undefined }), /dataset/],
    [
      'a figure as text',
      () => changed({ backends: [{ ...record.backends[0], images: '2' }] }),
      /backends\.0\.images/,
    ],
    [
      'an unknown provenance',
      () => changed({ backends: [{ ...record.backends[0], outputProvenance: 'simulated' }] }),
      /backends\.0\.outputProvenance/,
    ],
  ])('refuses %s with the path of the entry', (_, document, message) => {
    expect(() => parseRunRecord(document())).toThrow(TypeError);
    expect(() => parseRunRecord(document())).toThrow(message);
  });
});

test('backends of which the same is found are named together, others by themselves', () => {
  const changed = withAp(0.5, 0.4, null);
  const [float, int8] = changed.backends as [BackendRecord, BackendRecord];
  const other = { ...int8, name: 'mlu-online' };
  const sentence = verdictSentence({ ...changed, backends: [float, int8, other] });
  expect(sentence).toContain(
    'int8 (emulated) · mlu-online, int8 (emulated) each lose 0.1000 against cpu-float (AP 0.5000 → 0.4000)',
  );
  const apart = {
    ...other,
    difference: { ...other.difference!, metrics: { AP: 0.01 } },
    metrics: { AP: 0.51 },
  };
  const both = verdictSentence({ ...changed, backends: [float, int8, apart] });
  expect(both).toContain('int8 (emulated) loses 0.1000');
  expect(both).toContain('mlu-online, int8 (emulated) gains 0.0100');
});
