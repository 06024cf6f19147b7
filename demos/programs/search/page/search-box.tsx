// The search box. Only the newest search counts: an older one that still runs is cancelled, and its request aborted.
import { useRef, useState } from 'react';
import { coroutine, debounce, fetch, forEach, on } from 'treadle';
import { useCoroutine } from './use-coroutine.ts';

interface Found {
  readonly term: string;
  readonly names: readonly string[];
}

/** How searches have ended. */
type Counts = Readonly<Record<'answered' | 'cancelled' | 'failed', number>>;

/** Milliseconds without a further letter before a search begins. */
const PAUSE = 40;

export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const [searching, setSearching] = useState('');
  const [found, setFound] = useState<Found>({ term: '', names: [] });
  const [counts, setCounts] = useState<Counts>({ answered: 0, cancelled: 0, failed: 0 });

  const search = coroutine('search', function* (term: string) {
    setSearching(term);
    if (term === '') return setFound({ term, names: [] });
    let end: keyof Counts = 'cancelled'; // unless it comes further than this
    try {
      const response = yield* fetch(`/search?for=${encodeURIComponent(term)}`);
      setFound({ term, names: yield* response.json<string[]>() });
      setSearching('');
      end = 'answered';
    } catch {
      setSearching('');
      end = 'failed';
    } finally {
      setCounts((before) => ({ ...before, [end]: before[end] + 1 }));
    }
  });

  useCoroutine(function* () {
    const box = input.current!;
    const typed = yield* debounce(yield* on(box, 'input'), PAUSE);
    yield* forEach(typed, () => search(box.value.trim()), { whenBusy: 'restart' });
  });

  return (
    <section>
      <h2>Latest wins</h2>
      <input ref={input} type="search" placeholder="a language: type quickly" aria-label="search" autoFocus />
      <p role="status">
        {searching ?
          `searching for ${searching} ...`
        : found.term ?
          `${found.names.length} with ${found.term}`
        : ' '}
      </p>
      <ul id="found">
        {found.names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <p id="counts">
        {counts.answered} answered, {counts.cancelled} cancelled{counts.failed > 0 && `, ${counts.failed} failed`}
      </p>
    </section>
  );
}
