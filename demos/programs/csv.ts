// A large CSV, read as a stream: how much memory that takes, and how much it takes to read it whole.
import { all, coroutine, forEach, main, now, pipe } from 'treadle';
import type { Coroutine } from 'treadle';
import { options } from '../support/options.ts';
import { heading } from '../support/say.ts';

export const summary = 'a CSV of any size, summed up in memory that does not grow';
export const help = `
Sums up the sales of seven cities from a CSV that is made while it is read.
Three coroutines are connected by pipe(): bytes become text, text becomes rows,
and rows become sums. Each takes something only when the next one has room for
it, so 1 GB needs no more memory than 50 MB. Then the same CSV is read whole,
which takes several times its size, or fails.

  --size SIZE    how large the CSV is: 300kb, 50mb, 1gb         (default 50mb)
  --flat         leaves out reading it whole: that takes memory

rowsOf() parses the rows in a few lines, so that there is nothing to install. It
knows no quotes. For other files, put csv-parse or the like in its place: pipe()
takes Node's streams, too.
`;

interface Row {
  readonly city: string;
  readonly pieces: number;
  readonly cents: number;
}

interface Sum {
  rows: number;
  cents: number;
}

const CITIES = ['Bergen', 'Cork', 'Gdańsk', 'Lisbon', 'Naples', 'Riga', 'Split'];
const CHUNK = 64_000;
const UNITS = { kb: 1e3, mb: 1e6, gb: 1e9 };

/** A CSV of about this many bytes, in chunks, as it would come from a file or a server. It counts what it makes. */
class Sales implements Iterable<BufferSource> {
  private readonly bytes: number;
  made = { bytes: 0, chunks: 0, rows: 0, cents: 0 };

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  *[Symbol.iterator](): Generator<BufferSource> {
    const encoder = new TextEncoder();
    const { made } = this;
    let text = 'city,pieces,price\n';
    while (made.bytes < this.bytes) {
      const length = Math.min(CHUNK, this.bytes - made.bytes);
      while (text.length < length) {
        const pieces = 1 + (made.rows % 9);
        const cents = 100 + ((made.rows * 7919) % 9_900);
        text += `${CITIES[made.rows % CITIES.length]},${pieces},${(cents / 100).toFixed(2)}\n`;
        made.rows++;
        made.cents += pieces * cents;
      }
      const chunk = encoder.encode(text);
      text = '';
      made.bytes += chunk.length;
      made.chunks++;
      yield chunk;
    }
  }
}

function parse(line: string): Row {
  const [city = '', pieces, price] = line.split(',');
  return { city, pieces: Number(pieces), cents: Math.round(Number(price) * 100) };
}

/** Text comes in, rows go out. A chunk may end in the middle of a row: that piece waits for the next chunk. */
function rowsOf(): TransformStream<string, Row[]> {
  let rest = '';
  let isHeader = true;
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (isHeader && lines.length > 0) {
        lines.shift();
        isHeader = false;
      }
      controller.enqueue(lines.map(parse));
    },
    flush(controller) {
      if (rest !== '') controller.enqueue([parse(rest)]);
    },
  });
}

function add(sums: Map<string, Sum>, { city, pieces, cents }: Row): void {
  const sum = sums.get(city) ?? { rows: 0, cents: 0 };
  sum.rows++;
  sum.cents += pieces * cents;
  sums.set(city, sum);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
const memory = () => process.memoryUsage.rss();
/** The most memory that this process has had, since it was started. */
const peak = () => process.resourceUsage().maxRSS * 1024;

function print(sums: Map<string, Sum>): void {
  for (const [city, { rows, cents }] of sums)
    console.log(`  ${city.padEnd(8)} ${rows.toLocaleString('en').padStart(12)} rows ${euros(cents).padStart(20)}`);
}
const euros = (cents: number): string => `${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2 })} €`;

/** Were all rows that were made summed up? */
function check(sums: Map<string, Sum>, { made }: Sales): void {
  let rows = 0;
  let cents = 0;
  for (const sum of sums.values()) {
    rows += sum.rows;
    cents += sum.cents;
  }
  if (rows !== made.rows || cents !== made.cents)
    throw new Error(`${rows} rows and ${cents} cents, and not ${made.rows} and ${made.cents}`);
}

/** The stream: three coroutines that run side by side. */
const summedUp = coroutine('summed up', function* (sales: Sales, bytes: number) {
  const sums = new Map<string, Sum>();
  const text = new TextDecoderStream();
  const rows = rowsOf();
  let chunks = 0;
  let ahead = 0;
  let next = 0.25;
  const addAll = (some: Row[]) => {
    for (const row of some) add(sums, row);
    ahead = Math.max(ahead, sales.made.chunks - chunks++);
    for (; sales.made.bytes >= next * bytes; next += 0.25)
      console.log(`  ${(next * 100).toFixed(0).padStart(3)} % read, memory ${megabytes(memory())}`);
  };
  yield* all([
    pipe(sales, text.writable),
    pipe(text.readable, rows.writable),
    forEach(rows.readable, addAll, { concurrency: 1 }),
  ]);
  return { sums, ahead };
});

/** The same without a stream: all text, then all lines, then all rows. A string of V8 ends at half a gigabyte. */
function summedUpWhole(sales: Sales): Map<string, Sum> {
  const decoder = new TextDecoder();
  let text = '';
  for (const chunk of sales) text += decoder.decode(chunk, { stream: true });
  const rows = text.trimEnd().split('\n').slice(1).map(parse);
  const sums = new Map<string, Sum>();
  for (const row of rows) add(sums, row);
  return sums;
}

function* program(bytes: number, flat: boolean): Coroutine<void> {
  heading(`${megabytes(bytes)} of CSV as a stream; this process has ${megabytes(memory())}`);
  const sales = new Sales(bytes);
  const began = yield* now();
  const { sums, ahead } = yield* summedUp(sales, bytes);
  const seconds = ((yield* now()) - began) / 1000;
  check(sums, sales);
  print(sums);
  const streamed = peak();
  console.log(`
  ${sales.made.rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s, ${megabytes(bytes / seconds)} a second
  at most ${ahead} chunks of 64 kB were made and not yet summed up
  peak memory ${megabytes(streamed)}`);
  if (flat) return;

  heading('The same, read whole');
  try {
    const again = new Sales(bytes);
    check(summedUpWhole(again), again);
    console.log('  the same sums');
  } catch (error) {
    console.log(`  ${String(error)}`);
  }
  console.log(`  peak memory ${megabytes(peak())}, ${megabytes(peak() - streamed)} more`);
}

export default function (argv: string[]): void {
  const { size, flat } = options(argv, { size: '50mb', flat: false });
  const [, number, unit] = /^(\d+(?:\.\d+)?)(kb|mb|gb)$/i.exec(size) ?? [];
  const bytes = Number(number) * UNITS[unit?.toLowerCase() as keyof typeof UNITS];
  if (!(bytes >= 1_000 && bytes <= 100e9)) {
    console.error(`--size is a number with kb, mb or gb behind it, from 1kb to 100gb, not "${size}"`);
    process.exitCode = 2;
    return;
  }
  main(program(bytes, flat));
}
