// The timeline: a lane for each task, along the events of the run. It is drawn once for a run; a step moves only the
// cursor. Each state has a shape of its own in the style sheet, and not only a colour.
import type { Lane, Walk } from '../walk/state.ts';
import { byId, html, show } from './dom.ts';
import type { Html } from './dom.ts';
import { milliseconds, styleOf } from './panels.ts';
import type { Words } from './words.ts';

const MOST_LANES = 80;
/** An event should be at least so wide, unless there are so many that nobody could scroll through them. */
const LEAST_WIDTH = 7;
const MOST_WIDTH = 9_000;
/** Times stand at least so many pixels from each other. */
const BETWEEN_TIMES = 64;

let length = 0;

/** Calls `go` with the position that was clicked. */
export function wireTimeline(go: (n: number) => void): void {
  const box = byId('timeline');
  box.addEventListener('click', ({ clientX, target }) => {
    const track = (target as Element).closest('.track') ?? box.querySelector('.track');
    if (!track || (target as Element).closest('.lane-name')) return;
    const { left, width } = track.getBoundingClientRect();
    go(Math.max(0, Math.min(length, Math.ceil(((clientX - left) / width) * length))));
  });
}

export function drawTimeline(
  walk: Walk,
  lanes: readonly Lane[],
  times: readonly [n: number, time: number][],
  words: Words,
): void {
  length = walk.length;
  const width = Math.min(MOST_WIDTH, length * LEAST_WIDTH);
  const percent = (n: number): string => `${((n / Math.max(1, length)) * 100).toFixed(3)}%`;
  const bar = ({ from, until, doing, closing }: Lane['spans'][number]): Html =>
    html`<i
      class="span ${styleOf({ doing, closing })}"
      style="left:${percent(from)};width:${percent(until - from)}"
    ></i>`;
  const least = (length * BETWEEN_TIMES) / Math.max(width, 600);
  let last = -Infinity;
  const marks = times.filter(([n]) => n - last >= least && (last = n) === n);
  show(byId('timeline'), [
    html`<div class="lanes" tabindex="0" style="--width:${width}px">
      <div class="lane times">
        <span class="lane-name"></span
        ><span class="track"
          >${marks.map(([n, time]) => html`<i class="tick" style="left:${percent(n)}">${milliseconds(time)}</i>`)}<i
            class="cursor"
            id="cursor"
          ></i
        ></span>
      </div>
      ${lanes.slice(0, MOST_LANES).map(({ label, depth, spans }) => html`<div class="lane"><span class="lane-name" style="--depth:${Math.min(depth, 4)}" title="${label}">${label}</span><span class="track">${spans.map(bar)}</span></div>`)}
      ${lanes.length > MOST_LANES && html`<p class="none">${words.moreTasks(lanes.length - MOST_LANES)}</p>`}
    </div>`,
    html`<p class="legend">
      ${(['runs', 'ready', 'waits', 'cleans', 'over'] as const).map((kind) => html`<span><i class="span sample ${SAMPLES[kind]}"></i>${words.legend[kind]}</span>`)}
    </p>`,
  ]);
}

const SAMPLES = { runs: 'running', ready: 'ready', waits: 'waiting', cleans: 'waiting closing', over: 'succeeded' };

export function moveCursor(n: number): void {
  const cursor = document.getElementById('cursor');
  if (!cursor) return;
  cursor.hidden = length === 0;
  const part = n / Math.max(1, length);
  cursor.style.transform = `translateX(${part * 100}%)`;
  const box = cursor.closest<HTMLElement>('.lanes')!;
  const track = cursor.parentElement!;
  if (box.scrollWidth <= box.clientWidth) return;
  const at = part * track.clientWidth;
  const names = box.scrollWidth - track.clientWidth;
  const seen = box.clientWidth - names;
  if (at < box.scrollLeft + 24 || at > box.scrollLeft + seen - 24) box.scrollLeft = at - seen / 2;
}
