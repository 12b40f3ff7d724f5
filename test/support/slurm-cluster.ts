import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Slurm on this machine alone, as Debian has it. */
export interface SlurmCluster {
  /** For the environment of its commands. */
  readonly SLURM_CONF: string;
  stop(): Promise<void>;
}

/** Whether there is a Slurm that can be started: its daemons take jobs for root alone. */
export function hasSlurm(): boolean {
  const found = ['slurmctld', 'slurmd', 'sbatch'].every(
    (command) => spawnSync(command, ['-V']).error === undefined,
  );
  return found && process.getuid?.() === 0;
}

/** Starts one node with two CPUs that keeps all of its files in `folder`, and waits until it takes jobs. */
export async function startSlurm(folder: string): Promise<SlurmCluster> {
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name), { recursive: true });
  const SLURM_CONF = join(folder, 'slurm.conf');
  writeFileSync(SLURM_CONF, configuration(folder, await freePort(), await freePort()));
  const env = { ...process.env, SLURM_CONF };
  const daemons = ['slurmctld', 'slurmd'].map((daemon) => spawn(daemon, ['-D'], { env, stdio: 'ignore' }));
  const stop = async (): Promise<void> => {
    for (const daemon of daemons.toReversed()) await ended(daemon);
  };
  for (let looks = 0; ; looks++) {
    const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%T'], { env, encoding: 'utf8' });
    if (stdout.trim() === 'idle') return { SLURM_CONF, stop };
    if (looks === 100) {
      await stop();
      throw new Error(`Slurm did not start: see the logs in ${folder}`);
    }
    await sleep(200);
  }
}

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exit = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await exit;
}

function configuration(folder: string, controllerPort: number, nodePort: number): string {
  const host = hostname().split('.')[0];
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=root
AuthType=auth/none
CredType=cred/none
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES State=UP
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
