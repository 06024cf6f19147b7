// A name ends at the first blank.
export function circlesIn(report: string): string[][] {
  const names = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const line of report.split('\n')) {
    const [, name, id, rest = ''] = /^ {2}<Task (#(\d+) \S+).* waiting on (.*)$/.exec(line) ?? [];
    if (name === undefined || id === undefined) continue;
    names.set(id, name);
    const [, target] = /held by #(\d+) /.exec(rest) ?? /^(?:join\()?#(\d+) /.exec(rest) ?? [];
    if (target !== undefined) targets.set(id, target);
  }
  const circles: string[][] = [];
  const seen = new Set<string>();
  for (const start of names.keys()) {
    const way = [start];
    for (let next = targets.get(start); next !== undefined && !way.includes(next); next = targets.get(next))
      way.push(next);
    if (targets.get(way.at(-1) as string) !== start || seen.has(start)) continue;
    for (const id of way) seen.add(id);
    circles.push(way.map((id) => names.get(id) as string));
  }
  return circles;
}
