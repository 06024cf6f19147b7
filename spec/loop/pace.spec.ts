// The pace: when the loop looks at the time, and when a slice is over. In time that the spec makes.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pace } from '../../lib/loop/pace.ts';

const test = suite('pace');

const { now: realNow } = performance;
let time = 0;
test.before.each(() => {
  time = 0;
  performance.now = () => time;
});
test.after.each(() => {
  performance.now = realNow;
});

/** Runs strides whose steps take `cost` ms each, until the slice is over; gives their lengths. */
function slice(pace: Pace, cost: number, budget = 1): number[] {
  const strides: number[] = [];
  for (; budget > 0; budget = pace.look()) {
    strides.push(budget);
    time += budget * cost;
  }
  return strides;
}

/** A new turn of the host; then a slice. */
function turn(pace: Pace, cost: number): number[] {
  pace.begin(time);
  return slice(pace, cost);
}

test('quick steps are looked at less and less often, up to each 64th', () => {
  const strides = turn(new Pace(), 0.001);
  assert.equal(strides, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
});

test('a slice is over when it has lasted a quarter of a millisecond', () => {
  turn(new Pace(), 0.001);
  assert.ok(time >= 0.25 && time < 0.25 + 0.064, `${time}`);
});

test('a slice of fewer than 32 steps goes on for 4 ms', () => {
  assert.equal(turn(new Pace(), 0.5), [1, 2, 4, 8]);
  assert.equal(turn(new Pace(), 4), [1]);
  assert.equal(turn(new Pace(), 0.01), [1, 2, 4, 8, 16, 32]);
});

test('of a loop that has just been started the first look only tells the time', () => {
  const pace = new Pace();
  time = 1_000;
  assert.equal(slice(pace, 5), [1, 1]);
  pace.begin();
  time = 2_000;
  assert.equal(slice(pace, 5), [1, 1]);
});

test('each turn of the host begins with one step', () => {
  const pace = new Pace();
  for (let i = 0; i < 3; i++) assert.is(turn(pace, 0.001)[1], 2);
});

/** A slice that begins with so many quick steps and goes on with slow ones. */
function surprise(pace: Pace, quick: number): number {
  pace.begin(time);
  let slow = 0;
  for (let budget = 1; budget > 0; budget = pace.look()) {
    for (let step = 0; step < budget; step++) {
      if (quick-- > 0) time += 0.0001;
      else {
        time += 5;
        slow++;
      }
    }
  }
  return slow;
}

test('a loop that was caught out by a slow stride looks after each step', () => {
  const pace = new Pace();
  assert.is(surprise(pace, 63), 64);
  assert.is(surprise(pace, 63), 1);
  assert.is(surprise(pace, 63), 1);
});

test('and looks less often again with each long slice without slow steps', () => {
  const pace = new Pace();
  surprise(pace, 63);
  const longest = Array.from({ length: 8 }, () => Math.max(...turn(pace, 0.001)));
  assert.equal(longest, [1, 2, 4, 8, 16, 32, 64, 64]);
});

test('the time until the host has its turn is no slow stride, and none of the slice', () => {
  const pace = new Pace();
  turn(pace, 0.001);
  time += 1_000;
  assert.equal(turn(pace, 0.001), [1, 2, 4, 8, 16, 32, 64, 64, 64]);
});

test.run();
