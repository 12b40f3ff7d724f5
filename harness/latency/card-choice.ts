import { CARDS, type CardName } from '../../reference/device/index.ts';
import { UsageError } from '../errors.ts';
import { coreNumbersUpTo } from './core-numbers.ts';

/** The card that latency is modelled on, and its core numbers. */
export interface CardChoice {
  readonly name: CardName;
  readonly cores: readonly number[];
}

export const CARD_NAMES = Object.keys(CARDS) as [CardName, ...CardName[]];

/**
 * @param cores as given by `--cores`; powers of two up to all of the card's where absent.
 * @throws UsageError for a core number that the card does not have.
 */
export function chooseCard(name: CardName = 'mlu270', cores?: readonly number[]): CardChoice {
  const card = CARDS[name];
  const beyond = cores?.find((count) => count > card.cores);
  if (beyond !== undefined) {
    throw new UsageError(
      `--cores ${beyond} cannot be modelled: the ${card.name} has ${card.cores} cores; leave it out, or give another --card`,
    );
  }
  return { name, cores: [...new Set(cores ?? coreNumbersUpTo(card.cores))] };
}
