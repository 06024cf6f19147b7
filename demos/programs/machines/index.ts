// A thousand calls on three machines, of which one is killed and one is cut off: what ran where, and what that cost.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coroutine, main, use } from 'treadle';
import { paint } from '../../support/colour.ts';
import { install } from '../../support/install.ts';
import { options } from '../../support/options.ts';
import { heading } from '../../support/say.ts';
import { accountOf } from './account.ts';
import type { Story } from './account.ts';
import { ROOT } from './agreed.ts';
import { chart } from './chart.ts';
import { entriesIn, runsOf } from './diary.ts';
import type { Mapped } from './map.ts';
import { HOSTS, onMachines } from './on-machines.ts';
import { onProcesses } from './on-processes.ts';
import { picture } from './picture.ts';
import { report } from './report.ts';
import { seconds } from './scale.ts';
import { ADVICE, isOnPath } from './server.ts';

export const summary = '1,000 calls on three hosts; one is killed, one is cut off';
export const help = `
Starts a Redis of its own and three serving hosts, each a process with two
workers, and maps 1,000 items on them. When half of the results are there, the
second host is killed with SIGKILL. A little later the cable of the third one is
cut: for root on Linux that of a network namespace, elsewhere a proxy that stops
passing on. Nobody tells the caller, which has all results in the end.

Then it shows which host ran what when, which calls ran twice, and what that has
cost: in the terminal, and as a picture. BullMQ and ioredis are installed when
they are first needed. Without redis-server the same program runs on processes
of this machine, and one of those is killed.

  --items N       how many items are mapped             (default 1000)
  --lease MS      how long a host may be silent before its calls are given to
                  another one                           (default 2000)
  --picture FILE  where the picture goes                (default machines.svg)
  --local         on processes, even where there is a Redis
  --proxy         cuts a proxy, even where there are namespaces

Ctrl-C at any moment ends the hosts and Redis, and removes their files.
`;

interface Options {
  readonly items: number;
  readonly lease: number;
  readonly picture: string;
  readonly local: boolean;
  readonly proxy: boolean;
}

/** The diary, and what Redis keeps. */
const temporaryFolder = {
  acquire: () => mkdtempSync(join(tmpdir(), 'treadle-machines-')),
  release: (folder: string) => rmSync(folder, { recursive: true, force: true }),
};

/** What was asked for, or what is left of it here. Says why. */
function canUseRedis(local: boolean): boolean {
  if (local) return false;
  if (!isOnPath('redis-server')) {
    console.log(`There is no redis-server here, so this runs on processes. To get one:\n${ADVICE}\n`);
    return false;
  }
  try {
    install(fileURLToPath(ROOT), 'machines: installing BullMQ and ioredis (16 MB)', 'Is the registry within reach?');
    return true;
  } catch (error) {
    console.log(`${(error as Error).message}\n\nSo this runs on processes.\n`);
    return false;
  }
}

const program = coroutine('program', function* (given: Options) {
  const redis = canUseRedis(given.local);
  yield* use(temporaryFolder, function* (folder) {
    const diary = join(folder, 'diary');
    const items = Array.from({ length: given.items }, (_, i) => i + 1);
    const place = { folder, diary, items, lease: given.lease, proxy: given.proxy };
    const mapped = yield* redis ? onMachines(place) : onProcesses(place);
    show(storyOf(mapped, readFileSync(diary, 'utf8'), redis), mapped.right, given);
  });
});

/** What the diary says of this map. The calls that were made before it have no entries. */
function storyOf({ begin, end, blows }: Mapped, diary: string, redis: boolean): Story {
  const entries = entriesIn(diary);
  const deaths = new Map(blows.filter(({ kind }) => kind === 'killed').map(({ host, at }) => [host, begin + at]));
  const runs = runsOf(entries, begin, begin + end, deaths);
  return { hosts: redis ? HOSTS : [...new Set(entries.map(({ host }) => host))], runs, blows, end };
}

const count = (number: number): string => number.toLocaleString('en');

function show(story: Story, right: number, { items, picture: file }: Options): void {
  const account = accountOf(story);
  const said = `${count(right)} of ${count(items)} results are right, after ${seconds(story.end)}`;
  heading(said);
  console.log(`\n${chart(story, account, { width: process.stdout.columns || 80, paint }).join('\n')}`);
  console.log(`\n${report(story, account).join('\n')}`);
  if (right < items) process.exitCode = 1;
  try {
    writeFileSync(file, picture(story, account, `${count(items)} calls: which ran where, and when`, said));
    console.log(`\n${file}  open it in a browser`);
  } catch (error) {
    console.error(`the picture cannot be written: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

export default function (argv: string[]): void {
  main(
    program(
      options(
        argv,
        { items: 1_000, lease: 2_000, picture: 'machines.svg', local: false, proxy: false },
        { items: [20, 100_000], lease: [1_000, 60_000] },
      ),
    ),
  );
}
