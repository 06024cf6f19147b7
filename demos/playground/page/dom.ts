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

const shown = new WeakMap<Element, string>();

/**
 * Shows this in the element. What is shown already is left alone, and the focus stays where it was: on the element
 * within that has the same `data-key`.
 */
export function show(element: Element, content: Html | readonly Html[]): void {
  const text = textOf(content);
  if (shown.get(element) === text) return;
  shown.set(element, text);
  const focused = element.contains(document.activeElement) ? keyOf(document.activeElement!) : undefined;
  element.innerHTML = text;
  if (focused === undefined) return;
  const successor = [...element.querySelectorAll<HTMLElement>('[data-key]')].find((one) => keyOf(one) === focused);
  (successor ?? element.closest<HTMLElement>('[tabindex]'))?.focus({ preventScroll: true });
}

const keyOf = (element: Element): string | undefined => (element as HTMLElement).dataset['key'];

/** Does the reader want no movement? */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
