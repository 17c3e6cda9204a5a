/* Signs, small tables and texts of a corridor map: all that needs no map to stand on.
   All text from the data goes in as textContent, never as HTML. */
const corridorSigns = (() => {
  "use strict";
  const DIGIT = {};
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].forEach((c, i) => { DIGIT[c] = i; });
  function decode(text, decimals) {
    const unit = 10 ** decimals, out = [];
    let at = 0, lat = 0, lng = 0;
    const next = () => {
      let value = 0, shift = 0, d;
      do { d = DIGIT[text[at++]]; value |= (d & 31) << shift; shift += 5; } while (d & 32);
      return value & 1 ? ~(value >> 1) : value >> 1;
    };
    while (at < text.length) { lat += next(); lng += next(); out.push([lat / unit, lng / unit]); }
    return out;
  }
  const DATE = /(\d{4}-\d{2}-\d{2})/;   // not broken at the end of a line
  function el(tag, cls, text) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text === undefined || text === null) return e;
    if (tag !== "option" && DATE.test(text)) String(text).split(DATE).forEach((part, i) => {
      e.append(i % 2 ? document.createElement("span") : part);
      if (i % 2) Object.assign(e.lastChild, {className: "cr-date", textContent: part});
    });
    else e.textContent = text;
    return e;
  }
  /* a long text as one line, the rest of which a click shows */
  function brief(parent, ...parts) {
    const text = el("summary");
    text.append(...parts);
    const long = text.textContent.length > 60;
    parent.appendChild(el(long ? "details" : "div", "cr-brief")).append(...(long ? [text] : parts));
  }
  function badge(route) {
    const b = el("span", "cr-badge", route.label);
    b.style.background = route.color;
    return b;
  }
  const SYMBOL = {  // size in pixels, then the drawing on 20 x 20; first wins a place
    end: [20, '<circle cx="10" cy="10" r="9.4" fill="#fff"/><circle cx="10" cy="10" r="8.4" fill="#111"/><circle cx="10" cy="10" r="3.4" fill="#fff"/>'],
    gauge: [17, '<path d="M10 .8 19.2 10 10 19.2 .8 10Z" fill="#111" stroke="#fff" stroke-width="1.4"/><path d="M6.2 8h7.6M6.2 12h7.6" stroke="#fff" stroke-width="1.8"/>'],
    border: [13, '<rect x="2" y="2" width="16" height="16" fill="#fff" stroke="#111" stroke-width="3.4"/>'],
    strait: [13, '<path d="M2 3h16L10 18Z" fill="#fff" stroke="#111" stroke-width="2.6" stroke-linejoin="round"/>'],
    transfer: [11, '<circle cx="10" cy="10" r="9.4" fill="#111" stroke="#fff"/><circle cx="10" cy="10" r="3.8" fill="#fff"/>'],
    city: [8, '<circle cx="10" cy="10" r="7" fill="#fff" stroke="#444" stroke-width="4"/>']
  };
  const KIND = {end: "Origin or destination", border: "Border crossing", gauge: "Break of gauge", strait: "Strait",
    transfer: "Transshipment", city: "City on the way"};
  const RANK = Object.keys(SYMBOL).concat("country", "sea");
  const STATE = {planned: ["Planned crossing", "#7a5fb0", ""], suspended: ["Suspended crossing", "#8a8a8a", "#6b6b6b"],
    closed: ["Crossing closed by an event", "#111", "#a40000"]};
  const cross = colour => '<path d="M3 3 17 17M17 3 3 17" stroke="' + colour + '" stroke-width="3"/>';
  function drawing(type, state) {
    const [, edge, mark] = STATE[state] || ["", "#111", ""];
    return SYMBOL[type][1].replaceAll("#111", edge) + (mark ? cross(mark) : "");
  }
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const svg = (w, h, view, inner, cls) => '<svg class="' + (cls || "") + '" width="' + w + '" height="' + h +
    '" viewBox="0 0 ' + view + '" aria-hidden="true">' + inner + "</svg>";
  const LINE = {
    road: ["Road", 'stroke-width="4.5"'], rail: ["Rail", 'stroke-width="5"'],
    sea: ["Sea or ferry", 'stroke-width="4.5" stroke-dasharray=".5 7.5" stroke-linecap="round"'],
    air: ["Air", 'stroke-width="2.2" stroke-dasharray="9 5"'],
    planned: ["Planned", 'stroke-width="4" stroke-opacity=".5" stroke-dasharray="8 5"']
  };
  function headRow(table, names, left) {  // the first column may wrap, the others to `left` not
    const row = table.createTHead().insertRow();
    names.forEach((name, i) => { row.appendChild(el("th", i === 0 ? "t" : i < left ? "t one" : "", name)).scope = "col"; });
  }
  function cells(row, values, left) {
    values.forEach((value, i) => {
      const [main, range] = Array.isArray(value) ? value : [value];
      const td = row.appendChild(el("td", i === 0 ? "t" : i < left ? "t one" : "", main));
      if (range) { td.append(" "); td.appendChild(el("small", "", range)); }
    });
    return row;
  }
  /* twelve cells: open filled, partly open half filled, closed empty and crossed */
  function strip(open, year) {
    const short = want => MONTHS.filter((_, i) => open[i] === want).map(m => m.slice(0, 3)).join(", ");
    const cell = (state, i) => '<g transform="translate(' + 9 * i + ' 0)"><rect x=".5" y=".5" width="7" height="7" fill="' +
      (state === "1" ? "#3d5a6c" : "#fff") + '" stroke="#3d5a6c" stroke-width=".8"/>' +
      (state === "p" ? '<path d="M.5 7.5V.5L7.5 7.5Z" fill="#3d5a6c"/>' : state === "0" ? '<path d="M1 1 7 7M7 1 1 7" stroke="#a40000"/>' : "") + "</g>";
    const span = el("span", "cr-strip");
    span.innerHTML = svg(108, 8, "108 8", [...open].map(cell).join(""));
    span.setAttribute("role", "img");
    span.setAttribute("aria-label", span.title = year + ": open " + (short("1") || "never") +
      (short("p") ? "; partly " + short("p") : "") + (short("0") ? "; closed " + short("0") : ""));
    return span;
  }
  /* land, lakes, rivers and borders on one canvas, not clickable; dotted: disputed */
  function background(map, base, pane) {
    const renderer = L.canvas({pane, padding: 0.3});
    const area = (rings, fill) => L.polygon(rings.map(t => [decode(t, 2)]),
      {interactive: false, renderer, pane, fillColor: fill, fillOpacity: 1, color: "#b9c6cd", weight: 0.8}).addTo(map);
    const lines = (some, style) => L.polyline(some.map(t => decode(t, 2)),
      Object.assign({interactive: false, renderer, pane, smoothFactor: 1.2}, style)).addTo(map);
    area(base.land, "#f8f7f3");
    area(base.lakes, "#dbe6ec");
    lines(base.rivers, {color: "#a6c6d8", weight: 0.8});
    lines(base.plain, {color: "#8f8778", weight: 1, dashArray: "7 3 1 3"});
    lines(base.disputed, {color: "#8f8778", weight: 1.4, dashArray: "1.5 4"});
  }
  return {decode, el, brief, badge, SYMBOL, KIND, RANK, STATE, MONTHS, LINE, drawing, svg, strip, headRow, cells, background};
})();
