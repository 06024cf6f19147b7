// A post office. Somebody asks for a letter that is not written yet.
import { cancel, coroutine, fetch, join, Queue, runSync, sleep, spawn } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { intercept } from 'treadle/testing';

const letters = new Queue<string>(Infinity, { name: 'letters' });
const visitors = new Queue<Visitor>(Infinity, { name: 'visitors' });

/** In the place of the network: a request is a visitor, who is given an answer. */
interface Visitor {
  readonly path: string;
  readonly answers: Queue<string>;
}

const network = coroutine('network', function* ({ payload }: Effect<unknown>) {
  const [url] = payload as [string];
  const visitor = { path: new URL(url).pathname, answers: new Queue<string>(1, { name: 'answers' }) };
  yield* sleep(5); // the way there
  visitors.putNowait(visitor);
  const text = yield* visitor.answers.get();
  yield* sleep(5); // and back
  return text;
});

function* serve({ path, answers }: Visitor) {
  const [, what, letter = ''] = path.split('/');
  if (what === 'read') answers.putNowait(yield* letters.get());
  else {
    yield* letters.put(letter);
    answers.putNowait('thank you');
  }
}

function* office() {
  for (;;) yield* spawn(serve(yield* visitors.get()), { name: 'serve' });
}

function* visit(url: string): Coroutine<string> {
  const text: unknown = yield* fetch(url);
  return String(text);
}

function* reader(url: string) {
  console.log('the reader asks for a letter');
  console.log(`the reader has a letter: ${yield* visit(`${url}/read`)}`);
}

function* main() {
  const url = 'http://127.0.0.1:8000';
  const opened = yield* spawn(office(), { name: 'office' });
  const reading = yield* spawn(reader(url), { name: 'reader' });
  yield* sleep(20);
  console.log('the writer brings one');
  yield* visit(`${url}/write/hello`);
  yield* join(reading);
  yield* cancel(opened);
}

runSync(intercept({ fetch: network }, main()), { name: 'main' });
