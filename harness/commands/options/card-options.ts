import { type Command, Option } from 'commander';
import { ACTIVATIONS } from '../../config/option-choices.ts';
import { CARD_NAMES } from '../../latency/card-choice.ts';

/** The card that mlu-online and mlu-offline stand for. */
export function addCardOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--card <name>',
        'card that the latency of mlu-online and mlu-offline is modelled on (default: mlu270)',
      ).choices(CARD_NAMES),
    )
    .addOption(
      new Option(
        '--activations <type>',
        "values in the card's memory, mlu-online and mlu-offline (default: float32)",
      ).choices([...ACTIVATIONS]),
    );
}
