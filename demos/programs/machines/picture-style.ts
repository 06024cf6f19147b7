// How the picture looks, in the light and in the dark: its reader decides, by `prefers-color-scheme`.

export const STYLE = `
svg { --back: #ffffff; --text: #1f2328; --quiet: #59636e; --grid: #d8dee4; --band: #f6f8fa; --counted: #6aa6e8;
  --vain: #cf222e; --again: #d18f00; --hatch: #c3cad1; --curve: #2c7d43;
  background: var(--back); font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --quiet: #9aa4af; --grid: #2b323a; --band: #151b23; --counted: #3f78b8;
    --vain: #ff6b63; --again: #f0b429; --hatch: #3d444d; --curve: #4fb168 }
}
.back { fill: var(--back) } .band { fill: var(--band) } .grid { stroke: var(--grid) }
text { fill: var(--text) } .quiet { fill: var(--quiet) } .title { font-weight: 600 }
.counted { fill: var(--counted) } .vain { fill: var(--vain) } .again { fill: var(--again) }
.gone { fill: url(#hatch) } .hatch { stroke: var(--hatch); stroke-width: 1.5 }
.blow { stroke: var(--vain); stroke-width: 2 }
.said { fill: var(--vain); font-weight: 600; stroke: var(--back); stroke-width: 4; paint-order: stroke }
.thread { fill: none; stroke: var(--again); stroke-width: .8; stroke-opacity: .75 }
.area { fill: var(--curve); fill-opacity: .15 } .curve { fill: none; stroke: var(--curve); stroke-width: 1.5 }
`;

/** What covers the time in which a host was not there. */
export const HATCH =
  '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>';
