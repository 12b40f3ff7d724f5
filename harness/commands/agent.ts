import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';

export function addAgentCommand(program: Command, finish: (code: ExitCode) => void): void {
  const agent = program
    .command('agent')
    .summary('the part that runs beside a card: write it to a folder, or ask it what its machine has')
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
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', "\nExample:\n  mlu-parity agent info --agent 'ssh host python3 agent'")
    .action(async (flags: { agent: string; json?: true }) => {
      const { agentInfoFromCommandLine } = await import('../device/agent-info-from-command-line.ts');
      finish(await agentInfoFromCommandLine(flags));
    });
}
