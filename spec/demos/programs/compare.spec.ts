// `node demos compare` as a person runs it, to its end and interrupted. Its server is a process of its own. If that
// does not answer any more, the processes are gone.
import { availableParallelism } from 'node:os';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, patiently, plainDemo, succeeded } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const ways = ['one by one', 'threads', 'processes', 'coroutines', 'coroutines in processes'];

/** The port of the server that the demo names. */
const portIn = (out: string) => Number(/127\.0\.0\.1:(\d+)/.exec(out)?.[1]);

const refused = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });

const test = suite('demo compare');

test('makes the same requests in five ways: a table, and bars in its order', async () => {
  let port = 0;
  await patiently(
    (factor) => demo(`compare --requests 24 --delay ${100 * factor} --workers 3`),
    (ended, factor) => (look(ended, factor), (port = portIn(ended.out))),
  );
  assert.ok(await refused(port), 'the server is still there');
});

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const { out } = ended;
  const rows = [...out.matchAll(/^(\S.*?) {2,}(\d+|-) +(\d+) +(-|\d+\.\d+ s) +(\d+\.\d+) s +(\d+) MB$/gm)].map(
    (match) => match.slice(1),
  );
  assert.equal(
    rows.map(([name]) => name),
    ways,
  );
  const cores = String(availableParallelism());
  assert.equal(
    rows.map(([, workers]) => workers),
    ['-', '3', '3', '-', cores],
  );
  assert.equal(
    rows.map(([, , atOnce]) => Number(atOnce)),
    [1, 3, 3, 24, 24],
  );
  assert.equal(
    rows.map(([, , , start]) => start === '-'),
    [true, false, false, true, false],
  );
  const [inTurn, threads, processes, coroutines, both] = rows.map((row) => Number(row[4])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  // The server is never early: so many rounds of that at least.
  assert.ok(inTurn >= 2.4 * factor, `one by one: ${inTurn} s`);
  assert.ok(threads >= 0.8 * factor && processes >= 0.8 * factor, `threads ${threads} s, processes ${processes} s`);
  assert.ok(coroutines >= 0.1 * factor && both >= 0.1 * factor, `coroutines ${coroutines} s, in processes ${both} s`);
  assert.ok(coroutines < inTurn / 3, `coroutines ${coroutines} s, one by one ${inTurn} s`);

  const bars = [...out.matchAll(/^(\S.*?) +(░*)(█+|▏) (\d+\.\d+) s$/gm)].map((match) => match.slice(1));
  assert.equal(
    bars.map(([name]) => name),
    ways,
  );
  assert.is(Math.max(...bars.map(([, start, requests]) => (start + requests!).length)), 40);
}

test('asks only as many at once as there are requests, whatever the number of workers', async () => {
  const { code, out } = await plainDemo('compare --requests 1 --delay 10 --workers 2');
  assert.is(code, 0);
  assert.equal(numbers(out, /^\S.*? {2,}(?:\d+|-) +(\d+) +\S+(?: s)? +\S+ s +\d+ MB$/gm).flat(), [1, 1, 1, 1, 1]);
});

for (const [moment, pattern, signal, expected] of [
  ['while it asks one by one', /workers {2}at once/, 'SIGINT', 130],
  ['while there are workers', /\none by one /, 'SIGTERM', 143],
] as const) {
  test(`${signal} ${moment} ends all processes`, async () => {
    let sent = false;
    const { code, out, err } = await plainDemo('compare --requests 10 --delay 100 --workers 2', (out, { child }) => {
      if (!sent && pattern.test(out)) (setTimeout(() => child.kill(signal), 200), (sent = true));
    });
    assert.is(code, expected);
    assert.is(err, '');
    assert.not.match(out, '█');
    assert.ok(await refused(portIn(out)), 'the server is still there');
  });
}

test.run();
