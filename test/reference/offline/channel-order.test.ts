import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelOrder } from '../../../reference/offline/channel-order.ts';

const STEP = 576;

describe('channelOrder', () => {
  test('in order, whatever was not found', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 300 }), (found) => {
        fc.pre(found.filter(Boolean).length >= 2);
        const positions = Float64Array.from(found, (is, channel) => (is ? 1000 + channel * STEP : -1));
        expect(channelOrder(positions)).toBe('in-order');
      }),
    );
  });
  test.each([128, 192, 640])('%i channels dealt out over 64 rows', (count) => {
    // Row by row: every row of 64 holds count / 64 neighbours.
    const rows = Array.from({ length: 64 }, (_, row) =>
      Array.from({ length: count / 64 }, (_, group) => group * 64 + row),
    ).flat();
    const positions = new Float64Array(count);
    rows.forEach((channel, row) => {
      positions[channel] = 5 + row * STEP;
    });
    expect(channelOrder(positions)).toBe('interleaved');
    [positions[3], positions[4]] = [positions[4]!, positions[3]!];
    expect(channelOrder(positions)).toBe('unknown');
  });
  test('one channel has no order', () => {
    expect(channelOrder(Float64Array.of(17))).toBe('unknown');
    expect(channelOrder(Float64Array.of(17, -1))).toBe('unknown');
  });
});
