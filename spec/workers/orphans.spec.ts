// Programs that vanish, in every way in which programs do: what their workers do then. One that computes cannot hear
// that it is alone; others clean up.
import { sleep } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines } from '../support/files.ts';
import { forAll, gone, group, workerOf } from '../support/groups.ts';
import type { Group } from '../support/groups.ts';
import { alive, within } from '../support/workers.ts';

const test = suite('programs that vanish');
const jobs = JSON.stringify(new URL('./process-jobs.js', import.meta.url).href);

const calls = (name: string, file: string, how = 'run') => `
  import { main, run } from 'treadle'; import { Pool } from 'treadle/workers';
  const pool = new Pool({ kind: 'process', workers: 1 });
  ${how}((function* () { yield* pool.apply(${jobs}, '${name}', [${JSON.stringify(file)}]); })());`;

const ends: readonly [string, (program: Group) => unknown][] = [
  ['Ctrl-C', ({ signalAll }) => signalAll('SIGINT')],
  ['SIGTERM to the group', ({ signalAll }) => signalAll('SIGTERM')],
  ['a terminal that closes', ({ signalAll }) => signalAll('SIGHUP')],
  ['SIGTERM to the program', ({ child }) => child.kill('SIGTERM')],
  ['SIGKILL to the program', ({ child }) => child.kill('SIGKILL')],
];

test('a worker that computes ends with its program', () =>
  forAll(ends, function* ([name, end]) {
    const file = fresh();
    const program = group(calls('spin', file));
    const worker = yield* workerOf(file);
    assert.ok(alive(worker), name);
    end(program);
    yield* program.ended;
    yield* gone(worker);
  }));

test('also where there is no shell, and when the program vanishes before it has done anything else', () =>
  within(function* () {
    const file = fresh();
    const program = group(`
      import childProcess from 'node:child_process'; import { existsSync } from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { fork, spawn } = childProcess;
      childProcess.spawn = (file, ...rest) => spawn(file === '/bin/sh' ? '/no/shell' : file, ...rest);
      childProcess.fork = (...args) => {
        const child = fork(...args);
        const { send } = child;
        child.send = (message, ...rest) => {
          send.call(child, message, ...rest);
          if (message[0] !== 'treadle:run') return;
          while (!existsSync(${JSON.stringify(file)})); // now its worker computes
          process.kill(process.pid, 'SIGKILL');
        };
        return child;
      };
      syncBuiltinESMExports();
      ${calls('spin', file)}`);
    const worker = yield* workerOf(file);
    yield* program.ended;
    yield* gone(worker);
  }));

test('also when the second Ctrl-C ends a program that cleans up, and when it is ended in the clean-up', () =>
  forAll(['SIGINT', 'SIGKILL'] as const, function* (second) {
    const file = fresh();
    const program = group(calls('spin', file, 'main').replace('workers: 1', 'workers: 1, grace: 60_000'));
    const worker = yield* workerOf(file);
    program.signalAll('SIGINT');
    yield* sleep(200);
    assert.ok(alive(worker));
    // Again and again: a second signal that comes before the first was heard is none.
    const again = setInterval(() => program.child.kill(second), 200);
    try {
      yield* program.ended;
    } finally {
      clearInterval(again);
    }
    yield* gone(worker);
  }));

test('a worker that waits is cancelled when its program has vanished, and cleans up', () =>
  forAll([ends[2]!, ends[4]!], function* ([name, end]) {
    const file = fresh();
    const program = group(calls('careful', file));
    const worker = yield* workerOf(file);
    program.child.stdout!.destroy(); // as a terminal that closes
    end(program);
    yield* program.ended;
    yield* gone(worker);
    assert.equal(lines(file), [String(worker), 'clean'], name);
  }));

test('what watches the processes is one shell, ends with the program, and is started again when it was killed', () =>
  within(function* () {
    const program = group(`
      import { execSync } from 'node:child_process';
      import { run, all, sleep } from 'treadle'; import { Pool } from 'treadle/workers';
      const shells = () => execSync('ps -A -o pid= -o ppid= -o args=').toString().split('\\n')
        .map((line) => line.trim().split(/ +/)).filter(([, ppid, ...args]) => ppid === String(process.pid) && args.includes('treadle-orphans'));
      const twice = 'data:text/javascript,export const twice = (n) => 2 * n';
      run((function* () {
        const pool = new Pool({ kind: 'process', workers: 2 });
        console.log(yield* pool.map(twice, 'twice', [1, 2]), shells().length);
        const [[first]] = shells();
        process.kill(Number(first), 'SIGKILL');
        while (shells()[0]?.[0] === first) yield* sleep(10);
        while (shells().length === 0) yield* sleep(10);
        console.log(shells().length, shells()[0][0]);
      })());`);
    const [end, out, err] = yield* program.ended;
    assert.equal([end, err], [0, '']);
    const match = /^\[ 2, 4 \] 1\n1 (\d+)\n$/.exec(out);
    assert.ok(match, out);
    yield* gone(Number(match[1]));
  }));

test.run();
