import type { ConvNode } from '../../../reference/network/index.ts';
import type { OnnxNode } from '../../onnx/model-proto.ts';
import { notYolox } from './not-yolox.ts';
import { NETWORK_INPUT, type Source, type Wiring } from './wiring.ts';

/**
 * Pairs the convolutions of two networks that hang together in the same way: from the outputs back to the input, each
 * pair's sources are pairs again, in order. Names, and the order of the nodes, do not matter.
 * @throws UnusableFile where they differ.
 */
export function matchWirings(
  expected: Wiring<ConvNode>,
  found: Wiring<OnnxNode>,
): readonly (readonly [ConvNode, OnnxNode])[] {
  const partners = new Map<Source, Source>([[NETWORK_INPUT, NETWORK_INPUT]]);
  const reverse = new Map<Source, Source>([[NETWORK_INPUT, NETWORK_INPUT]]);
  const pairs: (readonly [ConvNode, OnnxNode])[] = [];
  const waiting: [string, readonly Source[], readonly Source[]][] = [
    ['the output', expected.outputs, found.outputs],
  ];

  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [consumer, wanted, given] = next;
    if (wanted.length !== given.length) {
      throw notYolox(`${consumer} joins ${given.length} values, not ${wanted.length}`);
    }
    for (let i = 0; i < wanted.length; i++) {
      const known = partners.get(wanted[i]);
      if (known === undefined ? reverse.has(given[i]) : known !== given[i]) {
        throw notYolox(`${consumer} takes its inputs from other layers`);
      }
      if (known !== undefined) continue;
      partners.set(wanted[i], given[i]);
      reverse.set(given[i], wanted[i]);
      const want = expected.convolutions[wanted[i]];
      const give = found.convolutions[given[i]];
      pairs.push([want.convolution, give.convolution]);
      waiting.push([`"${want.convolution.name}"`, want.sources, give.sources]);
    }
  }
  return pairs;
}
