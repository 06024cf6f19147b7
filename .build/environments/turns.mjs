// `node .build/environments/turns.mjs`: the measurement behind lib/host/browser.ts. What is left of a page beside a
// program that computes without a pause depends on how the browser is asked for its turn. It prints, for each way and
// in each browser that is here: turns of the program, frames, timers and requests a second.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser, open } from './browser.mjs';

const page = `<!doctype html><meta charset="utf-8"><div id="turning">treadle</div>
<script type="module">
const SECONDS = 2;
const SLICE = 0.25; // milliseconds, as in lib/loop/pace.ts

function message(callback) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  port2.postMessage(0);
  port2.close();
}

let nextPause = 0;
const ways = {
  'a message': message,
  'messages, and a timer every 12 ms': (callback) => {
    const now = performance.now();
    if (now <= nextPause) return message(callback);
    nextPause = now + 12;
    setTimeout(callback, 1);
  },
  'scheduler.postTask': (callback) => void scheduler.postTask(callback),
  'scheduler.yield': (callback) => void scheduler.yield().then(callback),
  'setTimeout(0)': (callback) => void setTimeout(callback),
};

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(handOver) {
  const counts = { turns: 0, frames: 0, timers: 0, requests: 0 };
  let over = false;
  const frame = () => {
    document.querySelector('#turning').style.transform = 'rotate(' + counts.frames++ + 'deg)';
    if (!over) requestAnimationFrame(frame);
  };
  const timer = () => void (counts.timers++, over || setTimeout(timer, 20));
  const request = async () => {
    while (!over) {
      await (await fetch('/turns.html')).text();
      counts.requests++;
    }
  };
  requestAnimationFrame(frame);
  setTimeout(timer, 20);
  request();
  const start = performance.now();
  await new Promise((resolve) => {
    const turn = () => {
      const begin = performance.now();
      while (performance.now() - begin < SLICE);
      counts.turns++;
      if (performance.now() - start < SECONDS * 1_000) handOver(turn);
      else resolve();
    };
    handOver(turn);
  });
  over = true;
  const seconds = (performance.now() - start) / 1_000;
  const rates = Object.entries(counts).map(([name, count]) => [name, Math.round(count / seconds)]);
  await after(300);
  return Object.fromEntries(rates);
}

const rows = {};
for (const [name, handOver] of Object.entries(ways)) rows[name] = await measure(handOver).catch(String);
await fetch('/report', { method: 'POST', body: JSON.stringify(rows) });
</script>
`;

const folder = mkdtempSync(join(tmpdir(), 'treadle-turns-'));
writeFileSync(join(folder, 'turns.html'), page);
try {
  for (const name of ['chromium', 'firefox']) {
    try {
      console.log(`${name} ${browser(name).version}`);
      console.table(JSON.parse(await open(name, folder, 'turns.html')));
    } catch (error) {
      console.log(`not measured: ${error.message}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
