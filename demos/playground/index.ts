// The playground: builds the page, serves it, or takes a picture of it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { call, coroutine, ensure, fromPromise, main, suspend } from 'treadle';
import type { Coroutine } from 'treadle';
import { install } from '../support/install.ts';
import { options } from '../support/options.ts';
import { here, root } from './where.ts';

export const summary = 'a page on which you walk through a run, step by step';
export const help = `
It builds dist/playground.html: one file, which needs no server and asks for
nothing. On it you see the ready queue, the clock, the tasks with their frames,
and what happens, one sentence a step; you can go back, too. It has the programs
of the book and of the museum, and runs your own, with treadle as it is shipped.

  node demos playground         builds it and serves it on 127.0.0.1
  node demos playground 7       the same, with chapter 7 of the book

  --build         only builds it, and says how large it is
  --port N        the port of the server; 0, the default, is any free one
  --picture NAME  takes pictures of it, NAME-light.png and NAME-dark.png,
                  1280 pixels wide, with the chromium of this machine
`;

export default function (argv: string[]): void {
  const chapter = argv.length > 0 && !/^-/.test(argv[0]!) ? argv.shift()! : '';
  const { build, port, picture } = options(argv, { build: false, port: 0, picture: '' }, { port: [0, 65_535] });
  if (chapter !== '' && !/^(?:[1-9]|1[0-2])$/.test(chapter)) {
    console.error(`There is no chapter ${chapter}: node demos book lists them, 1 to 12`);
    process.exitCode = 2;
    return;
  }
  main(playground(chapter, { build, port, picture }));
}

interface Wanted {
  readonly build: boolean;
  readonly port: number;
  readonly picture: string;
}

function* playground(chapter: string, { build, port, picture }: Wanted): Coroutine<void> {
  install(
    here,
    'playground: installing what the page is made of',
    'The page needs CodeMirror, sucrase and markdown-it.',
  );
  // Only now: it imports what has just been installed.
  const { buildPage } = yield* call(fromPromise(import('./build.ts')));
  const built = yield* buildPage();
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
  console.log(
    `${relative(root, built.path)}: ${kilobytes(built.size)}; by gzip ${kilobytes(built.packed)}, ${kilobytes(built.packedWithoutBook)} without the book`,
  );
  if (picture !== '') {
    const { takePicture } = yield* call(fromPromise(import('./picture.ts')));
    return yield* takePicture(built.path, picture, chapter);
  }
  if (!build) yield* serve(built.path, port, chapter === '' ? '' : `#ch=${chapter}`);
}

/** Serves the one file until somebody cancels it, by Ctrl-C for example. */
function* serve(path: string, port: number, hash: string): Coroutine<void> {
  const page = readFileSync(path);
  const server = createServer(({ url }, response) => {
    const isPage = /^\/(?:playground\.html)?(?:\?|$)/.test(url ?? '');
    response.writeHead(isPage ? 200 : 404, { 'content-type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8` });
    response.end(isPage ? page : 'There is only one page here.\n');
  });
  const address = yield* listening(server, port);
  console.log(`http://127.0.0.1:${address.port}/${hash}\nCtrl-C ends it.`);
  yield* ensure(
    suspend<void>(() => {}),
    () => {
      server.close();
      server.closeAllConnections();
    },
  );
}

const listening = coroutine('listening', function* (server: Server, port: number) {
  yield* suspend<void>((resume, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => resume());
  });
  return server.address() as AddressInfo;
});
