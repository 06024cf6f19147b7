// Deadlocks of which a part is in a worker: reported where they are, when neither the worker nor the program could end
// them, and never before.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh } from '../support/files.ts';
import { program } from '../support/programs.ts';
import { kinds } from '../support/workers.ts';

const jobs = JSON.stringify(new URL('./process-jobs.js', import.meta.url).href);

for (const kind of kinds) {
  const test = suite(`deadlocks in a ${kind}`);
  const ends = async (options: string, body: string) => {
    const { code, out, err } = await program(
      `
      import { readFileSync } from 'node:fs';
      import { all, allSettled, run, sleep, spawn, timeout } from 'treadle'; import { Pool } from 'treadle/workers';
      const pool = new Pool({ kind: '${kind}', workers: 1, grace: 20_000, ${options} });
      const call = (name, ...args) => pool.apply(${jobs}, name, args);
      // A file, because what a thread prints may come behind what its program prints later.
      const file = ${JSON.stringify(fresh())};
      const cleanedUp = () => process.stdout.write(readFileSync(file, 'utf8'));
      const told = (error) => console.log(error.stack.replace(/(process|thread) \\d+/, 'worker'));
      run((function* () { ${body} })(), { name: 'main' });`,
      { measured: true },
    );
    assert.equal([code, err], [0, '']);
    return out;
  };

  test('a coroutine that nothing can wake is told what it waits for, and cleans up; its worker is kept', async () =>
    assert.is(
      await ends(
        '',
        `try { yield* call('takeAndClean', file); } catch (error) { cleanedUp(); told(error); }
         const { id } = pool.workers[0];
         yield* call('put', 'a');
         console.log(yield* call('take'), pool.workers[0].id === id);`,
      ),
      'cleaned up\nDeadlockError: every task waits and nothing can wake them:\n' +
        '  <Task #1 takeAndClean waiting on letters.get()>\n    in worker\na true\n',
    ));

  test('a later call may wake it, and so may an end of the program that is near', async () =>
    assert.is(
      await ends(
        'concurrency: 2',
        `const first = yield* spawn(call('take'));
         yield* sleep(1_000);
         yield* call('put', 'b');
         console.log(yield* first);
         try { yield* timeout(2_000, call('takeAndClean', file)); } catch (error) { cleanedUp(); console.log(error.name); }`,
      ),
      'b\ncleaned up\nTimeoutError\n',
    ));

  test('what waits for a promise, or for its initializer, is told so', async () => {
    const never = `data:text/javascript,await new Promise(() => {}); export const f = () => 1;`;
    assert.is(
      await ends(
        '',
        `try { yield* call('waitForEver'); } catch (error) { told(error); }
         try { yield* pool.apply('${never}', 'f'); } catch (error) { told(error); }
         const other = new Pool({ kind: '${kind}', initializer: { module: ${jobs}, export: 'take' } });
         try { yield* other.apply(${jobs}, 'put', ['c']); } catch (error) { console.log(error.message); }`,
      ),
      'DeadlockError: waitForEver waits for a promise, and nothing is left that could settle it\n    in worker\n' +
        'DeadlockError: f waits for a promise, and nothing is left that could settle it\n    in worker\n' +
        'the initializer take failed: every task waits and nothing can wake them:\n' +
        '  <Task #1 take waiting on letters.get()>\n',
    );
  });

  test('a clean-up that waits for ever does not hold the program', async () =>
    assert.match(
      await ends(
        'concurrency: 2',
        `const [one, two] = yield* allSettled([call('cleanForEver'), call('take')]);
         console.log(one.reason.name, two.reason.name);`,
      ),
      /^DeadlockError DeadlockError\n$/,
    ));

  test('a virtual clock goes on before anything is called a deadlock', async () =>
    assert.is(
      (
        await program(
          `
          import { run, timeout } from 'treadle'; import { VirtualClock } from 'treadle/testing'; import { Pool } from 'treadle/workers';
          const pool = new Pool({ kind: '${kind}', workers: 1 });
          run((function* () { yield* timeout(3_600_000, pool.apply(${jobs}, 'take')); })(), { clock: new VirtualClock() })
            .then(undefined, (error) => console.log(error.name));`,
          { measured: true },
        )
      ).out,
      'TimeoutError\n',
    ));

  test.run();
}
