// Which tasks a picture shows, and how deep each is nested. Relies on lives.

import type { Life } from './lives.ts';

export interface Row {
  readonly life: Life;
  /** 0: no task owns it, or none that is shown. */
  readonly depth: number;
}

/**
 * At most `most` tasks, in the order of the tree. If there are more, those are kept that failed and those that lived
 * longest, and the owners of all these.
 */
export function chooseRows(lives: readonly Life[], most: number): { rows: readonly Row[]; leftOut: number } {
  const byId = new Map(lives.map((life) => [life.id, life]));
  const shown = lives.length <= most ? new Set(lives) : theTelling(lives, byId, most);
  const depths = new Map<number, number>();
  const rows = lives.flatMap((life): Row[] => {
    if (!shown.has(life)) return [];
    const depth = (depths.get(life.owner ?? NaN) ?? -1) + 1;
    depths.set(life.id, depth);
    return [{ life, depth }];
  });
  return { rows, leftOut: lives.length - rows.length };
}

function theTelling(lives: readonly Life[], byId: ReadonlyMap<number, Life>, most: number): Set<Life> {
  const weight = ({ end, from, until }: Life) => (end === 'failed' ? Infinity : until - from);
  const shown = new Set<Life>();
  for (const life of [...lives].sort((a, b) => weight(b) - weight(a) || a.id - b.id)) {
    const path: Life[] = [];
    for (let one: Life | undefined = life; one && !shown.has(one); one = byId.get(one.owner ?? NaN)) path.push(one);
    if (shown.size + path.length <= most) for (const one of path) shown.add(one);
    if (shown.size === most) break;
  }
  return shown;
}

/** From when to when the rows go; never of no length. From 0, if they begin close to it. */
export function stretchOf(rows: readonly Row[]): { from: number; until: number } {
  let [from, until] = [Infinity, -Infinity];
  for (const { life } of rows) {
    from = Math.min(from, life.from);
    until = Math.max(until, life.until);
  }
  if (!(from <= until)) return { from: 0, until: 1 };
  if (from > 0 && from < until / 20) from = 0;
  return until - from > 0.001 ? { from, until } : { from, until: from + 0.001 };
}
