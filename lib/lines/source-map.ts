// From a place in a script that runs to the place in the source that somebody wrote: through the source map, which lies
// in the script (`data:`) or beside it. The map is read here, so it does not matter whether the process runs with
// --enable-source-maps, nor in which process the script runs. Relies on answers.

import type { Location, ScriptParsed } from './answers.ts';

/** A place in a source, counted from 1 as editors do. */
export interface Place {
  /** `file:///app/page.ts`, or whatever the host calls the script. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** What is needed of `node:module`, `node:fs`. */
interface SourceMap {
  findEntry(
    line: number,
    column: number,
  ): Partial<{ originalSource: string; originalLine: number; originalColumn: number }>;
}
interface Modules {
  'node:module': { readonly SourceMap: new (payload: object) => SourceMap };
  'node:fs': { readFileSync(path: URL, encoding: 'utf8'): string };
}

function load<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: Name): Modules[Name] | undefined } };
  return process?.getBuiltinModule?.(name);
}

/** By the script, so that a map is read once for each. `undefined` when it has none. */
const maps = new WeakMap<ScriptParsed, { readonly map: SourceMap; readonly base: string } | undefined>();

/** Where that is in the source. Without a map, where it is in the script. `undefined` when the script is not known. */
export function placeOf(location: Location | undefined, scripts: ReadonlyMap<string, ScriptParsed>): Place | undefined {
  const script = location && scripts.get(location.scriptId);
  if (script === undefined) return undefined;
  const { lineNumber, columnNumber = 0 } = location as Location;
  if (!maps.has(script)) maps.set(script, readMap(script));
  const found = maps.get(script);
  const { originalSource, originalLine, originalColumn } = found?.map.findEntry(lineNumber, columnNumber) ?? {};
  if (originalSource === undefined || originalLine === undefined)
    return { url: script.url, line: lineNumber + 1, column: columnNumber + 1 };
  const url = URL.canParse(originalSource, found?.base) ? new URL(originalSource, found?.base).href : originalSource;
  return { url, line: originalLine + 1, column: (originalColumn ?? 0) + 1 };
}

/** As it stands in a stack: `file:///app/page.ts:12:5`. */
export function showPlace({ url, line, column }: Place): string {
  return `${url}:${line}:${column}`;
}

function readMap({ url, sourceMapURL }: ScriptParsed): { map: SourceMap; base: string } | undefined {
  const { SourceMap } = load('node:module') ?? {};
  if (SourceMap === undefined || !sourceMapURL) return undefined;
  try {
    const inline = /^data:[^,]*?(;base64)?,/.exec(sourceMapURL);
    const address = inline ? undefined : new URL(sourceMapURL, url);
    const text =
      address ? load('node:fs')?.readFileSync(address, 'utf8') : decode(sourceMapURL, inline as RegExpExecArray);
    const payload = JSON.parse(text ?? '') as { sourceRoot?: string };
    // `findEntry` leaves the root out.
    const base = new URL(payload.sourceRoot ?? '', address ?? url).href;
    return { map: new SourceMap(payload), base };
  } catch {
    return undefined; // it is not there, or is no map: the place in the script is better than none
  }
}

function decode(data: string, [header, isBase64]: RegExpExecArray): string {
  const body = data.slice(header.length);
  if (!isBase64) return decodeURIComponent(body);
  return new TextDecoder().decode(Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)));
}
