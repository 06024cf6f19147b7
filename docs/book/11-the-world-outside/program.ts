// A post office on the network. Somebody asks for a letter that is not written yet.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cancel, join, Queue, run, sleep, spawn, suspend } from './engine.ts';

const letters = new Queue<string>();
const visitors = new Queue<[IncomingMessage, ServerResponse]>();
const server = createServer((request, response) => visitors.putNowait([request, response]));

function* serve(request: IncomingMessage, response: ServerResponse): Generator<any, void, any> {
  const [, what, letter = ''] = request.url!.split('/');
  if (what === 'read') response.end(yield* letters.get());
  else {
    yield* letters.put(letter);
    response.end('thank you');
  }
}

function* office(): Generator<any, void, any> {
  for (;;) {
    const [request, response] = yield* visitors.get();
    yield* spawn(serve(request, response));
  }
}

function* visit(url: string): Generator<any, string, any> {
  const response: Response = yield fetch(url);
  return yield response.text();
}

function* reader(url: string): Generator<any, void, any> {
  console.log('the reader asks for a letter');
  console.log(`the reader has a letter: ${yield visit(`${url}/read`)}`);
}

function* main(): Generator<any, void, any> {
  yield* suspend((resume) => void server.listen(0, '127.0.0.1', resume));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const opened = yield* spawn(office());
    const reading = yield* spawn(reader(url));
    yield* sleep(20);
    console.log('the writer brings one');
    yield visit(`${url}/write/hello`);
    yield* join(reading);
    yield* cancel(opened);
  } finally {
    server.close();
  }
}

run(main());
