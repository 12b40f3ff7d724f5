import { UsageError } from '../errors.ts';
import { flagOf } from './flag-of.ts';
import { MLU_BACKENDS, type MluBackendName } from './option-choices.ts';
import { type BackendCommand, type CardUse, namesOf, ownersOf } from './option-owners.ts';

/** Uses of the cards among a command's backends, where they are not those that the command has without an agent. */
export type CardUses = Readonly<Partial<Record<MluBackendName, CardUse>>>;

/**
 * An option that changes nothing was given for an effect that the user would look for in vain.
 * @param typed what must have an effect, by the keys of the options.
 * @param backends those that the command is going to run, time or model.
 * @throws UsageError for the first option that changes nothing of these backends.
 */
export function refuseIdle(
  command: BackendCommand,
  typed: object,
  backends: readonly string[],
  cards: CardUses = {},
): void {
  const byItself: CardUse = command === 'run' ? 'emulated' : 'modelled';
  const used = MLU_BACKENDS.filter((name) => backends.includes(name)).map((name) => cards[name] ?? byItself);
  for (const [option, value] of Object.entries(typed)) {
    const owners = value === undefined ? null : ownersOf(command, option);
    if (owners === null) continue;
    if (backends.some((name) => owners.cpu.includes(name))) continue;
    if (used.some((use) => owners.card[use] === true)) continue;
    const whyNoCard = used.map((use) => owners.card[use]).find((why) => typeof why === 'string');
    const why = option === 'bits' && backends.includes('int8') ? 'int8 has 8' : whyNoCard;
    const names = namesOf(owners, used.length > 0 ? used : [byItself]);
    // Cards are there, and it is theirs in another use alone.
    if (names.length === 0) {
      throw new UsageError(
        `${flagOf(option, value)} has no effect${why ? `: ${why}` : ` without ${listOf(MLU_BACKENDS)} on a card`}; leave it out`,
      );
    }
    const one = names.length === 1;
    const [asked, fix] =
      command === 'tune'
        ? [`--backend is ${listOf(backends)}`, 'give another --backend']
        : [
            one ? '--backends does not name it' : '--backends names none of them',
            `add ${one ? 'it' : 'one of them'}`,
          ];
    throw new UsageError(
      `${flagOf(option, value)} has no effect: it belongs to ${listOf(names)}, and ${asked}${why ? ` (${why})` : ''}; leave it out, or ${fix}`,
    );
  }
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
