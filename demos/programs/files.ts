// Many files, copied and hashed: how many at a time, and what is left when it is stopped.
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
import { coroutine, Event, fromCallback, fromPromise, main, map, now, race, shield, sleep, suspend } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'many files copied and hashed, so many at a time; stopped half-way, no copy is half there';
export const help = `
Makes files in a temporary directory, copies them one at a time, 10 and 50 at a
time, and compares the SHA-256 of each with what was written. A timer beside it
shows that the thread stays free. Then the same is cancelled half-way: what was
copied is whole, and of what was not nothing is left.

  --files N      how many files                                  (default 200)
  --size KB      how large they are, on average                  (default 100)
  --latency MS   how long 32 kB of them take to read, as from a network drive;
                 with 0 you see your disk, which knows the files (default 5)

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
 * A call of node:fs. It cannot be called back: without the shield, one that was under way when its task was
 * cancelled could still put a file into a folder that is being removed.
 */
const onDisk = (call: (done: (error: unknown) => void) => void) => shield(fromCallback(call));

const make = coroutine('make', function* (folder: string, name: string, size: number) {
  const bytes = randomFillSync(Buffer.alloc(size));
  yield* onDisk((done) => writeFile(join(folder, name), bytes, done));
  return { name, hash: sha256().update(bytes).digest('hex') } satisfies Original;
});

/**
 * Copies a file and gives the hash of what was copied. The copy has another name until it is complete, so that
 * whoever finds it under its own finds it whole.
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
  try {
    // Cancelling aborts the signal, and that destroys the three streams.
    yield* fromPromise((signal) =>
      pipeline(createReadStream(from, { highWaterMark: 32_000 }), drive, output, { signal }),
    );
    yield* onDisk((done) => rename(part, to, done));
    complete = true;
    return hash.digest('hex');
  } finally {
    // After an error and after a cancellation alike. A clean-up may wait, and whoever cancelled waits for it.
    if (!output.closed)
      yield* suspend((resume) => {
        output.once('close', resume);
      });
    if (!complete) yield* onDisk((done) => rm(part, { force: true }, done));
  }
});

/** Copies them all, so many at a time; tells after each how many there are. */
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

/** A timer that should go off every 10 ms. If something held the thread, it would go off late. */
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
    gracefulExit: false, // Ctrl-C is this program's own business
  });
  bar.start(total, 0);
  return bar;
}

const timed = coroutine('timed', function* (job: Job, to: string, concurrency: number) {
  const bar = progress(job.originals.length);
  const ticker = new Ticker();
  const start = yield* now();
  try {
    // The ticker never ends: it is cancelled when the copies are made.
    yield* race([copyAll(job, to, concurrency, (copies) => bar.update(copies)), ticker.run()]);
    return { ms: (yield* now()) - start, ticker };
  } finally {
    bar.stop(); // leaves the terminal as it was
  }
});

/** Copies until half of them are made, and gives how many copies were under way then. */
const untilHalf = coroutine('until half', function* (job: Job, to: string) {
  const half = new Event();
  let partly = 0;
  const watch = coroutine('watch', function* () {
    yield* half.wait();
    partly = readdirSync(to).filter(isPart).length;
  });
  // The watcher wins. The copies are cancelled, as they are by Ctrl-C, and it goes on when each has cleaned up.
  yield* race([
    copyAll(job, to, 10, (copies) => {
      if (copies >= job.originals.length / 2) half.set();
    }),
    watch(),
  ]);
  return partly;
});

const isPart = (name: string) => name.endsWith('.part');

const program = coroutine('program', function* (count: number, size: number, latency: number) {
  const top = mkdtempSync(join(tmpdir(), 'treadle-files-'));
  try {
    const folder = join(top, 'originals');
    yield* onDisk((done) => mkdir(folder, done));
    // From half of the average to one and a half.
    const sizes = Array.from({ length: count }, (_, i) => Math.ceil(size * (0.5 + (i % 11) / 10)));
    const originals = yield* map(sizes, (bytes, i) => make(folder, `${i}.bin`, bytes), { concurrency: 10 });
    const job = { originals, folder, latency };
    console.log(`${count} files, ${(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6).toFixed(1)} MB, in ${top}\n`);

    let first = 0;
    for (const concurrency of [1, 10, 50]) {
      const { ms, ticker } = yield* timed(job, join(top, `copies-${concurrency}`), concurrency);
      first ||= ms;
      const bar = '█'.repeat(Math.max(1, Math.round((ms / first) * 30))).padEnd(30);
      console.log(
        `${String(concurrency).padStart(2)} at a time  ${bar} ${ms.toFixed(0).padStart(5)} ms; beside it a timer ticked ${ticker.ticks} times, at most ${ticker.longest.toFixed(0)} ms apart`,
      );
    }
    console.log('all hashes are right\n\n10 at a time, and cancelled half-way:');

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
    console.log(`  when it was cancelled   ${String(partly).padStart(3)} copies were half there`);
    console.log(
      `  when it had cleaned up  ${String(left.filter(isPart).length).padStart(3)} copies were half there, ${whole.length} of ${left.length} whole, ${count - left.length} not there`,
    );
  } finally {
    yield* onDisk((done) => rm(top, { recursive: true, force: true }, done));
    console.log(`\n${top} is removed`);
  }
});

export default function (argv: string[]): void {
  const { files, size, latency } = options(
    argv,
    { files: 200, size: 100, latency: 5 },
    { files: [1, 10_000], size: [1, 10_000] },
  );
  main(program(files, size * 1000, latency));
}
