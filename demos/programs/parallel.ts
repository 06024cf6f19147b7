// A command-line tool: runs commands, at most n at once, and leaves none of them running, whatever happens.
import { spawn as spawnProcess } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { coroutine, main, map, once, retry, timeout, TimeoutError, use } from 'treadle';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a command-line tool that runs other commands, n at once';
export const help = `
Runs each COMMAND in a shell, and prints its lines with its number in front. A
command that fails is tried again. One that takes too long, and all of them when
you press Ctrl-C, get SIGTERM and have a second to end. None is left running.

  node demos parallel -- COMMAND...      for example: -- 'npm test' 'npm run x'
  node demos parallel                    three commands of its own

  --jobs N      how many run at once                      (default 2)
  --attempts N  how often a command is tried              (default 1)
  --limit MS    how long a command may take               (default 60000)

Exit code 1: a command has failed. After Ctrl-C it is 130.
`;

/** One is slow, one fails the first time, and one never ends: they are for Node, so that they run everywhere. */
const node = (program: string) => `"${process.execPath}" -e "${program}"`;
const SHOWN = [
  node("let n = 0; setInterval(() => { console.log('step', ++n); n === 4 && process.exit() }, 100)"),
  node("console.log('this one fails'); process.exitCode = 3"),
  node(
    "console.log('this one never ends'); process.on('SIGTERM', () => { console.log('it cleans up'); process.exit() }); setInterval(() => {}, 1000)",
  ),
];

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Milliseconds that a command has to end after SIGTERM. */
const GRACE = 1_000;

/** A command that runs, for as long as it is used. */
const running = (command: string, label: string) => ({
  acquire(): Child {
    // A process group of its own: what the shell starts is ended with it. On Windows there are none.
    const detached = process.platform !== 'win32';
    const child = spawnProcess(command, { shell: true, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    // At once: what nobody reads when the process ends is lost.
    print(child.stdout, label);
    print(child.stderr, label);
    return child;
  },
  *release(child: Child) {
    if (isOver(child)) return;
    end(child, 'SIGTERM');
    try {
      yield* timeout(GRACE, once(child, 'close'));
    } catch {
      end(child, 'SIGKILL');
      yield* once(child, 'close');
    }
  },
});

const isOver = ({ exitCode, signalCode }: Child) => exitCode !== null || signalCode !== null;

function end(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return; // it was never started
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended just now.
  }
}

/** Each line with the number of its command. It listens to the end, so that the words of a clean-up are seen, too. */
function print(from: Readable, label: string): void {
  createInterface({ input: from }).on('line', (line) => console.log(`${label} ${line}`));
}

const execute = coroutine('execute', function* (command: string, label: string) {
  yield* use(running(command, label), function* (child) {
    const [code, signal] = yield* once<[number | null, NodeJS.Signals | null]>(child, 'close');
    if (code !== 0) throw new Error(code === null ? `ended by ${signal}` : `exit code ${code}`);
  });
});

function* program(commands: readonly string[], jobs: number, attempts: number, limit: number) {
  const perform = coroutine('command', function* (command: string, index: number) {
    const label = paint('cyan', `[${index + 1}]`);
    try {
      yield* retry(() => timeout(limit, execute(command, label)), { attempts });
      yield* say(`${label} ${paint('green', 'is done')}`);
      return true;
    } catch (error) {
      const why = error instanceof TimeoutError ? `took longer than ${limit} ms` : (error as Error).message;
      yield* say(`${label} ${paint('red', why)}`);
      return false;
    }
  });
  const ended = yield* map(commands, perform, { concurrency: jobs });
  const failed = ended.filter((good) => !good).length;
  console.log(`${commands.length - failed} done, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

export default function (argv: string[]): void {
  const from = argv.indexOf('--');
  const commands = from < 0 ? [] : argv.splice(from).slice(1);
  const { jobs, attempts, limit } = options(
    argv,
    { jobs: 2, attempts: 1, limit: commands.length > 0 ? 60_000 : 1_500 },
    { jobs: [1, 1_000], attempts: [1, 100] },
  );
  main(program(commands.length > 0 ? commands : SHOWN, jobs, attempts, limit));
}
