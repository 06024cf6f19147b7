// What the operating system says of a process, before anything is sent to it: SIGUSR1 opens the inspector of Node, and
// ends most other programs. Relies on Node.

import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** Why the process cannot be looked into: a line for the user. */
export class Refusal extends Error {}

/** Throws a `Refusal` unless that is a process of Node which may be sent signals. */
export function checkProcess(pid: number): void {
  if (pid === process.pid) throw new Refusal(`${pid} is this command itself`);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw new Refusal(`process ${pid} belongs to somebody else`);
    throw new Refusal(`there is no process ${pid}`);
  }
  const program = programOf(pid);
  if (program === undefined) return; // Windows: opening the inspector tells
  if (!/^(node|nodejs|node\d+)(\.exe)?$/i.test(program))
    throw new Refusal(`process ${pid} is not Node: it runs ${program}`);
  if (!catchesUsr1(pid))
    throw new Refusal(`process ${pid} is not ready to be looked into: it is still starting, or ending`);
}

/** The name of the program that it runs. */
function programOf(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    if (process.platform === 'linux') return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
    return basename(execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      throw new Refusal(`process ${pid} belongs to somebody else`);
    throw new Refusal(`process ${pid} has just ended`);
  }
}

/** Linux tells which signals a process catches. One that does not catch SIGUSR1 would be ended by it. */
function catchesUsr1(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  const [, caught] = /^SigCgt:\s*([\da-f]+)$/m.exec(readOrNothing(`/proc/${pid}/status`)) ?? [];
  return caught === undefined || (BigInt(`0x${caught}`) & (1n << 9n)) !== 0n;
}

/** The port on which its inspector is, or will be. */
export function inspectorPort(pid: number): number {
  const options = [
    ...(/(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(readOrNothing(`/proc/${pid}/environ`))?.[1]?.split(' ') ?? []),
    ...readOrNothing(`/proc/${pid}/cmdline`).split('\0'),
  ];
  const ports = options.flatMap((option, i) => {
    const given = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)(?:=(.*))?$/.exec(option);
    if (!given) return [];
    const value = given[1] ?? (/-port$/.test(option) ? options[i + 1] : undefined);
    const port = Number(/(?:^|:)(\d+)$/.exec(value ?? '')?.[1]);
    return port > 0 ? [port] : [];
  });
  return ports.at(-1) ?? 9229;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
