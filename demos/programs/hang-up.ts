// A server that stops working for a client that has gone, and cleans up behind it.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  all,
  coroutine,
  ensure,
  fetch,
  forEach,
  main,
  on,
  race,
  sleep,
  suspend,
  timeout,
  use,
  withSignal,
} from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a server that stops working for a client that has gone';
export const help = `
Starts a server on 127.0.0.1. Each answer takes ten steps of work, with a
connection to a database in its hands. Three clients ask for one, and two of
them hang up early. The server sees that, cancels their work, and gives their
connections back. With promises it would do all steps, for nobody.

  --step MS   how long a step of the work takes   (default 60)

Ctrl-C does the same with all work that is under way, and closes the server.
`;

const STEPS = 10;

/** What the server has done, for the report at the end. */
class Account {
  steps = 0;
  readonly answered: string[] = [];
  readonly cut: string[] = [];
  connections = 0;
}

/** Stands for queries, one after the other, over one connection. */
const report = coroutine('report', function* (name: string, step: number, account: Account) {
  account.connections++;
  const work = coroutine('work', function* () {
    for (let n = 0; n < STEPS; n++) {
      yield* sleep(step);
      account.steps++;
    }
    return `the report for ${name}`;
  });
  // Runs at the end, after an error, and when the client has gone.
  return yield* ensure(work(), () => {
    account.connections--;
  });
});

/** Aborted when the connection is closed before the answer is complete. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client has hung up'));
  });
  return gone.signal;
}

const answer = coroutine(
  'answer',
  function* (request: IncomingMessage, response: ServerResponse, step: number, account: Account) {
    const name = request.url?.slice(1) ?? '';
    const gone = goneSignal(response);
    response.flushHeaders(); // the client knows from now on that we work for it
    try {
      response.end(yield* withSignal(gone, report(name, step, account)));
      account.answered.push(name);
      yield* say(`server: ${name} is answered`);
    } catch (error) {
      // What is thrown here is the signal's reason. Any other error is a mistake of ours.
      if (!gone.aborted) throw error;
      account.cut.push(name);
      yield* say(`server: ${name}: ${(error as Error).message}, after ${account.steps} steps in all`);
    }
  },
);

const listening = {
  acquire: () =>
    suspend<ReturnType<typeof createServer>>((resume, fail) => {
      const server = createServer();
      server.once('error', fail).listen(0, '127.0.0.1', () => resume(server));
    }),
  release(server: ReturnType<typeof createServer>) {
    server.close();
    server.closeAllConnections();
  },
};

const client = coroutine('client', function* (url: string, name: string, patience: number) {
  const response = yield* fetch(`${url}${name}`);
  try {
    const text = yield* timeout(patience, response.text()); // when time is up, the request is aborted
    yield* say(`${name} has ${text}`);
  } catch {
    yield* say(`${name} has waited for ${patience} ms, and hangs up`);
  }
});

const clients = coroutine('clients', function* (url: string, step: number) {
  yield* all([
    client(url, 'Ada', 60_000), // waits as long as it takes
    client(url, 'Bob', 2.5 * step),
    client(url, 'Grace', 5.5 * step),
  ]);
  yield* sleep(step); // let the server see the last of it
});

function* program(step: number) {
  const account = new Account();
  yield* use(listening, function* (server) {
    const { port } = server.address() as AddressInfo;
    const requests = yield* on<[IncomingMessage, ServerResponse]>(server, 'request');
    yield* race([
      forEach(requests, ([request, response]) => answer(request, response, step, account), { concurrency: 100 }),
      clients(`http://127.0.0.1:${port}/`, step),
    ]);
  });
  const { steps, answered, cut, connections } = account;
  console.log(`
answered     ${answered.join(', ')}; cut short: ${cut.join(', ')}
steps        ${steps}; without cancellation ${STEPS * (answered.length + cut.length)}
connections  ${connections} still held`);
}

export default function (argv: string[]): void {
  const { step } = options(argv, { step: 60 });
  main(program(step));
}
