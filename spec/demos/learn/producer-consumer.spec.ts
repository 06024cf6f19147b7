// `node demos producer-consumer` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo producer-consumer');

test('the quick wait for room, each job is done once, and then the consumers are sent home', async () => {
  const ended = await demo('producer-consumer --delay 100 --virtual');
  succeeded(ended);
  printed(
    { ...ended, out: ended.out.replace(/ms {3,}/g, 'ms  ') },
    `
    Queue: two producers, two consumers, room for two jobs
     100 ms  x put in x1
     100 ms  y put in y1
     100 ms  Ada begins x1; 1 left
     100 ms  Bob begins y1; 0 left
     200 ms  x put in x2
     200 ms  y put in y2
     300 ms  x waits: the queue is full
     300 ms  y waits: the queue is full
     400 ms  Ada is done with x1
     400 ms  Ada begins x2; 1 left
     400 ms  Bob is done with y1
     400 ms  Bob begins y2; 0 left
     400 ms  x put in x3
     400 ms  y put in y3
     400 ms  every job is in the queue, or has been taken
     700 ms  Ada is done with x2
     700 ms  Ada begins x3; 1 left
     700 ms  Bob is done with y2
     700 ms  Bob begins y3; 0 left
    1000 ms  Ada is done with x3
    1000 ms  Bob is done with y3
    1000 ms  all jobs are done
    1000 ms  Ada goes home
    1000 ms  Bob goes home`,
  );
});

test('--priority: the most urgent first, and equal ones in order', async () => {
  const ended = await plainDemo('producer-consumer --priority --delay 100 --virtual');
  succeeded(ended);
  const got = ended.lines.filter(({ text }) => text.includes('got')).map(({ time, text }) => [time, text.trim()]);
  assert.equal(got, [
    [0, "got [ 1, 'put out the fire' ]"],
    [300, "got [ 1, 'call for help' ]"],
    [600, "got [ 2, 'answer' ]"],
    [900, "got [ 3, 'sweep' ]"],
    [1200, "got [ 3, 'dust' ]"],
  ]);
  assert.is(ended.texts.at(-1), 'all jobs are done');
});

test('--channel: the two sides meet, and the end comes by the channel', async () => {
  const ended = await plainDemo('producer-consumer --channel --delay 100 --virtual');
  succeeded(ended);
  const times = (what: string) => ended.lines.filter(({ text }) => text.includes(what)).map(({ time }) => time);
  assert.equal(times('send '), [100, 200, 500, 800]);
  assert.equal(times('is taken'), [100, 400, 700, 1000]); // no sender goes on before a receiver has come
  assert.equal(times('arrives'), times('is taken'));
  assert.equal(times('done with'), [400, 700, 1000, 1300]);
  assert.is(ended.texts.at(-1), 'the channel was closed, and everything is done');
});

test('on the system clock too each variant comes to its end, and never early', async () => {
  const runs: [args: string, last: string, least: number][] = [
    ['--delay 40', 'Bob goes home', 399],
    ['--delay 40 --priority', 'all jobs are done', 599],
    ['--delay 40 --channel', 'the channel was closed, and everything is done', 519],
  ];
  for (const [args, last, least] of runs) {
    const ended = await plainDemo(`producer-consumer ${args}`);
    succeeded(ended);
    const { text, time } = ended.lines.at(-1)!;
    assert.is(text.trim(), last);
    assert.ok(time >= least, `${args}: ${time} ms`);
  }
});

test.run();
