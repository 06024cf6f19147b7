// Programs with workers, in processes of their own: nothing of them outlives the program.
import { spawn as start, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { program, withSources } from '../support/programs.ts';
import { alive, coroutines, flags, jobs, kinds, until, within } from '../support/workers.ts';

const test = suite('programs with workers');
const jobsUrl = JSON.stringify(jobs.href);
const from = `import { main, run, sleep, spawn, cancel, Queue } from 'treadle'; import { Pool, inWorker } from 'treadle/workers';`;

for (const kind of kinds) {
  test(`a program that forgets its pool of kind ${kind} ends, with what its workers printed`, async () => {
    const { code, out, err } = await program(`${from}
      run((function* () { console.log(yield* new Pool({ kind: '${kind}' }).apply(${jobsUrl}, 'square', [4])); yield* new Pool({ kind: '${kind}' }).apply(${jobsUrl}, 'say', ['from the worker']); })());`);
    assert.equal([code, out, err], [0, '16\nfrom the worker\n', '']);
  });

  test(`an idle pool of kind ${kind} does not keep a program alive that waits for nothing: a deadlock is noticed`, async () => {
    const { code, out } = await program(`${from}
      const pool = new Pool({ kind: '${kind}' });
      run((function* () { yield* pool.apply(${jobsUrl}, 'square', [4]); yield* new Queue(1, { name: 'jobs' }).get(); })())
        .then(undefined, (error) => console.log(error.name, pool.workers.length));`);
    assert.equal([code, out], [0, 'DeadlockError 0\n']);
  });

  test(`process.exit in the program ends workers of kind ${kind} that are busy`, async () => {
    const file = fresh();
    const { code, out } = await program(`${from} import { readFileSync, existsSync } from 'node:fs';
      const pool = new Pool({ kind: '${kind}' });
      run((function* () {
        yield* spawn(pool.apply(${jobsUrl}, 'busy', [${JSON.stringify(file)}]));
        while (!existsSync(${JSON.stringify(file)})) yield* sleep(5);
        console.log(pool.workers[0].id);
        process.exit(6);
      })());`);
    assert.is(code, 6);
    if (kind === 'process') await within(() => until(() => !alive(Number(out))));
  });
}

test('a program that is killed takes its processes along', async () => {
  const text = `${from} run((function* () { const pool = new Pool({ kind: 'process' }); yield* pool.apply(${jobsUrl}, 'square', [1]); console.log(pool.workers[0].id); yield* sleep(60_000); })());`;
  const child = start(process.execPath, [...flags, '--input-type=module', '-e', withSources(text)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))));
  assert.ok(alive(pid));
  child.kill('SIGKILL');
  await within(() => until(() => !alive(pid)));
});

test('Ctrl-C reaches the workers, too, and yet the program decides: coroutines in workers clean up', async () => {
  const file = fresh();
  const text = `${from} main((function* () { yield* new Pool({ kind: 'process' }).apply(${JSON.stringify(coroutines.href)}, 'patient', [${JSON.stringify(file)}]); })());`;
  const child = start(process.execPath, [...flags, '--input-type=module', '-e', withSources(text)], {
    stdio: 'inherit',
    detached: true,
  }); // a group of its own
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await within(() => untilLine(file, 'started'));
  process.kill(-child.pid!, 'SIGINT');
  assert.is(await ended, 130);
  assert.equal(lines(file), ['started', 'clean']);
});

test('a module can hand itself to its pool: inWorker() says on which side it is', async () => {
  const path = `${fresh()}.mjs`;
  for (const guard of ['if (!inWorker())', '']) {
    writeFileSync(
      path,
      withSources(`${from}
      export function* square(x) { yield* sleep(1); return x * x; }
      ${guard} run((function* () { return yield* new Pool({ kind: 'process' }).map(import.meta.url, 'square', [1, 2, 3]); })()).then((squares) => console.log(squares.join()));`),
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, path], { encoding: 'utf8' });
    if (guard) assert.equal([status, stdout, stderr], [0, '1,4,9\n', '']);
    else {
      assert.equal([status, stdout], [1, '']);
      assert.match(
        stderr,
        /WorkerDiedError: process \d+ died of InvalidStateError: pool was used in a worker[^]*if \(!inWorker\(\)\) before it/,
      );
    }
  }
});

for (const kind of kinds) {
  test(`a program without that check is told so, whatever it does with the error, and also when its ${kind} has answered`, async () => {
    const path = `${fresh()}.mjs`;
    writeFileSync(
      path,
      withSources(`${from}
      export const square = (x) => x * x;
      export function* slow(x) { yield* sleep(60_000); }
      const pool = new Pool({ kind: '${kind}', workers: 1 });
      // In a worker this begins later than the first call, which is over by then.
      setTimeout(() => run((function* () {
        console.log(yield* pool.apply(import.meta.url, process.env.CALLED, [4]));
        while (pool.workers.length > 0) yield* sleep(10);
      })()).then(undefined, (error) => console.log(error.name)), 200);`),
    );
    const programOf = (name: string) =>
      spawnSync(process.execPath, [path], {
        encoding: 'utf8',
        env: { ...process.env, CALLED: name },
        timeout: 200_000,
      });
    const refusal = /pool was used in a worker[^]*if \(!inWorker\(\)\) before it/;
    const slow = programOf('slow');
    assert.equal([slow.status, slow.stderr], [0, '']);
    assert.match(slow.stdout, /^(InvalidStateError\n)?WorkerDiedError\n$/); // of the worker's program, and of the real one
    const square = programOf('square');
    assert.equal([square.status, square.stdout.replace('InvalidStateError\n', '')], [1, '16\n']);
    assert.match(square.stderr, new RegExp(`^treadle: error in ${kind} \\d+: InvalidStateError: `));
    assert.match(square.stderr, refusal);
  });
}

test('a process whose channel cannot be held or let go works, as in Bun', async () => {
  const { code, out, err } = await program(`
    import childProcess from 'node:child_process';
    import { syncBuiltinESMExports } from 'node:module';
    const { fork } = childProcess;
    childProcess.fork = (...args) => {
      const child = fork(...args);
      Object.assign(child.channel, { ref: undefined, unref: undefined });
      return child;
    };
    syncBuiltinESMExports();
    const { run } = await import('treadle');
    const { processes } = await import('treadle/workers');
    const twice = 'data:text/javascript,export const twice = (n) => 2 * n';
    run((function* () { console.log(yield* processes({ workers: 1 }).map(twice, 'twice', [1, 2])); })());`);
  assert.is(err, '');
  assert.is(out, '[ 2, 4 ]\n');
  assert.is(code, 0);
});

test.run();
