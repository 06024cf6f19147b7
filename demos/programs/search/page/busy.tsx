// A task that computes for a second, and what becomes of the frames of the page meanwhile.
import { useRef, useState } from 'react';
import { all, coroutine, forEach, on, suspend, yieldNow } from 'treadle';
import { useCoroutine } from './use-coroutine.ts';

const nextFrame = () =>
  suspend<number>((resume) => {
    const request = requestAnimationFrame(resume);
    return () => cancelAnimationFrame(request);
  });

/** The frames that were drawn, and the longest time between two of them. */
interface Frames {
  count: number;
  longest: number;
}

interface Report extends Frames {
  readonly way: string;
  readonly primes: number;
}

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
};

/** Counts primes for a second. With `polite` it lets others have their turn after each number. */
const countPrimes = coroutine('countPrimes', function* (polite: boolean) {
  let primes = 0;
  const end = performance.now() + 1_000;
  for (let n = 1; performance.now() < end; n++) {
    if (isPrime(n)) primes++;
    if (polite) yield* yieldNow();
  }
  return primes;
});

export function Busy() {
  const polite = useRef<HTMLButtonElement>(null);
  const rude = useRef<HTMLButtonElement>(null);
  const marker = useRef<HTMLDivElement>(null);
  const [reports, setReports] = useState<readonly Report[]>([]);
  const [busy, setBusy] = useState(false);

  useCoroutine(function* () {
    const frames: Frames = { count: 0, longest: 0 };
    const forget = () => Object.assign(frames, { count: 0, longest: 0 });

    const watch = coroutine('watch', function* () {
      for (let last = yield* nextFrame(); ;) {
        const time = yield* nextFrame();
        frames.count++;
        frames.longest = Math.max(frames.longest, time - last);
        last = time;
        // A stripe that moves, to see it with one's own eyes.
        if (marker.current) marker.current.style.marginLeft = `${(time / 10) % 90}%`;
      }
    });

    const work = coroutine('work', function* (isPolite: boolean) {
      setBusy(true);
      yield* nextFrame(); // the page shows that it is busy
      forget();
      const primes = yield* countPrimes(isPolite);
      yield* nextFrame();
      yield* nextFrame(); // the frame that had to wait is counted, too
      const way = isPolite ? 'with yieldNow()' : 'without';
      setReports((before) => [...before, { way, primes, ...frames }]);
      setBusy(false);
    });

    yield* all([
      watch(),
      // A click while it is busy is dropped.
      forEach(yield* on(polite.current!, 'click'), () => work(true), { whenBusy: 'drop' }),
      forEach(yield* on(rude.current!, 'click'), () => work(false), { whenBusy: 'drop' }),
    ]);
  });

  return (
    <section>
      <h2>Busy, and no frame lost</h2>
      <div id="track">
        <div id="marker" ref={marker} />
      </div>
      <button ref={polite} disabled={busy}>
        count primes for a second
      </button>{' '}
      <button ref={rude} disabled={busy}>
        the same without yieldNow()
      </button>
      <table>
        <thead>
          <tr>
            <th>primes</th>
            <th>frames</th>
            <th>longest pause</th>
            <th>way</th>
          </tr>
        </thead>
        <tbody id="reports">
          {reports.map(({ way, primes, count, longest }, index) => (
            <tr key={index}>
              <td>{primes}</td>
              <td>{count}</td>
              <td>{longest.toFixed(0)} ms</td>
              <td>{way}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
