// A Redis of the demo's own: the redis-server of this machine, in a temporary folder, on a Unix socket. The system's
// service is left alone.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { once, suspend } from 'treadle';
import type { Cable } from './cable.ts';

/** Where it listens for those that need no cable. */
export const socketIn = (folder: string): string => join(folder, 'redis.sock');

export function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** How one gets it, for those who have none. */
export const ADVICE =
  'apt install redis-server (Debian, Ubuntu), brew install redis (macOS);\nan own one is started for the demo: the service is not needed';

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * The shell waits for the end of its input, which is the end of this process however it comes, and then ends the server.
 * It keeps no end of the pipe that the server writes to, so the end of that is the end of the server.
 */
const GUARD = '"$@" & exec >&- 2>&-; read -r line; kill $!; wait';

/** A Redis that is there for as long as it is used, with what a queue of calls needs: it keeps all, and evicts nothing. */
export const redisServer = (folder: string, cable: Cable) => ({
  acquire(): Child {
    const command = [
      ...cable.server.prefix,
      ...['redis-server', '--dir', folder, '--unixsocket', socketIn(folder), ...cable.server.listen],
      ...['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    ];
    // A group of its own: Ctrl-C is for the demo, which ends it last.
    const child = spawn('sh', ['-c', GUARD, 'sh', ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    child.stdin.on('error', () => {}); // it has ended already
    return child;
  },
  *release(child: Child) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    yield* once(child, 'close');
  },
});

/** Waits until the server takes connections. Throws what it has said when it ends before that. */
export const untilItListens = (child: Child) =>
  suspend<void>((resume, fail) => {
    let log = '';
    child.once('error', fail);
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => {
        log += text;
        if (/ready to accept connections/i.test(log)) resume();
      })
      .once('end', () => fail(new Error(`redis-server has not started:\n${log}`)));
  });
