// `node .build/environments/turns.mjs`: the measurement behind lib/host/browser.ts. What is left of a page beside a
// program that computes without a pause depends on how the browser is asked for its turn. It prints, for each way and
// in each browser that is here, turns of the program, frames, timers and requests a second.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser, open } from './browser.mjs';

const page = `<!doctype html><meta charset="utf-8"><div id="turning">treadle</div>
<script type="module">
const SECONDS = 0.5;
const ROUNDS = 16;
const SLICE = 0.25; // milliseconds, as in lib/loop/pace.ts

function message(callback) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  port2.postMessage(0);
  port2.close();
}

let nextPause = 0;
let awaited = 0;
const ways = {
  'a message': message,
  'a timer every 12 ms': (callback) => {
    const now = performance.now();
    if (now <= nextPause) return message(callback);
    nextPause = now + 12;
    setTimeout(callback, 1);
  },
  'a timer when a frame is late': (callback) => {
    const now = performance.now();
    if (awaited === 0) {
      awaited = now;
      requestAnimationFrame(() => (awaited = 0));
    } else if (now - awaited > 17) {
      awaited = now;
      return void setTimeout(callback, 1);
    }
    message(callback);
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
  for (const name of Object.keys(counts)) counts[name] /= seconds;
  await after(50);
  return counts;
}

// In turn, so that what else the machine does hits all of them. The answer is the mean.
const rows = {};
for (let round = 0; round < ROUNDS; round++)
  for (const [name, handOver] of Object.entries(ways)) {
    rows[name] ??= { turns: 0, frames: 0, timers: 0, requests: 0 };
    const rates = await measure(handOver);
    for (const what of Object.keys(rates)) rows[name][what] += rates[what] / ROUNDS;
  }
for (const row of Object.values(rows)) for (const what of Object.keys(row)) row[what] = Math.round(row[what]);
await fetch('/report', { method: 'POST', body: JSON.stringify(rows) });
</script>
`;

const folder = mkdtempSync(join(tmpdir(), 'treadle-turns-'));
writeFileSync(join(folder, 'turns.html'), page);
try {
  for (const name of ['chromium', 'firefox']) {
    try {
      console.log(`${name} ${browser(name).version}`);
      console.table(JSON.parse(await open(name, folder, 'turns.html', { limit: 180_000 })));
    } catch (error) {
      console.log(`not measured: ${error.message}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
