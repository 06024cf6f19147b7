// A short form of the soak. A minute of it, or as long as one likes:
// TREADLE_SOAK_SECONDS=60 node .build/spec.mjs spec/distributed/soak.spec.ts
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import { soak } from './soak.ts';

const test = suite('machines on which everybody is killed at random');
const missing = whyNoRedis();
const seconds = Number(process.env['TREADLE_SOAK_SECONDS'] ?? 1.5);

if (missing === undefined)
  test('nothing is lost, nobody is left, and memory does not grow', async () => {
    const redis = await redisServer();
    const { results, wrong, deeds, memory, queued, left } = await run(soak(redis, seconds));
    const [half, whole] = memory as [(typeof memory)[0], (typeof memory)[0]];
    const list = Object.entries(deeds).map(([name, count]) => `${name} ${count}`);
    console.log(`note: ${seconds} s, ${results} results; ${list.join(', ')}`);
    console.log(
      `note: MB in the middle and at the end: caller ${half.caller}, ${whole.caller}; Redis ${half.server}, ${whole.server}`,
    );
    assert.equal(wrong, []);
    assert.ok(results > 0);
    assert.equal(left, []);
    assert.is(queued, 0);
    assert.ok(whole.caller < half.caller + 10 && whole.server < half.server + 10, JSON.stringify(memory));
    await redis.stop();
  });
else test.skip(`nothing is lost (${missing})`, () => {});

test.run();
