import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { Socket } from 'node:net';
import { all, cancel, fetch, forEach, map, race, run, sleep, spawn, timeout, TimeoutError } from 'treadle';
import type { Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, rejection, thrown } from '../support/errors.ts';
import { delay, eventually } from '../support/host.ts';
import { listening } from '../support/servers.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('fetch');

/** What happened to the connections of a server: `url closed`. */
interface Site {
  readonly url: string;
  readonly log: string[];
  /** Resolves when the log has this line; rejects after twenty seconds. */
  saw(line: string): Promise<void>;
}

const servers: { close(): unknown; closeAllConnections?(): void }[] = [];
const watch = (log: string[]) => async (line: string) => {
  for (let i = 0; i < 2_000; i++) {
    if (log.includes(line)) return;
    await delay(10);
  }
  throw new Error(`the server did not see '${line}', only [${log.join(', ')}]`);
};

async function site(): Promise<Site> {
  const log: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { url = '' } = request;
    log.push(`${url} asked`);
    response.on('close', () => log.push(`${url} ${response.writableFinished ? 'answered' : 'cut off'}`));
    if (url === '/text') return void response.end('a text: äöü');
    if (url === '/json') return void response.setHeader('content-type', 'application/json').end('{"a":[1,2]}');
    if (url === '/broken-json') return void response.end('{"a":');
    if (url === '/bytes') return void response.end(Buffer.from([0, 1, 255]));
    if (url === '/empty') return void response.writeHead(204).end();
    if (url === '/missing') return void response.writeHead(404).end('nothing here');
    if (url === '/moved') return void response.writeHead(302, { location: '/text' }).end();
    if (url === '/echo') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      return void request.on('end', () => response.end(`${request.method} ${request.headers['x-test']} ${body}`));
    }
    if (url.startsWith('/half')) return void response.write('the first half');
    if (url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('not all');
      return void setTimeout(() => response.destroy(), 10);
    }
    if (url === '/ticks') {
      let n = 0;
      const timer = setInterval(() => {
        response.write(`tick ${n++};`);
        if (n === 3) response.end();
      }, 10);
      return void response.on('close', () => clearInterval(timer));
    }
    if (url === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(1000)), 2);
      return void response.on('close', () => clearInterval(timer));
    }
    // Everything else hangs: no headers come.
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${await listening(server)}`, log, saw: watch(log) };
}

test.after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections?.();
  }
});

test('gives the response when its headers are there', async () => {
  const { url } = await site();
  await run(
    (function* () {
      const response = yield* fetch(`${url}/text`);
      assert.equal(
        [response.status, response.ok, response.url, response.redirected],
        [200, true, `${url}/text`, false],
      );
      assert.ok(response.headers.get('date'));
      assert.is(yield* response.text(), 'a text: äöü');
    })(),
  );
});

test('the body as text, JSON and bytes', async () => {
  const { url } = await site();
  await run(
    (function* () {
      assert.is(yield* (yield* fetch(`${url}/text`)).text(), 'a text: äöü');
      assert.equal(yield* (yield* fetch(`${url}/json`)).json<{ a: number[] }>(), { a: [1, 2] });
      const bytes = yield* (yield* fetch(`${url}/bytes`)).bytes();
      assert.instance(bytes, Uint8Array);
      assert.equal([...bytes], [0, 1, 255]);
      assert.is(yield* (yield* fetch(`${url}/empty`)).text(), '');
      assert.instance(yield* caught((yield* fetch(`${url}/broken-json`)).json()), SyntaxError);
    })(),
  );
});

test('a status such as 404 is no error', async () => {
  const { url } = await site();
  await run(
    (function* () {
      const response = yield* fetch(`${url}/missing`);
      assert.equal([response.status, response.ok, yield* response.text()], [404, false, 'nothing here']);
    })(),
  );
});

test('follows redirects, and says where it came to', async () => {
  const { url } = await site();
  await run(
    (function* () {
      const response = yield* fetch(`${url}/moved`);
      assert.equal([response.url, response.redirected, yield* response.text()], [`${url}/text`, true, 'a text: äöü']);
      const stopped = yield* fetch(`${url}/moved`, { redirect: 'manual' });
      assert.is(stopped.status, 302);
      yield* stopped.text();
    })(),
  );
});

test('takes what the platform takes: a URL, a Request, a method, headers, a body', async () => {
  const { url } = await site();
  await run(
    (function* () {
      const init = { method: 'POST', headers: { 'x-test': 'yes' }, body: 'the body' };
      for (const response of [
        yield* fetch(new URL(`${url}/echo`), init),
        yield* fetch(new Request(`${url}/echo`, init)),
      ]) {
        assert.is(yield* response.text(), 'POST yes the body');
      }
    })(),
  );
});

test('many at once', async () => {
  const { url } = await site();
  const texts = await run(
    all(
      Array.from({ length: 20 }, () =>
        (function* () {
          return yield* (yield* fetch(`${url}/text`)).text();
        })(),
      ),
    ),
  );
  assert.is(new Set(texts).size, 1);
});

test('one effect may be yielded again: another request', async () => {
  const { url, log } = await site();
  await run(
    (function* () {
      const effect = fetch(`${url}/text`);
      for (const response of [yield* effect, yield* effect]) yield* response.text();
    })(),
  );
  assert.is(log.filter((line) => line === '/text asked').length, 2);
});

// ---- cancellation

test('cancelled while waiting for the headers, the server sees the connection close', async () => {
  const { url, log, saw } = await site();
  await run(
    (function* () {
      const task = yield* spawn(fetch(`${url}/hang`));
      yield saw('/hang asked');
      assert.equal(log, ['/hang asked']);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
      yield saw('/hang cut off');
    })(),
  );
});

test('cancelled while reading the body, the server sees the connection close', async () => {
  const { url, saw } = await site();
  for (const kind of ['text', 'json', 'bytes'] as const) {
    await run(
      (function* () {
        const task = yield* spawn(
          (function* () {
            const response = yield* fetch(`${url}/half-${kind}`);
            yield* response[kind]() as Effect<unknown>;
          })(),
        );
        yield saw(`/half-${kind} asked`);
        yield* sleep(30);
        assert.match(String(task.waitingOn), new RegExp(`response\\.${kind}\\(\\)`));
        yield* cancel(task);
        yield saw(`/half-${kind} cut off`);
      })(),
    );
  }
});

test('cancelled while connecting, the task is over at once and no request is sent', async () => {
  // A server that takes the connection and answers the greeting of TLS only late. (Node's own fetch, when it is
  // aborted at this point, keeps the socket until its connect time-out of 10 s: that is out of our hands.)
  const log: string[] = [];
  const sockets: Socket[] = [];
  const server = createRawServer((socket) => {
    sockets.push(socket);
    log.push('connected');
    socket.on('error', () => {});
    socket.resume();
  });
  servers.push(server);
  const port = await listening(server);
  const saw = watch(log);
  try {
    await run(
      (function* () {
        const task = yield* spawn(fetch(`https://127.0.0.1:${port}/`));
        yield saw('connected');
        const start = performance.now();
        yield* cancel(task);
        assert.is(task.state, 'cancelled');
        assert.ok(performance.now() - start < 5_000);
      })(),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('cancelled in the turn in which it starts, no request is left', async () => {
  const { url, log } = await site();
  await run(
    (function* () {
      const task = yield* spawn(fetch(`${url}/hang`));
      yield* sleep(0);
      yield* sleep(0);
      yield* cancel(task);
      yield* sleep(50);
    })(),
  );
  assert.ok(log.length === 0 || log.includes('/hang cut off'), log.join());
});

test('a time limit and a lost race close the connection, too', async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      assert.instance(yield* caught(timeout(30, fetch(`${url}/hang-1`))), TimeoutError);
      yield saw('/hang-1 cut off');
      const won = yield* race([
        fetch(`${url}/hang-2`),
        (function* () {
          yield saw('/hang-2 asked');
          return 'winner';
        })(),
      ]);
      assert.is(won, 'winner');
      yield saw('/hang-2 cut off');
    })(),
  );
});

test('a response that comes in the turn of the cancellation is given up: the request is aborted', async () => {
  const { fetch: native } = globalThis;
  try {
    for (let depth = 0; depth < 12; depth++) {
      let answer!: (response: Response) => void;
      let signal: AbortSignal | undefined;
      const answered = new Promise<Response>((resolve) => {
        answer = resolve;
      });
      globalThis.fetch = ((_: unknown, init: RequestInit) => {
        signal = init.signal!;
        return answered;
      }) as typeof globalThis.fetch;
      let taken = false;
      const task = run(
        (function* () {
          yield* fetch('http://127.0.0.1/');
          taken = true;
        })(),
      );
      await eventually(() => signal !== undefined);
      let chain: Promise<unknown> = answered;
      for (let i = 0; i < depth; i++) chain = chain.then(() => {});
      chain.then(() => task.cancel());
      answer(new Response('body'));
      await Promise.allSettled([task]);
      assert.ok(
        taken || signal!.aborted,
        `cancelled ${depth} microtasks after the answer: nobody has the response, and the request was not aborted`,
      );
    }
  } finally {
    globalThis.fetch = native;
  }
});

test('a body that is whole in the turn of the cancellation disturbs nobody', async () => {
  const { url } = await site();
  await run(
    (function* () {
      for (let ms = 0; ms < 5; ms++) {
        const task = yield* spawn(
          (function* () {
            return yield* (yield* fetch(`${url}/text`)).text();
          })(),
        );
        yield* sleep(ms);
        yield* cancel(task);
        assert.ok(task.state === 'cancelled' || task.state === 'succeeded');
      }
    })(),
  );
});

// ---- the body in chunks

const decode = (chunk: Uint8Array) => new TextDecoder().decode(chunk);

test('chunks come as the server sends them', async () => {
  const { url } = await site();
  const text = await run(
    (function* () {
      const response = yield* fetch(`${url}/ticks`);
      const chunks = yield* map(
        response.chunks(),
        function* (chunk) {
          assert.instance(chunk, Uint8Array);
          return decode(chunk);
        },
        { concurrency: 1 },
      );
      assert.ok(chunks.length > 1);
      return chunks.join('');
    })(),
  );
  assert.is(text, 'tick 0;tick 1;tick 2;');
});

test('a body that is empty has no chunks', async () => {
  const { url } = await site();
  await run(
    (function* () {
      assert.equal(yield* map((yield* fetch(`${url}/empty`)).chunks(), () => sleep(0)), []);
    })(),
  );
});

test('chunks that are left early, by an error or by cancellation, close the connection', async () => {
  for (const how of ['error', 'cancellation']) {
    const { url, saw } = await site();
    await run(
      (function* () {
        const response = yield* fetch(`${url}/endless`);
        let count = 0;
        const task = yield* spawn(
          caught(
            forEach(
              response.chunks(),
              function* () {
                if (++count === 3 && how === 'error') throw 'enough';
              },
              { concurrency: 1 },
            ),
          ),
        );
        if (how === 'error') assert.is(yield* task, 'enough');
        else {
          yield* sleep(30);
          yield* cancel(task);
          assert.ok(count > 0);
        }
        yield saw('/endless cut off');
      })(),
    );
  }
});

test('cancelled while no chunk comes, the connection is closed', async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      const response = yield* fetch(`${url}/half`);
      const task = yield* spawn(forEach(response.chunks(), () => sleep(0)));
      yield* sleep(30);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
      yield saw('/half cut off');
    })(),
  );
});

test('chunks can be left by hand: for await ... break releases the connection', async () => {
  const { url, saw } = await site();
  const response = await run(fetch(`${url}/endless`));
  for await (const chunk of response.chunks()) {
    assert.ok(chunk.length > 0);
    break;
  }
  await saw('/endless cut off');
});

test('discard gives the body up: the connection is closed', async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      (yield* fetch(`${url}/half`)).discard();
      yield saw('/half cut off');
    })(),
  );
});

test('a body that is read twice, in whatever ways, is an error that says so', async () => {
  const { url } = await site();
  await run(
    (function* () {
      for (const first of ['text', 'chunks'] as const) {
        for (const second of ['text', 'json', 'bytes', 'chunks'] as const) {
          const response = yield* fetch(`${url}/text`);
          const read = (kind: typeof second) =>
            kind === 'chunks' ?
              (function* () {
                yield* forEach(response.chunks(), () => sleep(0));
              })()
            : (response[kind]() as Effect<unknown>);
          yield read(first);
          const error = yield* caught(read(second));
          assert.match(String(error.message), /read (already|once)|once/, `${first}, then ${second}: ${error}`);
        }
      }
    })(),
  );
});

// ---- errors

test('a network error is the TypeError of the platform, with its cause', async () => {
  const server = createRawServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const error = await rejection(run(fetch(`http://127.0.0.1:${port}/`)));
  assert.instance(error, TypeError);
  assert.is((error.cause as { code?: string }).code, 'ECONNREFUSED');
});

test('a connection that breaks in the body is an error where the body is read', async () => {
  const { url } = await site();
  await run(
    (function* () {
      const response = yield* fetch(`${url}/cut`);
      assert.instance(yield* caught(response.text()), Error);
    })(),
  );
});

test('an address that is none is an error that can be caught', async () => {
  await run(
    (function* () {
      assert.instance(yield* caught(fetch('not an address')), TypeError);
    })(),
  );
});

test("the caller's own signal aborts it, with its reason; it is an error, not a cancellation", async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      const controller = new AbortController();
      const task = yield* spawn(caught(fetch(`${url}/hang`, { signal: controller.signal })));
      yield saw('/hang asked');
      const reason = new Error('changed my mind');
      controller.abort(reason);
      assert.is(yield* task, reason);
      yield saw('/hang cut off');
      assert.is(yield* caught(fetch(`${url}/text`, { signal: AbortSignal.abort(reason) })), reason);
    })(),
  );
});

test("the caller's own signal aborts the body, too; and beside it cancellation still works", async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      const controller = new AbortController();
      const response = yield* fetch(`${url}/half-1`, { signal: controller.signal });
      const reading = yield* spawn(caught(response.text()));
      yield* sleep(10);
      controller.abort();
      assert.is((yield* reading).name, 'AbortError');
      yield saw('/half-1 cut off');
      const task = yield* spawn(fetch(`${url}/hang`, { signal: new AbortController().signal }));
      yield saw('/hang asked');
      yield* cancel(task);
      yield saw('/hang cut off');
    })(),
  );
});

test("the signal of a Request is the caller's own signal, too", async () => {
  const { url, saw } = await site();
  await run(
    (function* () {
      const controller = new AbortController();
      const task = yield* spawn(caught(fetch(new Request(`${url}/hang`, { signal: controller.signal }))));
      yield saw('/hang asked');
      controller.abort();
      const ended = yield* race([
        task,
        (function* () {
          yield* sleep(500);
          return 'not aborted';
        })(),
      ]);
      assert.is(String((ended as Error).name ?? ended), 'AbortError');
    })(),
  );
});

test('under runSync it is an error that says so', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* fetch('http://127.0.0.1:1/');
    }),
  );
  assert.match(error.message, /runSync/);
  assert.match(error.message, /use run/);
});

for (const wrong of [undefined, null, 5, {}]) {
  test(`fetch(${String(wrong)}) is a TypeError, at the latest where it is yielded`, async () => {
    await run(
      (function* () {
        try {
          yield* fetch(wrong as never);
        } catch (error) {
          return void assert.instance(error, TypeError);
        }
        assert.unreachable();
      })(),
    );
  });
}

test('they print as they were written', async () => {
  const { url } = await site();
  assert.is(String(fetch('http://localhost/')), "fetch('http://localhost/')");
  await run(
    (function* () {
      const response = yield* fetch(`${url}/text`);
      assert.is(`${response}`, `<Response 200 ${url}/text>`);
      assert.is(String(response.text()), 'response.text()');
      yield* response.text();
    })(),
  );
});

test.run();
