// Many files, copied and hashed: how many at a time, and what is left when the program is stopped.
import { createHash, randomFillSync } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdir,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rename,
  rm,
  writeFile,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import {
  coroutine,
  ensure,
  Event,
  fromCallback,
  fromPromise,
  main,
  map,
  now,
  race,
  shield,
  sleep,
  suspend,
  use,
} from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'many files copied at once, and no half copy when cancelled';
export const help = `
Writes files to a temporary directory, copies them 1, 10 and 50 at a time, and
compares the SHA-256 of each copy with the original. A timer beside it shows
that the thread stays free. Then the same work is cancelled half-way: every copy
that is there is whole, and nothing is left of the others.

  --files N      how many files                                  (default 200)
  --size KB      how large they are, on average                  (default 100)
  --latency MS   how long it takes to read 32 kB, as from a network drive;
                 0 measures your disk and its cache              (default 5)

Ctrl-C at any moment leaves nothing in the temporary directory.
`;

interface Original {
  readonly name: string;
  readonly hash: string;
}

/** What to copy, and from where. */
interface Job {
  readonly originals: readonly Original[];
  readonly folder: string;
  readonly latency: number;
}

const sha256 = () => createHash('sha256');

/**
 * A call of node:fs. It cannot be taken back once it is made. Without the shield, a call that was under way when its
 * task was cancelled could still put a file into a folder that is being removed.
 */
const onDisk = (call: (done: (error: unknown) => void) => void) => shield(fromCallback(call));

const make = coroutine('make', function* (folder: string, name: string, size: number) {
  const bytes = randomFillSync(Buffer.alloc(size));
  yield* onDisk((done) => writeFile(join(folder, name), bytes, done));
  return { name, hash: sha256().update(bytes).digest('hex') } satisfies Original;
});

/**
 * Copies a file and gives the hash of what was copied. Until the copy is complete it has another name, so a file
 * that has the right name is always whole.
 */
const copy = coroutine('copy', function* (from: string, to: string, latency: number) {
  const part = `${to}.part`;
  const hash = sha256();
  const drive = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      if (latency > 0) setTimeout(done, latency, null, chunk);
      else done(null, chunk);
    },
  });
  const output = createWriteStream(part);
  let complete = false;
  const work = coroutine('write', function* () {
    // A cancellation aborts the signal, which destroys the three streams.
    yield* fromPromise((signal) =>
      pipeline(createReadStream(from, { highWaterMark: 32_000 }), drive, output, { signal }),
    );
    yield* onDisk((done) => rename(part, to, done));
    complete = true;
    return hash.digest('hex');
  });
  const cleanUp = coroutine('clean up', function* () {
    output.destroy(); // a cancellation may come before the pipeline is there, which destroys it otherwise
    if (!output.closed)
      yield* suspend((resume) => {
        output.once('close', resume);
      });
    if (!complete) yield* onDisk((done) => rm(part, { force: true }, done));
  });
  // The clean-up runs after success, after an error and after a cancellation, and nothing can cut it short.
  return yield* ensure(work(), cleanUp());
});

/** Copies all files, at most `concurrency` at once, and calls `tell` after each with the number of copies so far. */
const copyAll = coroutine(
  'copy all',
  function* ({ originals, folder, latency }: Job, to: string, concurrency: number, tell: (copies: number) => void) {
    yield* onDisk((done) => mkdir(to, done));
    let copies = 0;
    const one = function* ({ name, hash }: Original) {
      if ((yield* copy(join(folder, name), join(to, name), latency)) !== hash)
        throw new Error(`the copy of ${name} differs`);
      tell(++copies);
    };
    yield* map(originals, one, { concurrency });
  },
);

/** A timer that should go off every 10 ms. It goes off late if something holds the thread. */
class Ticker {
  ticks = 0;
  /** The longest time between two ticks. */
  longest = 0;

  *run() {
    for (let last = yield* now(); ; this.ticks++) {
      yield* sleep(10);
      const time = yield* now();
      this.longest = Math.max(this.longest, time - last);
      last = time;
    }
  }
}

/** A bar on a terminal, and nothing in a pipe. */
function progress(total: number) {
  const { stdout } = process;
  if (!stdout.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: '{bar} {value} of {total}',
    stream: stdout,
    barsize: 40,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    fps: 20,
    clearOnComplete: true,
    gracefulExit: false, // this program handles Ctrl-C itself
  });
  bar.start(total, 0);
  return bar;
}

const timed = coroutine('timed', function* (job: Job, to: string, concurrency: number) {
  const bar = progress(job.originals.length);
  const ticker = new Ticker();
  const start = yield* now();
  try {
    // The ticker never ends by itself. It is cancelled when the copies are made.
    yield* race([copyAll(job, to, concurrency, (copies) => bar.update(copies)), ticker.run()]);
    return { ms: (yield* now()) - start, ticker };
  } finally {
    bar.stop(); // leaves the terminal as it was
  }
});

/** Copies half of the files, is cancelled, and gives the number of copies that were under way then. */
const untilHalf = coroutine('until half', function* (job: Job, to: string) {
  const half = new Event();
  let partly = 0;
  const watch = coroutine('watch', function* () {
    yield* half.wait();
    partly = readdirSync(to).filter(isPart).length;
  });
  // The watcher wins the race. The copies are cancelled, as by Ctrl-C, and the race is over when all have cleaned up.
  yield* race([
    copyAll(job, to, 10, (copies) => {
      if (copies >= job.originals.length / 2) half.set();
    }),
    watch(),
  ]);
  return partly;
});

const isPart = (name: string) => name.endsWith('.part');

/** A temporary directory. Its release removes it, with everything in it. */
const temporaryFolder = {
  acquire: () => mkdtempSync(join(tmpdir(), 'treadle-files-')),
  *release(folder: string) {
    yield* onDisk((done) => rm(folder, { recursive: true, force: true }, done));
    console.log(`\n${folder} is removed`);
  },
};

const scenes = coroutine('scenes', function* (top: string, count: number, size: number, latency: number) {
  const folder = join(top, 'originals');
  yield* onDisk((done) => mkdir(folder, done));
  // From 0.5 to 1.5 times the average.
  const sizes = Array.from({ length: count }, (_, i) => Math.ceil(size * (0.5 + (i % 11) / 10)));
  const originals = yield* map(sizes, (bytes, i) => make(folder, `${i}.bin`, bytes), { concurrency: 10 });
  const job = { originals, folder, latency };
  console.log(`${count} files, ${(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6).toFixed(1)} MB, in ${top}\n`);

  console.log('Copied, while a timer should tick every 10 ms:');
  let first = 0;
  for (const concurrency of [1, 10, 50]) {
    const { ms, ticker } = yield* timed(job, join(top, `copies-${concurrency}`), concurrency);
    first ||= ms;
    const bar = '█'.repeat(Math.max(1, Math.round((ms / first) * 20))).padEnd(20);
    console.log(
      `${String(concurrency).padStart(2)} at a time  ${bar} ${ms.toFixed(0).padStart(5)} ms; ${ticker.ticks} ticks, at most ${ticker.longest.toFixed(0)} ms apart`,
    );
  }
  console.log('All hashes are right.\n\nCopied 10 at a time, and cancelled half-way:');

  const to = join(top, 'stopped');
  const partly = yield* untilHalf(job, to);
  const left = readdirSync(to);
  const whole = originals.filter(
    ({ name, hash }) =>
      left.includes(name) &&
      sha256()
        .update(readFileSync(join(to, name)))
        .digest('hex') === hash,
  );
  console.log(`  when cancelled      ${String(partly).padStart(3)} half copies`);
  console.log(
    `  after the clean-up  ${String(left.filter(isPart).length).padStart(3)} half copies, ${whole.length} of ${left.length} whole, ${count - left.length} not there`,
  );
});

export default function (argv: string[]): void {
  const { files, size, latency } = options(
    argv,
    { files: 200, size: 100, latency: 5 },
    { files: [1, 10_000], size: [1, 10_000] },
  );
  main(use(temporaryFolder, (folder) => scenes(folder, files, size * 1000, latency)));
}
