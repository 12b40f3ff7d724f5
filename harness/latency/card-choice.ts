import { CARDS, type CardName } from '../../reference/device/index.ts';
import { UsageError } from '../errors.ts';
import { coreNumbersUpTo } from './core-numbers.ts';

/** The card that mlu-online and mlu-offline run on or stand for, and its core numbers. */
export interface CardChoice {
  readonly name: CardName;
  readonly cores: readonly number[];
  /** Whether they were asked for by name. */
  readonly typed: boolean;
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
      `--cores ${beyond} cannot be: the ${card.name} has ${card.cores} cores; leave it out, or give another --card`,
    );
  }
  return {
    name,
    cores: [...new Set(cores ?? coreNumbersUpTo(card.cores))],
    typed: cores !== undefined,
  };
}

/** The core number of published ports, which a card's outputs are scored at where it is among those asked for. */
export const USUAL_CORE_NUMBER = 4;

/**
 * Core numbers of the card that a backend is timed at: those asked for or, where none were, those that its models are
 * compiled for. That there are models for what was asked for was looked at before.
 * @param backend `compiledFor` as its factory says; anything where absent.
 */
export function timedCoreNumbers(
  { cores, typed }: Pick<CardChoice, 'cores' | 'typed'>,
  { compiledFor }: { readonly compiledFor?: readonly { readonly coreNumber: number }[] },
): readonly number[] {
  if (compiledFor === undefined || typed) return cores;
  return [...new Set(compiledFor.map(({ coreNumber }) => coreNumber))].sort((a, b) => a - b);
}

/** The core number that a card's outputs are scored at. */
export function scoredCoreNumber(timed: readonly number[]): number {
  return timed.includes(USUAL_CORE_NUMBER) ? USUAL_CORE_NUMBER : timed[0]!;
}
