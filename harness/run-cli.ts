import { Command, CommanderError } from 'commander';
import { addAgentCommand } from './commands/agent.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addConvertCommand } from './commands/convert.ts';
import { addDetectCommand } from './commands/detect.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEvalCommand } from './commands/eval.ts';
import { addFetchCommand } from './commands/fetch.ts';
import { addHistoryCommand } from './commands/history.ts';
import { addLintCommand } from './commands/lint.ts';
import { addMergeCommand } from './commands/merge.ts';
import { addRecordCommand } from './commands/record.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { addTuneCommand } from './commands/tune.ts';
import { EXIT, type ExitCode, exitCodeOf, messageOf } from './errors.ts';
import { packageVersion } from './package-info.ts';

/**
 * The command line: reads the arguments, runs one command, and maps what went wrong to its exit code.
 * Data goes to stdout, everything else to stderr; with `--json` stdout holds one JSON document, for errors too.
 */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.pass;
  const program = new Command('mlu-parity')
    .description('Validates and benchmarks YOLOX detectors ported to Cambricon MLU cards.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: true });
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  for (const add of [
    addRunCommand,
    addMergeCommand,
    addBenchCommand,
    addTuneCommand,
    addEvalCommand,
    addCompareCommand,
    addDetectCommand,
    addConvertCommand,
    addLintCommand,
    addFetchCommand,
    addAgentCommand,
    addRecordCommand,
    addReportCommand,
    addHistoryCommand,
    addDoctorCommand,
  ])
    add(program, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, args.includes('--json'));
  }
}

function reportError(error: unknown, json: boolean): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed its own sentence; help and version end with 0.
    const code = error.exitCode === 0 ? EXIT.pass : EXIT.usage;
    if (json && code !== EXIT.pass) printJsonError(code, error.message);
    return code;
  }
  const code = exitCodeOf(error);
  const message = messageOf(error);
  if (code === EXIT.defect) {
    const stack = error instanceof Error ? error.stack : message;
    process.stderr.write(`mlu-parity: a defect in mlu-parity itself, please report it:\n${stack}\n`);
  } else {
    process.stderr.write(`mlu-parity: ${message}\n`);
  }
  if (json) printJsonError(code, message);
  return code;
}

function printJsonError(exitCode: ExitCode, message: string): void {
  process.stdout.write(`${JSON.stringify({ error: { exitCode, message } })}\n`);
}
