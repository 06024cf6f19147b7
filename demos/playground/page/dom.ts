// Small helps for the document. Relies on nothing.

/** The element with this id. It is in page.html, so that its absence is a mistake in the program. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page.html has no element #${id}`);
  return found as T;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** A piece of a document. What stands in the template is escaped, unless it is such a piece itself, or a list of them. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | false | undefined | Html | readonly Html[];

export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((all, string, index) => all + textOf(parts[index - 1]) + string));

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part));
}

const shown = new WeakMap<Element, readonly string[]>();

/**
 * Shows these pieces in the element, each of which is one element. Those that are shown already are left alone: to make
 * a hundred elements anew at each step would take longer than a step may. And the focus stays where it was, on the
 * element that has the same `data-key`.
 */
export function show(parent: Element, pieces: readonly Html[]): void {
  const texts = pieces.map(({ text }) => text.trim());
  const before = shown.get(parent) ?? [];
  if (texts.length === before.length && texts.every((text, index) => text === before[index])) return;
  shown.set(parent, texts);
  const focused = parent.contains(document.activeElement) ? keyOf(document.activeElement!) : undefined;
  const kept = new Map<string, Element[]>();
  [...parent.children].forEach((child, index) => {
    const same = kept.get(before[index]!);
    if (same) same.push(child);
    else kept.set(before[index]!, [child]);
  });
  const children = texts.map((text) => kept.get(text)?.shift() ?? made(text));
  for (const rest of kept.values()) for (const child of rest) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  if (focused === undefined || keyOf(document.activeElement!) === focused) return;
  const successor = [...parent.querySelectorAll<HTMLElement>('[data-key]')].find((one) => keyOf(one) === focused);
  (successor ?? parent.closest<HTMLElement>('[tabindex]'))?.focus({ preventScroll: true });
}

function made(text: string): Element {
  const template = document.createElement('template');
  template.innerHTML = text;
  return template.content.firstElementChild!;
}

const keyOf = (element: Element): string | undefined => (element as HTMLElement).dataset['key'];

/** Does the reader want no movement? */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
