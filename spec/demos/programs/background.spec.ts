// `node demos background` as a person runs it, to its end and interrupted: no job is lost either way.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, succeeded } from '../../support/demo.ts';

interface Told {
  readonly answered: number[];
  readonly done: number[];
  /** Jobs that were accepted and those that were done when the server closed. */
  readonly closing: readonly [accepted: number, done: number];
}

function read(out: string): Told {
  const ids = (pattern: RegExp) =>
    numbers(out, pattern)
      .map(([id]) => id!)
      .sort((a, b) => a - b);
  const [[accepted, done] = []] = numbers(out, /THE SERVER IS CLOSED: (\d+) jobs accepted, (\d+) done/g);
  const told = {
    answered: ids(/job (\d+): 202 accepted/g),
    done: ids(/job (\d+) is done/g),
    closing: [accepted!, done!] as const,
  };
  assert.match(out, `worked     on ${told.done.length} jobs`);
  assert.match(
    out,
    `accepted   ${accepted} jobs, lost 0; process.exit() at closing time would have lost ${accepted! - done!}\n`,
  );
  return told;
}

/** The milliseconds of the slowest answer and of the slowest job. */
function slowest(out: string): readonly [answer: number, work: number] {
  const [[answer] = []] = numbers(out, /^answered +\d+ requests, the slowest after (\d+) ms/gm);
  const [[work] = []] = numbers(out, /^worked .* the slowest done (\d+) ms/gm);
  return [answer!, work!];
}

/**
 * Runs the demo to its end. If the machine was so busy that an answer took as long as a job does at least, nothing can
 * be said about the order of the two, and the demo is run again, with more time for everything.
 */
async function unhurried(): Promise<string> {
  for (let attempt = 1, factor = 1; ; attempt++, factor *= 3) {
    const ended = await demo(`background --seconds ${factor} --pause ${80 * factor} --work ${400 * factor}`);
    succeeded(ended);
    const { closing } = read(ended.out);
    if ((slowest(ended.out)[0] < 200 * factor && closing[0] >= 6) || attempt === 4) return ended.out;
  }
}

const test = suite('demo background');

test('answers before it works, and is over when all the work is done', async () => {
  const out = await unhurried();
  const {
    answered,
    done,
    closing: [accepted, before],
  } = read(out);
  assert.equal(
    done,
    Array.from({ length: accepted }, (_, i) => i + 1),
  );
  assert.equal(answered, done);
  assert.ok(accepted >= 6, out);
  assert.ok(before < accepted, 'there was work left to do');
  for (const id of answered) {
    assert.ok(out.indexOf(`job ${id}: 202 accepted`) < out.indexOf(`job ${id} is done`), `job ${id}`);
  }
  const [answer, work] = slowest(out);
  assert.ok(work >= 400 && answer < work, `answers ${answer}, work ${work}`);
});

test('a job that fails is tried again', async () => {
  let sent = false;
  const { out } = await demo('background --seconds 60 --pause 50 --work 50', (out, { child }) => {
    if (!sent && out.includes('job 4 is done') && out.includes('job 5 is done')) sent = child.kill('SIGINT');
  });
  assert.match(out, /job 4 failed and will be tried again\n[^]*job 4 is done/);
  assert.not.match(out, 'job 5 failed');
  read(out);
});

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} closes the server, and what was accepted is done`, async () => {
    let sent = false;
    const { code, out, err } = await demo('background --seconds 60 --pause 50 --work 500', (out, { child }) => {
      if (!sent && out.includes('job 6: 202')) sent = child.kill(signal);
    });
    assert.is(code, expected);
    assert.is(err, '');
    const {
      answered,
      done,
      closing: [accepted, before],
    } = read(out);
    assert.is(done.length, accepted);
    assert.ok(before < accepted, 'there was work left to do');
    assert.equal(
      answered.filter((id) => !done.includes(id)),
      [],
      'answered and not done',
    );
    assert.not.match(out.split('THE SERVER IS CLOSED')[1]!, ': 202');
  });
}

test('a second Ctrl-C does not wait for the jobs', async () => {
  let sent = 0;
  const { code, out } = await demo('background --seconds 60 --work 60000', (out, { child }) => {
    for (const [i, text] of ['job 3: 202', 'THE SERVER IS CLOSED'].entries()) {
      if (sent === i && out.includes(text)) sent += Number(child.kill('SIGINT'));
    }
  });
  assert.is(code, 130);
  assert.not.match(out, 'is done');
});

test.run();
