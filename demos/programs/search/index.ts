// A React page with a search box that shows only the newest answer, and a busy task that costs no frame.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { coroutine, ensure, forEach, fromPromise, main, on, sleep, suspend, use, withSignal } from 'treadle';
import { install } from '../../support/install.ts';
import { options } from '../../support/options.ts';
import { say } from '../../support/say.ts';
import { LANGUAGES } from './languages.ts';

export const summary = 'a React search box: latest wins; a busy task, no frame lost';
export const help = `
Serves a page on 127.0.0.1, built with React, which is installed when it is
first needed.
The server is slower for shorter words, so that without care the answer to "p"
would come last and overwrite that to "python". In the page

  forEach(typed, search, { whenBusy: 'restart' })

cancels a search, and aborts its request, when a newer one begins. The server
prints what it has answered, and what was aborted. A second panel counts frames
while a task is busy for a second, with yieldNow() in its loop and without.

  --port N     the port of the server; 0 is any that is free   (default 0)
  --delay MS   how long a search for one letter takes          (default 900)

Ctrl-C ends it.
`;

const page = new URL('./page/', import.meta.url);

/** The script of the page, in one piece. React's development build mounts everything twice, to find what is left over. */
const bundle = coroutine('bundle', function* () {
  const { outputFiles } = yield* fromPromise(
    build({
      entryPoints: [fileURLToPath(new URL('main.tsx', page))],
      bundle: true,
      format: 'esm',
      define: { 'process.env.NODE_ENV': '"development"' },
      write: false,
      logLevel: 'silent',
    }),
  );
  return outputFiles[0]!.text;
});

/** Aborted when the browser closes the connection before it has the whole answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('aborted'));
  });
  return gone.signal;
}

const search = coroutine('search', function* (term: string, response: ServerResponse, delay: number) {
  const gone = goneSignal(response);
  yield* say(`"${term}" ...`);
  try {
    yield* withSignal(gone, sleep(delay / term.length));
    const found = LANGUAGES.filter((name) => name.toLowerCase().includes(term.toLowerCase()));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    yield* say(`"${term}" is answered`);
  } catch (error) {
    if (!gone.aborted) throw error;
    yield* say(`"${term}" is aborted`);
  }
});

const answer = coroutine(
  'answer',
  function* (request: IncomingMessage, response: ServerResponse, script: string, delay: number) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const term = searchParams.get('for')?.trim() ?? '';
    if (pathname === '/search' && term !== '') yield* search(term, response, delay);
    else if (pathname === '/')
      response.setHeader('content-type', 'text/html').end(readFileSync(new URL('page.html', page)));
    else if (pathname === '/main.js') response.setHeader('content-type', 'text/javascript').end(script);
    else response.writeHead(404).end();
  },
);

const listening = (port: number) => ({
  acquire: () =>
    suspend<Server>((resume, fail) => {
      const server = createServer();
      server.once('error', fail).listen(port, '127.0.0.1', () => resume(server));
    }),
  release(server: Server) {
    server.close();
    server.closeAllConnections();
  },
});

function* program(port: number, delay: number) {
  const script = yield* bundle();
  yield* use(listening(port), function* (server) {
    const requests = yield* on<[IncomingMessage, ServerResponse]>(server, 'request');
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\nCtrl-C ends it.`);
    yield* ensure(
      forEach(requests, ([request, response]) => answer(request, response, script, delay), { concurrency: 100 }),
      () => console.log('The server is closed.'),
    );
  });
}

export default function (argv: string[]): void {
  const { port, delay } = options(argv, { port: 0, delay: 900 }, { port: [0, 65_535] });
  try {
    install(fileURLToPath(page), 'search: installing React', 'Is the registry within reach?');
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return;
  }
  main(program(port, delay));
}
