// The editor: CodeMirror with colours, the marks of suspended tasks, and the line that is wrong. Tab leaves it, because
// who has no mouse must get out.
import { history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorSelection, EditorState, RangeSet, StateEffect, StateField } from '@codemirror/state';
import type { Extension, Range } from '@codemirror/state';
import { Decoration, EditorView, gutter, GutterMarker, keymap, lineNumbers } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import { highlight } from './highlight.ts';

export interface Mark {
  /** Counted from 1. */
  readonly line: number;
  /** `now`: of the task that the sentence is about; `engine`: the same, but treadle is at work; `other`: of another. */
  readonly kind: 'now' | 'engine' | 'other' | 'wrong';
  /** What the mark means, for the pointer. */
  readonly title: string;
}

export interface Editor {
  text(): string;
  /** Replaces the whole program. */
  replace(text: string): void;
  mark(marks: readonly Mark[]): void;
  /** Brings a line into view, and the cursor there if asked for. */
  reveal(line: number, select?: boolean): void;
  label(text: string): void;
}

const GLYPHS: Readonly<Record<Mark['kind'], string>> = { now: '▶', engine: '▷', other: '‖', wrong: '✕' };
const MOST_HIGHLIGHTED = 60_000;

class Glyph extends GutterMarker {
  readonly marks: readonly Mark[];
  constructor(marks: readonly Mark[]) {
    super();
    this.marks = marks;
  }
  override eq(other: Glyph): boolean {
    return JSON.stringify(other.marks) === JSON.stringify(this.marks);
  }
  override toDOM(): Node {
    const glyph = document.createElement('span');
    const [first] = this.marks;
    glyph.className = `glyph ${first!.kind}`;
    glyph.textContent = GLYPHS[first!.kind];
    glyph.title = this.marks.map(({ title }) => title).join('\n');
    return glyph;
  }
}

const setMarks = StateEffect.define<readonly Mark[]>();

const marks = StateField.define<readonly Mark[]>({
  create: () => [],
  update(value, { effects, docChanged }) {
    for (const effect of effects) if (effect.is(setMarks)) return effect.value;
    // A mark names a line of the program that ran. Once that is changed it would lie.
    return docChanged ? [] : value;
  },
});

/** The marks of each line, the most important one first, in the order of the lines. */
function byLine(state: EditorState): [line: number, marks: Mark[]][] {
  const lines = new Map<number, Mark[]>();
  for (const mark of state.field(marks))
    if (mark.line >= 1 && mark.line <= state.doc.lines) lines.set(mark.line, [...(lines.get(mark.line) ?? []), mark]);
  return [...lines].sort(([a], [b]) => a - b);
}

const colours = StateField.define<DecorationSet>({
  create: (state) => coloursOf(state),
  update: (value, { docChanged, state }) => (docChanged ? coloursOf(state) : value),
  provide: (field) => EditorView.decorations.from(field),
});

function coloursOf(state: EditorState): DecorationSet {
  if (state.doc.length > MOST_HIGHLIGHTED) return Decoration.none;
  const found: Range<Decoration>[] = [];
  highlight(state.doc.toString(), (from, to, style) =>
    found.push(Decoration.mark({ class: `hl-${style}` }).range(from, to)),
  );
  return Decoration.set(found);
}

const markedLines = EditorView.decorations.compute([marks, 'doc'], (state) =>
  Decoration.set(
    byLine(state).map(([line, [first]]) =>
      Decoration.line({ class: `marked ${first!.kind}` }).range(state.doc.line(line).from),
    ),
  ),
);

const glyphs = gutter({
  class: 'glyphs',
  markers: ({ state }) =>
    RangeSet.of(byLine(state).map(([line, list]) => new Glyph(list).range(state.doc.line(line).from))),
  initialSpacer: () => new Glyph([{ line: 1, kind: 'other', title: '' }]),
});

/** A new line begins as far in as the one before it, and two columns further behind an opening bracket. */
function newLine({ state, dispatch }: EditorView): boolean {
  const change = state.changeByRange(({ from, to }) => {
    const line = state.doc.lineAt(from);
    const before = line.text.slice(0, from - line.from);
    const insert = `\n${/^\s*/.exec(before)![0]}${/[{([]\s*$/.test(before) ? '  ' : ''}`;
    return { changes: { from, to, insert }, range: EditorSelection.cursor(from + insert.length) };
  });
  dispatch(state.update(change, { scrollIntoView: true, userEvent: 'input' }));
  return true;
}

/** `changed` is called when the reader has typed, `run` when the program is to be run at once. */
export function makeEditor(parent: HTMLElement, changed: () => void, run: () => void): Editor {
  const attributes = new Compartment();
  const labelled = (label: string): Extension =>
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocapitalize: 'off' });
  let isReplacing = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        glyphs,
        marks,
        markedLines,
        colours,
        history(),
        EditorState.allowMultipleSelections.of(false),
        attributes.of(labelled('')),
        keymap.of([{ key: 'Mod-Enter', run: () => (run(), true) }, { key: 'Enter', run: newLine }, ...historyKeymap]),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged && !isReplacing) changed();
        }),
      ],
    }),
  });

  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      isReplacing = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
      view.scrollDOM.scrollTop = 0;
      isReplacing = false;
    },
    mark: (list) => view.dispatch({ effects: setMarks.of(list) }),
    reveal(line, select = false) {
      if (line < 1 || line > view.state.doc.lines) return;
      const { from } = view.state.doc.line(line);
      view.dispatch({
        effects: EditorView.scrollIntoView(from, { y: 'nearest', yMargin: 48 }),
        ...(select && { selection: { anchor: from } }),
      });
      if (select) view.focus();
    },
    label: (text) => view.dispatch({ effects: attributes.reconfigure(labelled(text)) }),
  };
}
