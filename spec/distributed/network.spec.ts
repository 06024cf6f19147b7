// Hosts with addresses of their own, one of which is cut off in the middle of a map: nothing tells it, or the server,
// that the other one is not there any more.
import { cancel, spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, LEASE, machinesOf } from '../support/hosts.ts';
import { Star, whyNoNetworks } from '../support/networks.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import { coroutines, until, within } from '../support/workers.ts';

const test = suite('a host that is cut off');
const missing = whyNoRedis() ?? whyNoNetworks();
if (missing === undefined) {
  test('a map has the same results, in order; what the host ran there ends; it serves again when the cable is back', async () => {
    const star = new Star(['near', 'far']);
    const redis = await redisServer({ host: '0.0.0.0', prefix: star.on('middle') });
    const url = (name: string) => `redis://${star.addresses.get(name)}:${redis.port}`;
    const [far] = await hosts(redis, 1, { lease: LEASE, url: url('far'), prefix: star.on('far') });
    await within(function* () {
      const pool = machinesOf(redis, { url: redis.socket, inFlight: 16, retries: 3, lease: LEASE });
      const abandoned = fresh();
      const patient = yield* spawn(pool.apply(coroutines, 'patient', [abandoned]));
      yield* untilLine(abandoned, 'started');
      const [near] = (yield hosts(redis, 1, { lease: LEASE, url: url('near'), prefix: star.on('near') })) as Awaited<
        ReturnType<typeof hosts>
      >;
      const file = fresh();
      const items = Array.from({ length: 400 }, (_, x) => ({ file, x, ms: 10 }));
      const task = yield* spawn(pool.map<number>(farJobs, 'step', items));
      yield* until(() => lines(file).length > 100);
      star.cut('far');
      const cut = performance.now();
      assert.equal(
        yield* task,
        items.map(({ x }) => x * x),
      );
      console.log(`note: with one of two hosts cut off, 400 results after ${Math.round(performance.now() - cut)} ms`);
      const ran = lines(file).map((line) => Number(line.split(' ')[0]));
      assert.ok(ran.length - new Set(ran).size <= 16, 'no more ran twice than were on their way');
      // It was taken over, and the host that is cut off has noticed by itself.
      yield* untilLine(abandoned, 'clean');
      star.plug('far');
      yield* cancel(patient);
      const seen = new Set<number>();
      while (seen.size < 2)
        for (const pid of yield* pool.map<number>(farJobs, 'host', [5, 5, 5, 5, 5, 5, 5, 5])) seen.add(pid);
      yield Promise.all([end(near!), end(far!)]);
    });
    await redis.stop();
    star.remove();
  });
} else test.skip(`a map on machines of which one is cut off (${missing})`, () => {});

test.run();
