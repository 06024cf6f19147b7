// What was measured, for people: 120 columns of text. Relies on report, variants.
import { columns, failureOf, figureOf, figuresOf, isPlain, titleOf, verdicts } from './report.ts';
import type { Measured, Spread } from './report.ts';
import { beforeOf, headOf } from './variants.ts';

/** Three digits, since the noise hides more; at most six characters. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 999_950) return `${(value / 1e6).toFixed(size >= 9.995e6 ? 1 : 2)}M`;
  if (size >= 99.95)
    return Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ',');
  return value.toFixed(
    size >= 9.995 ? 1
    : size >= 0.01 ? 2
    : 4,
  );
}

/** With its unit, in at most eight characters: `1,234 ns`, `12.3 µs`. */
function quantity(value: number, unit: string): string {
  const larger: Readonly<Record<string, string>> = { ns: 'µs', ms: 's' };
  if (value >= 9_999.5 && unit in larger) return `${digits(value / 1_000)} ${larger[unit]}`;
  return `${digits(value)} ${unit}`;
}

/** A longer unit is written once beside the title instead of after each value. */
const isShort = (unit: string) => unit.length <= 2;

function row(title: string, wides: readonly string[], cells: readonly string[], noise: string): string {
  // The width of the title is what is left of 120 columns.
  const narrow = cells.map((cell, i) =>
    cell.padStart(Math.max(6, headOf(columns[i]!).length - (columns[i] === 'treadle' ? 1 : 0))),
  );
  const right = [...wides.map((cell) => cell.padStart(8)), ...narrow, noise.padStart(5)].join(' ');
  return `${title.slice(0, 119 - right.length).padEnd(119 - right.length)} ${right}`.trimEnd();
}

/** Half the distance between the lowest and the highest round, as a fraction of the median. */
export const noiseOf = ({ median, min, max }: Spread): number => (max - min) / 2 / median;
export const percent = (part: number) => `±${Math.round(part * 100)}%`;

function noise(measured: Measured, figure: string, to?: string): string {
  const ratio = figureOf(measured.rounds, figure, 'treadle', to);
  return ratio && measured.rounds.length > 1 ? percent(noiseOf(ratio)) : '';
}

/**
 * Two tables: the ratios to native, with a row for each workload or figure, and then the figures that matter by
 * themselves.
 */
export function table(all: readonly Measured[]): string {
  const ratios = [
    row(
      'divided by native',
      ['native', 'treadle'],
      columns.map((name) => (name === 'treadle' ? 'ratio' : headOf(name))),
      'noise',
    ),
  ];
  const figures = [row('not divided', ['native'], columns.map(headOf), 'noise')];
  const others: string[] = [];
  for (const measured of all) {
    const { workload, rounds } = measured;
    const cell = (figure: string, variant: string, to?: string) => {
      if (!(variant in workload.variants)) return '';
      const error = failureOf(rounds, variant);
      if (error !== undefined) return error.startsWith('>') ? error : 'failed';
      const value = figureOf(rounds, figure, variant, to);
      return value ? digits(value.median) : '-';
    };
    for (const [figure, unit] of Object.entries(figuresOf(measured))) {
      const title = titleOf(measured, figure);
      const withIts = isShort(unit) ? title : `${title} (${unit})`;
      const to = isPlain(measured, figure) ? undefined : 'native';
      const cells = columns.map((variant) => cell(figure, variant, to));
      if (cells.every((text) => text === '' || text === '-')) continue; // no variant could measure it
      const withUnit = (variant: string) => {
        const value = figureOf(rounds, figure, variant);
        return value ? quantity(value.median, isShort(unit) ? unit : '').trim() : cell(figure, variant);
      };
      if (to === undefined)
        figures.push(row(`${title} (${unit})`, [cell(figure, 'native')], cells, noise(measured, figure)));
      else ratios.push(row(withIts, [withUnit('native'), withUnit('treadle')], cells, noise(measured, figure, to)));
      for (const variant of Object.keys(workload.variants).filter(
        (name) => name !== 'native' && !columns.includes(name as never),
      )) {
        others.push(
          `${title}, ${variant}: ${withUnit(variant)}${to === undefined ? '' : ` (${cell(figure, variant, to)})`}`,
        );
      }
    }
  }
  return [ratios, figures, others]
    .filter((lines) => lines.length > (lines === others ? 0 : 1))
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/**
 * This clone beside the state before: a row for each figure of each variant of treadle, with both values, native, and
 * the ratio of the two. `better` and `worse` mark differences that are larger than the noise of the ratio.
 */
export function comparison(all: readonly Measured[]): string {
  const rows = [['', 'before', 'treadle', 'native', '/ before', 'rounds', 'noise', '', '/ native: before', 'now']];
  for (const measured of all) {
    const { workload, rounds } = measured;
    for (const [figure, unit] of Object.entries(figuresOf(measured))) {
      const plain = isPlain(measured, figure);
      const moreIsBetter = workload.goals?.some((goal) => goal.figure === figure && goal.atLeast) ?? false;
      const title = `${titleOf(measured, figure)}${isShort(unit) ? '' : ` (${unit})`}`;
      const amount = (variant: string) => {
        const value = figureOf(rounds, figure, variant);
        if (value) return quantity(value.median, isShort(unit) ? unit : '').trim();
        return variant in workload.variants && failureOf(rounds, variant) !== undefined ? 'failed' : '';
      };
      const toNative = (variant: string) => {
        const ratio = plain ? undefined : figureOf(rounds, figure, variant, 'native');
        return ratio ? digits(ratio.median) : '';
      };
      for (const variant of Object.keys(workload.variants)) {
        const before = beforeOf(variant);
        if (before === undefined || !(before in workload.variants)) continue;
        const amounts = [before, variant, 'native'].map(amount);
        if (amounts.every((text) => text === '')) continue; // no variant could measure it
        const ratio = figureOf(rounds, figure, variant, before);
        rows.push([
          variant === 'treadle' ? title : `${title}, ${headOf(variant)}`,
          ...amounts,
          ratio ? digits(ratio.median) : '-',
          ...(ratio && rounds.length > 1 ?
            [`${digits(ratio.min)}..${digits(ratio.max)}`, percent(noiseOf(ratio)), judged(ratio, moreIsBetter)]
          : ['', '', '']),
          toNative(before),
          toNative(variant),
        ]);
      }
    }
  }
  return aligned(rows, [0, 7]);
}

/** The rows that changed by more than the noise. */
function judged(ratio: Spread, moreIsBetter: boolean): string {
  if (Math.abs(ratio.median - 1) <= noiseOf(ratio)) return '';
  return ratio.median > 1 === moreIsBetter ? 'better' : 'worse';
}

/** Columns are as wide as their widest cell. Those in `left` are aligned to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[], left: readonly number[]): string {
  const width = (i: number) => Math.max(...rows.map((cells) => cells[i]!.length));
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => (left.includes(i) ? cell.padEnd(width(i)) : cell.padStart(width(i))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const short = (variant: string) => variant.replace('treadle ', '');

/** Each goal, what was reached, the lowest and highest round, and whether that is enough. */
export function goalTable(all: readonly Measured[]): string {
  const rows = all.flatMap((measured) =>
    verdicts(measured).map(({ variant, to, figure, limit, atLeast, reached, met }) => {
      const unit = to === undefined ? ` ${figuresOf(measured)[figure]}` : '';
      return [
        `${titleOf(measured, figure)}, ${short(variant)}${to === undefined ? '' : ` / ${short(to)}`}`,
        reached ? digits(reached.median) + unit : '-',
        reached && measured.rounds.length > 1 ? `${digits(reached.min)}..${digits(reached.max)}` : '',
        `${atLeast ? 'at least' : 'at most'} ${digits(limit)}${unit}`,
        met === undefined ? 'not measured'
        : met ? 'met'
        : 'missed',
      ];
    }),
  );
  return aligned(rows, [0, 2, 3, 4]);
}
