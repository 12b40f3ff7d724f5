import { describe, expect, test } from 'vitest';
import { charts, htmlReport, type RunRecord, reportTables, verdictSentence } from '../../reports/index.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

/** A run whose reference is an emulation too, under names that occur in no other word. */
function emulatedReference(): RunRecord {
  const { record, float, int8 } = made();
  const names = new Map([
    [float.name, 'refcard'],
    [int8.name, 'testcard'],
  ]);
  const changed: RunRecord = {
    ...record,
    options: {},
    warnings: [],
    backends: [
      { ...float, name: 'refcard', precision: 'int16 exact', outputProvenance: 'emulated' },
      { ...int8, name: 'testcard', latency: int8.latency },
    ],
    gallery: record.gallery.map((image) => ({
      ...image,
      backends: image.backends.map((entry) => ({ ...entry, backend: names.get(entry.backend)! })),
    })),
  };
  return { ...changed, verdict: { ...changed.verdict, sentence: verdictSentence(changed) } };
}

const LABEL = /(refcard, int16|testcard, int8) \(emulated\)/g;

/** Finds the names, and fails for one that stands without where its outputs come from. */
function expectLabelled(where: string, text: string): void {
  expect(text.match(LABEL) ?? [], where).not.toEqual([]);
  const bare = text.replaceAll(LABEL, '').match(/.{0,60}(refcard|testcard).{0,30}/g);
  expect(bare, where).toBeNull();
}

describe('the name of an emulated backend never stands without "emulated"', () => {
  test('in the sentence of the verdict', () =>
    expectLabelled('verdict', verdictSentence(emulatedReference())));

  test('in any table', () => {
    const tables = reportTables(emulatedReference());
    expect(tables.map(({ id }) => id)).toEqual([
      ...['accuracy', 'decode-state', 'detections', 'tensors', 'saturation', 'latency', 'categories'],
    ]);
    for (const { id, header, rows, conclusion } of tables) {
      expectLabelled(id, [...header, ...rows.flat(), conclusion].join('\n'));
    }
  });

  test('in any chart', () => {
    const all = charts(emulatedReference());
    expect(all.length).toBeGreaterThan(3);
    for (const { id, title, spec } of all) expectLabelled(id, title + JSON.stringify(spec));
  });

  test('in what the page shows or reads aloud, tiles and gallery among it', async () => {
    const record = emulatedReference();
    expect(record.gallery.length).toBeGreaterThan(0);
    const page = await htmlReport(record);
    // Inline tags part no words: what a screen reader hears of a tile is name and label in one.
    const text = page.replace(/<\/?(b|span)\b[^>]*>/g, '').replace(/<[^>]*>/g, '\n');
    const attributes = [...page.matchAll(/(?:aria-label|title|alt)="([^"]*)"/g)].map(([, value]) => value);
    expectLabelled('text', text);
    expectLabelled('attributes', attributes.join('\n'));
    expect(page).toContain(
      '<b>refcard<span class="visually-hidden">, int16 (emulated)</span></b> <span class="badge emulated" aria-hidden="true">',
    );
  });
});
