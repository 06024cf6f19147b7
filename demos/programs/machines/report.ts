// The account in words: a table of the hosts, and what each blow has cost. A pure function: lines out.
import type { Account, Loss, Story } from './account.ts';
import { seconds } from './scale.ts';

const WHAT = { killed: 'SIGKILL', 'cut off': 'the cable is cut' } as const;

export function report(story: Story, account: Account): string[] {
  return [
    row('', ['runs', 'in vain', 'again']),
    ...story.hosts.map((host) => rowOf(host, story, account)),
    '',
    ...account.losses.flatMap((loss) => costOf(loss, story)),
    ...(account.twice.length > 0 ?
      [
        `${account.twice.length} calls ran more than once; ${seconds(account.wasted)} of work were in vain. Their function must`,
        'bear that: a checksum does, a payment needs a key (docs/workers.md).',
      ]
    : ['No call ran twice.']),
  ];
}

function rowOf(host: string, { runs }: Story, account: Account): string {
  const own = runs.filter((run) => run.host === host);
  const count = (fate: string) => own.filter((run) => account.fates.get(run) === fate).length;
  const loss = account.losses.find((one) => one.host === host);
  const what = loss ? `${WHAT[loss.kind]} at ${seconds(loss.at)}` : '';
  return row(host, [own.length, count('in vain'), count('again')], what);
}

const row = (host: string, columns: readonly (string | number)[], what = ''): string =>
  `${host.padEnd(11)}${columns.map((column) => String(column).padStart(9)).join('')}   ${what}`.trimEnd();

/** What the caller has lost by it: time, for the calls that were under way, and a host, for all others. */
function costOf({ host, kind, at, calls, first, last }: Loss, { runs, end }: Story): string[] {
  const done = runs.filter((run) => run.host === host && run.until < at).length;
  const missed = Math.round((done / at) * (end - at));
  const wait = (ms: number) => (ms / 1_000).toFixed(1);
  const later = wait(first) === wait(last) ? wait(first) : `${wait(first)} to ${wait(last)}`;
  return [
    `${host} was ${kind} with ${calls} calls under way.`,
    ...(calls > 0 ? [`  They began elsewhere ${later} s later.`] : []),
    `  At its pace it would have run ${missed} more until the end: the others had those.`,
    '',
  ];
}
