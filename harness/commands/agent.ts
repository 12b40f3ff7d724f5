import type { Command } from 'commander';
import { parseInteger } from '../config/parse-values.ts';
import type { InfoFlags } from '../device/agent-info-from-command-line.ts';
import type { ExitCode } from '../errors.ts';
import { addLegacyOption, addSizeOption } from './options/network-options.ts';

export function addAgentCommand(program: Command, finish: (code: ExitCode) => void): void {
  const agent = program
    .command('agent')
    .summary(
      'the part that runs beside a card: write it to a folder, ask it what its machine has, make inputs for it',
    )
    .description(
      "The agent is a folder of Python for the vendor's container, which needs no installation there. It quantises, runs and exports by commands of its own (python3 agent --help), " +
        'and answers run, bench and tune, which start it by --agent. With --json its commands print one JSON document.',
    )
    .addHelpText('after', '\nExample:\n  mlu-parity agent export agent');
  agent
    .command('export')
    .summary('write the agent to a folder')
    .description("Writes the agent's files to a folder that does not exist yet.")
    .argument('<dir>', 'folder to write')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', '\nExample:\n  mlu-parity agent export agent')
    .action(async (dir: string, flags: { json?: true }) => {
      const { exportAgent } = await import('../device/export-agent.ts');
      finish(await exportAgent(dir, flags));
    });
  agent
    .command('info')
    .summary('start an agent and print what its machine has')
    .description(
      'Starts the agent as run, bench and tune would, and prints the versions and cards that it finds.',
    )
    .requiredOption('--agent <command>', "starts the agent, as 'docker exec -i mlu python3 /agent'")
    .option('--agent-timeout <s>', 'bound on the wait for its first word (default: 120)', parseInteger)
    .option('--json', 'print the findings as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', "\nExample:\n  mlu-parity agent info --agent 'ssh host python3 agent'")
    .action(async (flags: InfoFlags) => {
      const { agentInfoFromCommandLine } = await import('../device/agent-info-from-command-line.ts');
      finish(await agentInfoFromCommandLine(flags));
    });
  const inputs = agent
    .command('inputs')
    .summary("letterbox pictures for the agent's own commands, one .npy each")
    .description(
      'Writes pictures as the network is to be given them, for quantize, float, online and offline of an agent whose machine has no OpenCV.',
    )
    .requiredOption('--images <dir>', 'folder of pictures')
    .option('--count <n>', 'how many of them, in order of their names (default: all)', parseInteger)
    .option('--weights <file>', 'checkpoint whose input size they are to have');
  addSizeOption(inputs);
  addLegacyOption(inputs);
  inputs
    .requiredOption('--out <dir>', 'folder to write, must not exist')
    .option('--json', 'print what was written as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  mlu-parity agent inputs --images coco/train2017 --count 8 --size 640 --out calibration',
    )
    .action(async (flags: Record<string, unknown>) => {
      const { inputsFromCommandLine } = await import('../device/inputs-from-command-line.ts');
      finish(await inputsFromCommandLine(flags));
    });
}
