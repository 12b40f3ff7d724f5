import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';

export function addDoctorCommand(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .summary('what works on this machine: versions, engines with a timed operation, memory, cores')
    .description('Loads each engine and runs a small network on it, and says what this machine has.')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExample:\n  mlu-parity doctor')
    .action(async (flags: { json?: true }) => {
      const { doctor } = await import('../doctor/doctor.ts');
      finish(await doctor(flags));
    });
}
