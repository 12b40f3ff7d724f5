import type { Command } from 'commander';
import { parseInteger } from '../../config/parse-values.ts';

/**
 * Where mlu-online and mlu-offline run.
 * @param recorded whether the command takes what an agent has recorded.
 */
export function addDeviceOptions(command: Command, { recorded }: { readonly recorded: boolean }): void {
  const without = recorded ? 'emulated' : 'modelled';
  const bundle = recorded ? ', or bundle:DIR, what an agent recorded' : '';
  command
    .option(
      '--agent <command>',
      `starts the agent beside a card, as 'ssh host python3 agent': mlu-online and mlu-offline are measured on it instead of ${without}`,
    )
    .option(
      '--agent-timeout <s>',
      'bound on one request to the agent and on its first word (default: 600, 3600 to export an offline model, 120 for the first word)',
      parseInteger,
    )
    .option('--mlu-online <where>', `agent, emulated${bundle} (default: agent where there is one)`)
    .option(
      '--mlu-offline <where>',
      `the same; or model:FILE[,FILE], offline models for the agent to run; 4=FILE where no FILE_twins tells the core number`,
    );
}
