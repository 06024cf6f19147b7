// Pictures for the transport bar: outlines of 24 by 24, drawn with the colour of the text.
import { Html } from './dom.ts';

const SHAPES = {
  start: '<path d="M6 5v14"/><path class="solid" d="M19 5v14l-10-7z"/>',
  back: '<path class="solid" d="M17 5v14L7 12z"/>',
  step: '<path class="solid" d="M7 5v14l10-7z"/>',
  turn: '<path class="solid" d="M4 6v12l7-6zM12 6v12l7-6z"/><path d="M21 6v12"/>',
  play: '<circle cx="12" cy="12" r="9"/><path class="solid" d="M10 8v8l6-4z"/>',
  pause: '<circle cx="12" cy="12" r="9"/><path d="M10 8.5v7M14 8.5v7"/>',
  end: '<path class="solid" d="M5 5v14l10-7z"/><path d="M18 5v14"/>',
} as const;

export type Icon = keyof typeof SHAPES;

export const icon = (name: Icon): Html => new Html(`<svg viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`);
