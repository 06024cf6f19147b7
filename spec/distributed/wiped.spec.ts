// A server that is started again without its data in the middle of a map: nothing of the calls is left in it. Those that
// may be tried again are sent again, the others have an error, and none waits in silence.
import { spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines } from '../support/files.ts';
import { end, farJobs, hosts, LEASE, machinesOf } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import { jobs, until, within } from '../support/workers.ts';

const test = suite('a server that has lost its data');
const missing = whyNoRedis();

if (missing === undefined)
  test('a map with retries has all its results; without, each call has its result or an error that says so', async () => {
    const redis = await redisServer({ persistent: false });
    const [host] = (await hosts(redis, 1, { lease: LEASE })) as [Running];
    await within(function* () {
      const file = fresh();
      const items = Array.from({ length: 100 }, (_, x) => ({ file, x, ms: 50 }));
      const again = yield* spawn(machinesOf(redis, { retries: 1, inFlight: 32 }).map<number>(farJobs, 'step', items));
      const once = machinesOf(redis, { inFlight: 32 });
      const other = fresh();
      const others = items.map((item) => ({ ...item, file: other }));
      const settled = yield* spawn(once.mapSettled<number>(farJobs, 'step', others));
      yield* until(() => lines(file).length > 20 && lines(other).length > 20);
      yield redis.restart();
      assert.equal(
        yield* again,
        items.map(({ x }) => x * x),
      );
      const results = yield* settled;
      const lost = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
      for (const error of lost) {
        assert.equal([error.name, (error as { code?: string }).code], ['MachinesError', 'lost']);
        assert.match(error.message, /step\(.*\) is lost: the server has no trace of it \(was it restarted\?\)/);
      }
      assert.ok(lost.length > 0 && lost.length <= 32, `${lost.length} of those that were under way`);
      for (const [x, one] of results.entries()) if (one.status === 'fulfilled') assert.is(one.value, x * x);
      const ran = lines(other).map((line) => line.split(' ')[0]);
      assert.is(new Set(ran).size, ran.length, 'without retries nothing is started twice');
      assert.is(yield* once.apply(jobs, 'square', [3]), 9);
      console.log(`note: a server without its data: of 100 calls without retries, ${lost.length} were lost`);
    });
    await end(host);
    await redis.stop();
  });
else test.skip(`its calls end all the same (${missing})`, () => {});

test.run();
