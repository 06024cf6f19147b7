// The serving hosts: each is a process, as it would be on a machine of its own, and has workers of its own.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { all, once, suspend, timeout } from 'treadle';
import { DIARY, HOST } from './diary.ts';
import type { HostSettings } from './host.ts';

export interface Host {
  readonly name: string;
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it has complained about. */
  complaints: string;
}

export interface HostOptions extends HostSettings {
  readonly name: string;
  /** A command before its own, which runs it somewhere else. */
  readonly prefix: readonly string[];
  /** The path of the diary. */
  readonly diary: string;
}

const program = fileURLToPath(new URL('./host.ts', import.meta.url));

function start({ name, prefix, diary, ...settings }: HostOptions): Host {
  // Node's flags are those of this process: among them is the loader that understands TypeScript.
  const command = [...prefix, process.execPath, ...process.execArgv, program, JSON.stringify(settings)];
  const child = spawn(command[0] as string, command.slice(1), {
    env: { ...process.env, [DIARY]: diary, [HOST]: name },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl-C is for the demo, which ends the hosts
  });
  const host: Host = { name, child, complaints: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    host.complaints = (host.complaints + text).slice(-2_000);
  });
  child.stdin.on('error', () => {}); // it has ended already
  child.on('error', () => {}); // it was never started, which untilItServes says
  return host;
}

const isOver = ({ child }: Host) => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** As systemd ends a service: SIGTERM, upon which it hands back what it has not begun, and SIGKILL if it takes too long. */
function* end(host: Host) {
  if (isOver(host)) return;
  host.child.kill('SIGTERM');
  try {
    yield* timeout(5_000, once(host.child, 'close'));
  } catch {
    host.child.kill('SIGKILL');
    if (!isOver(host)) yield* once(host.child, 'close');
  }
}

/** Waits until the host takes calls. Throws what it has complained about when it ends before that. */
export const untilItServes = (host: Host) =>
  suspend<void>((resume, fail) => {
    host.child.once('error', fail);
    host.child.stdout.setEncoding('utf8').once('data', () => resume());
    host.child.once('close', () => fail(new Error(`${host.name} does not serve:\n${host.complaints}`)));
  });

/** Hosts that are there for as long as they are used. */
export const hosts = (several: readonly HostOptions[]) => ({
  acquire: () => several.map(start),
  *release(started: Host[]) {
    yield* all(started.map(end));
  },
});
