// For specs: 'treadle' means the sources in lib/, so that a spec sees the very objects that the
// files beside it import, and coverage counts them. And 'uvu' means our thin cover of it (uvu.mjs).
const root = new URL('..', import.meta.url).href;

export function resolve(specifier, context, next) {
  const part = /^treadle(?:\/([\w-]+))?$/.exec(specifier);
  if (part) return next(`${root}lib/${part[1] ? `${part[1]}/` : ''}index.ts`, context);
  if (specifier === 'uvu' && !context.parentURL?.startsWith(`${root}.build/`)) {
    return next(`${root}.build/uvu.mjs`, context);
  }
  return next(specifier, context);
}
