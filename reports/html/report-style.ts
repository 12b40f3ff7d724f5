/** The page's looks: system fonts, light and dark by the reader's setting, tables that scroll on a narrow screen. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f3f5f8, #1e222a); --warn: light-dark(#9a4a00, #ffb877); --hit: #1a9e3f; --wrong: #e0303a; --miss: #2f7fe0; --hit-text: light-dark(#137a31, #4fd07a); --wrong-text: light-dark(#c4212b, #ff8489); --miss-text: light-dark(#1f66c1, #7ab6ff); }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fff, #14171c); color: light-dark(#1c2026, #e4e7ec); }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; } header { padding-top: 1.5rem; } main { padding-bottom: 4rem; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--soft); color: inherit; } .skip:focus { left: 1rem; top: .3rem; z-index: 2; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; font-size: .9rem; } a { color: var(--miss-text); }
:target { scroll-margin-top: .5rem; } tr:target { scroll-margin-top: 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .3rem; }
.verdict { font-size: 1.15rem; padding: .8rem 1rem; background: var(--soft); border-left: 4px solid #4c78a8; }
.verdict.regressed { border-color: var(--wrong); } .verdict.equivalent { border-color: var(--hit); } .verdict.cannot-tell { border-color: var(--warn); }
.stopped, .warnings { color: var(--warn); }
.notes { font-size: .85rem; opacity: .85; }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; list-style: none; padding: 0; }
.tiles li { padding: .6rem 1rem; background: var(--soft); border-radius: 6px; }
.big { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.badge { font-size: .75rem; padding: .05rem .45rem; border-radius: 99px; border: 1px solid currentColor; }
.badge.emulated, .badge.modelled { color: light-dark(#7a3fa0, #cfa5ec); }
.badge.failed { color: var(--wrong-text); }
.paste { padding: .6rem 1rem; background: var(--soft); border-radius: 6px; overflow-x: auto; }
figure { margin: 1rem 0; }
.chart { overflow-x: auto; }
.chart svg { max-width: none; }
figcaption { font-size: .85rem; opacity: .85; overflow-wrap: anywhere; }
.scroll { overflow: auto; max-height: 40rem; border-bottom: 1px solid var(--line); }
/* What goes on below or beside shows as a shadow at that edge; it moves away with the content at the end. */
.scroll, .chart { --ground: light-dark(#fff, #14171c); --shade: light-dark(#0003, #fff4); background:
  linear-gradient(to right, var(--ground) 30%, transparent) left / 2.5rem 100% local, linear-gradient(to left, var(--ground) 30%, transparent) right / 2.5rem 100% local,
  linear-gradient(to bottom, var(--ground) 30%, transparent) top / 100% 2.5rem local, linear-gradient(to top, var(--ground) 30%, transparent) bottom / 100% 2.5rem local,
  linear-gradient(to right, var(--shade), transparent) left / .7rem 100% scroll, linear-gradient(to left, var(--shade), transparent) right / .7rem 100% scroll,
  linear-gradient(to bottom, var(--shade), transparent) top / 100% .7rem scroll, linear-gradient(to top, var(--shade), transparent) bottom / 100% .7rem scroll; background-repeat: no-repeat; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; white-space: pre; font-weight: 500; }
thead th { border-bottom-width: 2px; font-weight: 600; position: sticky; top: 0; background: light-dark(#fff, #14171c); }
button.sort { all: unset; cursor: pointer; } button.sort:focus-visible { outline: 2px solid #4c78a8; outline-offset: 2px; }
button.sort::after { content: ' ↕'; opacity: .6; } [aria-sort='ascending'] button.sort::after { content: ' ↑'; opacity: 1; } [aria-sort='descending'] button.sort::after { content: ' ↓'; opacity: 1; }
tr:target { background: light-dark(#fff3c4, #4a3d10); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; font-size: .9rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.switch { border: 0; padding: 0; margin: 0; min-width: 0; }
.switch label { margin: 0 1rem 0 .3rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.pictures figure { margin: .5rem 0; }
.pictures svg { width: 100%; height: auto; background: var(--soft); }
.layer { display: none; }
.pictures rect { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.pictures text { font-family: system-ui, sans-serif; font-weight: 600; stroke: #fff; stroke-width: 3px; paint-order: stroke; }
rect.truth, rect.missed { stroke-dasharray: 6 4; } rect.truth { stroke: #fff; }
rect.hit { stroke: var(--hit); } rect.false-alarm { stroke: var(--wrong); } rect.missed { stroke: var(--miss); } rect.in-crowd { stroke: #999; }
text.hit { fill: var(--hit); } text.false-alarm { fill: var(--wrong); } text.in-crowd { fill: #555; }
.key { font-weight: 600; } .key.hit { color: var(--hit-text); } .key.false-alarm { color: var(--wrong-text); } .key.missed { color: var(--miss-text); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:focus-visible { outline: 2px solid #4c78a8; outline-offset: 2px; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@page { size: landscape; margin: 12mm; }
@media print {
  :root { color-scheme: light; } body { font-size: 10pt; } header, main { max-width: none; }
  .skip, nav, button.sort::after { display: none; }
  .scroll, .chart { background: none; overflow: visible; max-height: none; } .chart svg { max-width: 100%; height: auto; } table { font-size: 7pt; } th, td { padding: .1rem .25rem; white-space: normal; } th:first-child { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 9rem; } thead th { position: static; }
  h2 { break-after: avoid; } figure, tr, .verdict, .tiles li { break-inside: avoid; }
}
`;
