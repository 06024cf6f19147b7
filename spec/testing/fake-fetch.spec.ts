import { all, fetch, forEach, fromAsyncIterable, now, retry, run, runSync } from 'treadle';
import type { Coroutine, FetchResponse } from 'treadle';
import { fakeFetch, intercept } from 'treadle/testing';
import type { FakeAnswer } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('fakeFetch');

const with_ = <T>(answers: Record<string, FakeAnswer>, work: () => Coroutine<T>) =>
  intercept({ fetch: fakeFetch(answers) }, work());

test('answers as the real fetch does: status, headers, address and body', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const answers = {
    'http://localhost/a': 'a text',
    'POST /jobs': { status: 201, statusText: 'Created', headers: { 'x-id': '7' }, json: { id: 7 } },
    '/bytes': { bytes },
    '/gone': { status: 404 },
  };
  function* main(): Coroutine<void> {
    const a = yield* fetch('http://localhost/a');
    assert.equal([a.status, a.ok, a.url, a.redirected], [200, true, 'http://localhost/a', false]);
    assert.is(a.headers.get('content-type'), 'text/plain;charset=UTF-8');
    assert.is(`${a}`, '<Response 200 http://localhost/a>');
    assert.is(yield* a.text(), 'a text');
    const job = yield* fetch(new URL('http://localhost/jobs'), { method: 'post', body: 'x' });
    assert.equal([job.status, job.statusText, job.headers.get('x-id')], [201, 'Created', '7']);
    assert.is(job.headers.get('content-type'), 'application/json');
    assert.equal(yield* job.json(), { id: 7 });
    const raw = yield* fetch(new Request('http://other/bytes?x=1'));
    assert.equal(yield* raw.bytes(), bytes);
    const gone = yield* fetch('/gone');
    assert.equal([gone.ok, yield* gone.text()], [false, '']);
  }
  runSync(with_(answers, main));
});

test('a body is read once, in pieces too, also in runSync', () => {
  function* main(): Coroutine<string> {
    const response: FetchResponse = yield* fetch('/a');
    let text = '';
    yield* forEach(response.chunks(), function* (piece) {
      text += new TextDecoder().decode(piece) + '|';
    });
    assert.throws(() => response.chunks(), /was read already/);
    try {
      yield* response.text();
    } catch (error) {
      text += (error as Error).message;
    }
    return text;
  }
  const answers = { '/a': { chunks: ['one', new TextEncoder().encode('two')] } };
  assert.match(runSync(with_(answers, main)), /^one\|two\|the body of .* was read already/);
});

test('pieces are an async iterable as well, and a body can be given up', () => {
  function* main(): Coroutine<unknown> {
    const channel = yield* fromAsyncIterable((yield* fetch('/a')).chunks());
    const piece = yield* channel.receive();
    const given = yield* fetch('/a');
    given.discard();
    let error: unknown;
    try {
      yield* given.json();
    } catch (caught) {
      error = caught;
    }
    return [(piece.value as Uint8Array).length, String(error)];
  }
  return run(with_({ '/a': 'abc' }, main)).then((got) => {
    const [length, error] = got as [number, string];
    assert.is(length, 3);
    assert.match(error, 'was read already');
  });
});

test('delays pass on the loop’s clock, and errors are the platform’s', () => {
  const own = new RangeError('mine');
  const answers = {
    '/slow': { text: 'x', delay: 60_000 },
    '/down': { error: 'ECONNREFUSED', delay: 5 },
    '/own': { error: own },
  };
  function* main(): Coroutine<unknown[]> {
    const got: unknown[] = [];
    yield* fetch('/slow');
    got.push(yield* now());
    for (const path of ['/down', '/own']) {
      try {
        yield* fetch(path);
      } catch (error) {
        got.push(error);
      }
    }
    return got;
  }
  const [time, down, mine] = runSync(with_(answers, main)) as [number, TypeError, Error];
  assert.is(time, 60_000);
  assert.ok(down instanceof TypeError && down.message === 'fetch failed');
  assert.is((down.cause as Error).message, 'ECONNREFUSED');
  assert.is(mine, own);
});

test('an array is one reply after the other, and a function is asked each time', () => {
  const answers: Record<string, FakeAnswer> = {
    '/flaky': [{ error: 'ECONNRESET' }, { status: 503 }, 'at last'],
    '/echo': ({ method, url, body, headers }) => `${method} ${url.search} ${body} ${headers.get('a')}`,
  };
  function* main(): Coroutine<unknown> {
    const text = yield* retry(
      function* () {
        const response = yield* fetch('/flaky');
        if (!response.ok) throw new Error(`${response.status}`);
        return yield* response.text();
      },
      { attempts: 5, delay: 10 },
    );
    const again = yield* (yield* fetch('/flaky')).text();
    const echo = yield* fetch('/echo?q=1', { method: 'PUT', body: 'b', headers: { a: 'c' } });
    return [text, again, yield* echo.text()];
  }
  assert.equal(runSync(with_(answers, main)), ['at last', 'at last', 'PUT ?q=1 b c']);
});

test('the name that tells most wins, and one without a method stands for all', () => {
  const answers = { '/a': 'any', 'GET /a': 'get', '/a?x=1': 'query', 'http://one': 'root' };
  function* main(): Coroutine<unknown> {
    const responses = yield* all([
      fetch('/a'),
      fetch('/a', { method: 'HEAD' }),
      fetch('/a?x=1', { method: 'PUT' }),
      fetch('/a?y=1'),
      fetch('http://one'),
    ]);
    return yield* all(responses.map((response) => response.text()));
  }
  assert.equal(runSync(with_(answers, main)), ['get', 'any', 'query', 'get', 'root']);
});

test('an address that is not known is an error that lists those that are', () => {
  function* main(): Coroutine<void> {
    yield* fetch('http://localhost/c', { method: 'DELETE' });
  }
  assert.throws(
    () => runSync(with_({ '/a': 'x', 'POST /b': 'y' }, main)),
    /no answer for DELETE http:\/\/localhost\/c; it knows \/a, POST \/b$/,
  );
  assert.throws(() => runSync(with_({}, main)), /it knows nothing/);
});

test('an aborted signal is thrown before and after the delay', () => {
  const controller = new AbortController();
  function* main(): Coroutine<void> {
    controller.abort(new RangeError('gone'));
    yield* fetch('/a', { signal: controller.signal });
  }
  assert.throws(() => runSync(with_({ '/a': 'x' }, main)), /gone/);
});

test('what is no answer is refused at the call', () => {
  const refused = (answers: unknown, message: RegExp) =>
    assert.throws(
      () => fakeFetch(answers as never),
      (error: unknown) => (error instanceof TypeError || error instanceof RangeError) && message.test(error.message),
    );
  refused(undefined, /^fakeFetch takes an object of answers by address/);
  for (const name of ['a', 'post /a', 'localhost/a', 'POST a', ''])
    refused({ [name]: 'x' }, /^fakeFetch takes addresses such as '\/a', 'http:\/\/localhost\/a' and 'POST \/a', not '/);
  refused({ '/a': 5 }, /^fakeFetch, for \/a, takes a text, a reply, an array or a function, not 5/);
  refused({ '/a': [] }, /its array is empty/);
  refused({ '/a': { txt: 'x' } }, /knows no field 'txt' of a reply, for \/a/);
  refused({ '/a': { text: 'x', delay: -1 } }, /^the delay for \/a takes 0 or more milliseconds, not -1/);
  const late = (answer: unknown) => () =>
    runSync(
      with_({ '/a': () => answer as never }, function* () {
        yield* fetch('/a');
      }),
    );
  assert.throws(
    late(() => 1),
    /the function for \/a gave a function/,
  );
  assert.throws(late(7), /not 7/);
});

test.run();
