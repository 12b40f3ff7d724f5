/** The page's looks: system fonts, light and dark by the reader's setting, tables that scroll on a narrow screen. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f3f5f8, #1e222a); --warn: light-dark(#9a4a00, #ffb877); }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fff, #14171c); color: light-dark(#1c2026, #e4e7ec); }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .3rem; }
.verdict { font-size: 1.15rem; padding: .8rem 1rem; background: var(--soft); border-left: 4px solid #4c78a8; }
.stopped, .warnings { color: var(--warn); }
figure { margin: 1rem 0; overflow-x: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; white-space: pre; font-weight: 500; }
thead th { border-bottom-width: 2px; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; font-size: .9rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media print { .scroll { overflow: visible; } }
`;
