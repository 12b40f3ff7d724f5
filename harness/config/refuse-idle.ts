import { UsageError } from '../errors.ts';
import { flagOf } from './flag-of.ts';
import { MLU_BACKENDS } from './option-choices.ts';
import { type BackendCommand, ownersOf } from './option-owners.ts';

/**
 * An option that changes nothing was given for an effect that the user would look for in vain.
 * @param typed what must have an effect, by the keys of the options.
 * @param backends those that the command is going to run, time or model.
 * @throws UsageError for the first option that changes nothing of these backends.
 */
export function refuseIdle(command: BackendCommand, typed: object, backends: readonly string[]): void {
  for (const [option, value] of Object.entries(typed)) {
    const owners = value === undefined ? null : ownersOf(command, option);
    if (owners === null || backends.some((name) => owners.names.includes(name))) continue;
    const hasCards = MLU_BACKENDS.some((name) => backends.includes(name));
    const why = option === 'bits' && backends.includes('int8') ? 'int8 has 8' : hasCards && owners.whyNoCard;
    const one = owners.names.length === 1;
    const [asked, fix] =
      command === 'tune'
        ? [`--backend is ${listOf(backends)}`, 'give another --backend']
        : [
            one ? '--backends does not name it' : '--backends names none of them',
            `add ${one ? 'it' : 'one of them'}`,
          ];
    throw new UsageError(
      `${flagOf(option, value)} has no effect: it belongs to ${listOf(owners.names)}, and ${asked}${why ? ` (${why})` : ''}; leave it out, or ${fix}`,
    );
  }
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
