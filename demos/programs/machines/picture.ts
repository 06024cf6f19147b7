// The picture as SVG, which needs nothing else and is light or dark as its reader prefers: a band for each host, with a
// bar for every run of every call; thin lines lead from a run in vain to the one that took its place. Below it is how
// the results came in. A pure function: a story in, text out.
import type { Account, Blow, Fate, Story } from './account.ts';
import type { Run } from './diary.ts';
import { HATCH, STYLE } from './picture-style.ts';
import { seconds, ticks } from './scale.ts';

const WIDTH = 1_200;
const LEFT = 130;
const RIGHT = WIDTH - 24;
const TOP = 104;
/** Of a bar, with the gap to the next one. */
const LANE = 9;
/** Between two bands: there is what happened to the upper one. */
const GAP = 34;
/** Of the curve of results. */
const CURVE = 90;

const CLASSES: Readonly<Record<Fate, string>> = { counted: 'counted', again: 'again', 'in vain': 'vain' };
const WORDS: readonly (readonly [Fate, string])[] = [
  ['counted', 'a call'],
  ['in vain', 'a run whose result nobody has'],
  ['again', 'the same call, run again'],
];

type Scale = (time: number) => number;

export function picture(story: Story, account: Account, title: string, about: string): string {
  const { hosts, runs, blows, end } = story;
  const x: Scale = (time) => round(LEFT + (Math.min(time, end) / end) * (RIGHT - LEFT));
  // In layers: the bands, what ran in them, and what is said of it.
  const ground: string[] = [];
  const bars: string[] = [];
  const said: string[] = [];
  const middles = new Map<Run, number>();
  let y = TOP;
  for (const host of hosts) {
    const lanes = lanesOf(runs.filter((run) => run.host === host && run.from <= end));
    const height = Math.max(lanes.length, 4) * LANE;
    ground.push(bandOf(host, lanes.flat().length, y, height));
    for (const [i, lane] of lanes.entries()) {
      for (const run of lane) {
        middles.set(run, y + (i + 0.5) * LANE);
        bars.push(barOf(run, account.fates.get(run) ?? 'counted', y + i * LANE, x));
      }
    }
    for (const blow of blows.filter((one) => one.host === host)) {
      ground.push(goneOf(blow, y, height, x));
      said.push(blowOf(blow, account, y, height, x));
    }
    y += height + GAP;
  }
  const threads = account.repeats.flatMap(([vain, next]) => {
    const [from, to] = [middles.get(vain), middles.get(next)];
    return from === undefined || to === undefined ? [] : [threadOf(x(vain.until), from, x(next.from), to)];
  });
  const height = y + CURVE + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    `  font-size="12" role="img" aria-label="${xml(title)}">`,
    `<style>${STYLE}</style>`,
    HATCH,
    `<rect class="back" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="20" y="28" font-size="16">${xml(title)}</text>`,
    `<text class="quiet" x="20" y="47">${xml(about)}</text>`,
    legend(),
    ...ground,
    ...axis(end, y + CURVE, x),
    ...curve(runs, account, end, y, x),
    ...bars,
    ...threads,
    ...said,
    '</svg>',
    '',
  ].join('\n');
}

/** The runs of a host, side by side: each is in the first lane that is free. */
function lanesOf(runs: readonly Run[]): Run[][] {
  const lanes: Run[][] = [];
  for (const run of runs) {
    const lane = lanes.find((one) => (one.at(-1)?.until ?? 0) <= run.from);
    if (lane) lane.push(run);
    else lanes.push([run]);
  }
  return lanes;
}

const bandOf = (host: string, count: number, y: number, height: number): string =>
  `<rect class="band" x="${LEFT}" y="${y - 4}" width="${RIGHT - LEFT}" height="${height + 8}"/>` +
  `<text class="title" x="20" y="${y + 14}">${xml(host)}</text>` +
  `<text class="quiet" x="20" y="${y + 30}">${count} runs</text>`;

function barOf(run: Run, fate: Fate, y: number, x: Scale): string {
  const width = Math.max(1, round(x(run.until) - x(run.from) - 0.6));
  const tip = `item ${run.item}: ${run.end} after ${Math.round(run.until - run.from)} ms, at ${seconds(run.until)}`;
  const box = `x="${x(run.from)}" y="${round(y + 1)}" width="${width}" height="${LANE - 2}"`;
  return `<rect class="${CLASSES[fate]}" ${box}><title>${tip}</title></rect>`;
}

/** From the blow on, the host is not there, or cannot be reached. */
const goneOf = ({ at }: Blow, y: number, height: number, x: Scale): string =>
  `<rect class="gone" x="${x(at)}" y="${y - 4}" width="${round(RIGHT - x(at))}" height="${height + 8}"/>`;

function blowOf({ kind, at, host }: Blow, account: Account, y: number, height: number, x: Scale): string {
  const calls = account.losses.find((loss) => loss.host === host)?.calls ?? 0;
  const text = `${kind === 'killed' ? 'SIGKILL' : 'the cable is cut'} at ${seconds(at)}, ${calls} calls under way`;
  const [side, anchor] = x(at) > WIDTH / 2 ? [-6, 'end'] : [6, 'start'];
  return (
    `<line class="blow" x1="${x(at)}" x2="${x(at)}" y1="${y - 8}" y2="${y + height + 8}"/>` +
    `<text class="said" x="${x(at) + side}" y="${y + height + 20}" text-anchor="${anchor}">${text}</text>`
  );
}

function threadOf(x1: number, y1: number, x2: number, y2: number): string {
  const middle = round((x1 + x2) / 2);
  const [top, bottom] = [round(y1), round(y2)];
  return `<path class="thread" d="M${x1} ${top}C${middle} ${top} ${middle} ${bottom} ${x2} ${bottom}"/>`;
}

const axis = (end: number, bottom: number, x: Scale): string[] =>
  ticks(end, 12).map(
    ({ time, label }) =>
      `<line class="grid" x1="${x(time)}" x2="${x(time)}" y1="${TOP - 10}" y2="${bottom}"/>` +
      `<text class="quiet" x="${x(time)}" y="${TOP - 16}" text-anchor="middle">${label}</text>`,
  );

/** How many results there were at each moment. */
function curve(runs: readonly Run[], account: Account, end: number, top: number, x: Scale): string[] {
  const times = runs
    .filter((run) => account.fates.get(run) !== 'in vain')
    .map(({ until }) => Math.min(until, end))
    .sort((a, b) => a - b);
  const y = (count: number) => round(top + CURVE - (count / Math.max(1, times.length)) * CURVE);
  const line = [`M${x(0)} ${y(0)}`, ...times.map((time, i) => `${x(time)} ${y(i + 1)}`)].join('L');
  return [
    `<text class="title" x="20" y="${top + 14}">results</text>`,
    `<text class="quiet" x="20" y="${top + 30}">0 to ${times.length}</text>`,
    `<path class="area" d="${line}L${x(end)} ${y(0)}Z"/>`,
    `<path class="curve" d="${line}"/>`,
  ];
}

function legend(): string {
  let left = 20;
  return WORDS.map(([fate, words]) => {
    const box = `<rect class="${CLASSES[fate]}" x="${left}" y="58" width="22" height="8"/>`;
    const text = `<text x="${left + 28}" y="66">${words}</text>`;
    left += 58 + words.length * 7.4;
    return box + text;
  }).join('');
}

const xml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const round = (value: number): number => Math.round(value * 10) / 10;
