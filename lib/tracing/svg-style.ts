// How an SVG timeline looks, in the light and in the dark. The page's reader decides which, by `prefers-color-scheme`.
// Waits are pale, so that the dark text within them can be read, and in the dark the other way round; what runs is
// strong. Relies on nothing.

export const STYLE = `
svg { --back: #ffffff; --text: #1f2328; --quiet: #59636e; --grid: #d8dee4; --stripe: #f6f8fa; --running: #0a5fc4;
  --ready: #e0a100; --time: #d5dbe1; --outside: #a6dfb4; --tasks: #e9ebf7; --shared: #ffc9b0; --closing: #8a4fd8;
  --failed: #cf222e; --succeeded: #2c7d43; --cancelled: #8a4fd8; --line: #8c959f;
  background: var(--back); font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --quiet: #9aa4af; --grid: #2b323a; --stripe: #141a21; --running: #58a6ff;
    --ready: #d8a11b; --time: #3b444e; --outside: #1f5f35; --tasks: #2a3050; --shared: #77402a; --closing: #b48cf5;
    --failed: #ff6b63; --succeeded: #4fb168; --cancelled: #b48cf5; --line: #6e7681 }
}
.back { fill: var(--back) } .stripe { fill: var(--stripe) } .grid { stroke: var(--grid) }
text { fill: var(--text) } .quiet { fill: var(--quiet) } .title { font-weight: 600 }
.running { fill: var(--running) } .ready { fill: var(--ready) } .time { fill: var(--time) }
.outside { fill: var(--outside) } .tasks { fill: var(--tasks) } .shared { fill: var(--shared) }
.closing { fill: var(--closing) } .idle { fill-opacity: .55 } .error { fill: var(--failed) }
.owner { stroke: var(--line); stroke-dasharray: 2 2; fill: none }
.end { fill: none; stroke-width: 1.8 } .end.failed { stroke: var(--failed) } .end.cancelled { stroke: var(--cancelled) }
.end.succeeded { stroke: var(--succeeded) }
`;
