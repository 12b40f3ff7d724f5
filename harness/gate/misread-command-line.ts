import { Command, type CommanderError } from 'commander';
import { EXIT, messageOf } from '../errors.ts';
import { type GateOutputs, writeGateErrorSync } from './write-outputs.ts';

/**
 * What is left where `gate` was given an option that it cannot read: its documents, as far as the rest says where they are, say that
 * nothing was judged, instead of what they said the night before.
 * @param args as they were typed
 */
export function replaceOutputs(args: readonly string[], error: CommanderError, now: Date): void {
  // Help and version are errors to commander, too.
  if (error.exitCode === 0) return;
  const message = error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
  try {
    writeGateErrorSync(message, EXIT.usage, outputsOf(args), now);
  } catch (unwritten) {
    process.stderr.write(`mlu-parity: cannot write what the gate says: ${messageOf(unwritten)}\n`);
  }
}

function outputsOf(args: readonly string[]): GateOutputs {
  const reader = new Command()
    .option('--out <dir>')
    .option('--junit <file>')
    .option('--markdown <file>')
    .option('--annotations <of>')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    // The others are unknown here, and are passed over with what follows them.
    reader.parseOptions([...args]);
  } catch {
    // One of these at the end without its value: those before it were read.
  }
  return reader.opts<GateOutputs>();
}
