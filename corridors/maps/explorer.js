/* The page of the explorer: form, scenario, answer and map over the search of explorer_search.js.
   All text from the data goes in as textContent, never as HTML. */
async function corridorExplorer() {
  "use strict";
  const {decode, el, badge, LINE, SYMBOL, drawing, svg, headRow, cells, background} = corridorSigns;
  const root = document.body.appendChild(el("div", "crx")), side = root.appendChild(el("main", "crx-side"));
  const box = root.appendChild(el("div", "crx-map"));
  const started = performance.now();
  if (!window.DecompressionStream) {
    side.appendChild(el("p", "cr-bad", "This page needs a browser of 2023 or later."));
    return;
  }
  const bytes = Uint8Array.from(atob(document.getElementById("crx-data").textContent), c => c.charCodeAt(0));
  const D = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  const S = corridorSearch(D), COLOURS = ["#332288", "#D55E00", "#007C7C", "#6b6b6b"];
  const WISH = {hours: "fastest", usd: "cheapest", generalised: "time and money together", kgco2e: "least CO\u2082e"};

  /* ---- words and numbers ---- */
  const place = i => D.places[i], two = x => !x ? "0" : (+x.toPrecision(2)).toLocaleString("en-US");
  const days = hours => (hours / 24).toFixed(1), whole = x => Math.round(x).toLocaleString("en-US");
  const short = name => name.split(" (")[0];
  const lower = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const places = D.places.filter(p => p.out >= 0 && p.in >= 0), labelled = new Map();
  places.forEach(p => { const text = p.name + ", " + p.country; labelled.set(labelled.has(text) ? text + " (" + p.id + ")" : text, p.id); });
  D.access.forEach(a => labelled.set(a.name, a.id));
  const labelOf = new Map([...labelled].map(([text, id]) => [id, text]));
  const known = new Map();   // spellings, the first place that has one wins
  [p => p.id, p => p.name, p => p.aliases.split(";")].forEach(of => places.forEach(p => [].concat(of(p)).forEach(name => {
    if (name && !known.has(lower(name))) known.set(lower(name), p.id);
  })));
  const placeId = text => labelled.get(text) || known.get(lower(text.trim())) || labelled.get([...labelled.keys()].find(t => lower(t).startsWith(lower(text.trim())) && text.trim()));

  /* ---- gates: what a click closes or reopens ---- */
  const MANY = 12;
  const gates = D.elements.map((e, i) => ({i, id: e.id, name: e.name, kind: e.kind, edges: S.edgesOf[i]}))
    .filter(g => g.kind !== "leg" && g.edges.length);
  const E = D.edges, lineOf = [];
  const line = i => lineOf[i] || (lineOf[i] = decode(D.lines[i], 3));
  gates.forEach(g => {
    const own = g.edges.find(e => E.kind[e] === 1 && E.elements[e][0] === g.i);
    const edge = own !== undefined ? own : g.edges.reduce((a, b) => E.km[b] > E.km[a] ? b : a), a = place(E.from[edge]);
    const middle = own === undefined && E.line[edge] >= 0 ? line(E.line[edge]) : null;
    [g.lat, g.lng] = middle ? middle[middle.length >> 1] : [a.lat, a.lon];
    g.mode = E.mode[edge];
    g.countries = [...new Set(g.edges.flatMap(e => E.countries[e]))].sort().join("-");
    g.type = own === undefined ? "transfer" : g.mode === "sea" ? "strait" : "border";
    g.wide = own === undefined && new Set(g.edges.map(e => E.line[e])).size > MANY;   // all roads of a country, say: no spot on a map
    g.planned = g.edges.every(e => E.project[e]);
    g.text = lower([g.name, g.id, g.countries, g.mode].join(" "));
  });
  const gateOf = new Map(gates.map(g => [g.id, g]));

  /* ---- state: what the address holds ---- */
  const fresh = () => ({from: "", to: "", depart: D.depart, cargo: D.cargo[0].id, modes: null, avoid: [], changes: []});
  const published = D.published[0], first = () => Object.assign(fresh(), JSON.parse(JSON.stringify(published ? published.state : {})));
  let state = first(), picked = -1, shown = [], showAll = false;
  const DAY = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/, isDay = text => DAY.test(text) && !isNaN(Date.parse(text.slice(0, 10)));
  function readable(given) {   // an address may come from anywhere: what is not understood is left out
    const found = fresh(), ends = id => typeof id === "string" && labelOf.has(id) ? id : "";
    found.from = ends(given.from);
    found.to = ends(given.to);
    if (isDay(given.depart) && inYears(given.depart)) found.depart = given.depart;
    if (D.cargo.some(c => c.id === given.cargo)) found.cargo = given.cargo;
    const list = x => Array.isArray(x) ? x : [], modes = list(given.modes).filter(m => MODES.includes(m));
    found.modes = modes.length ? modes : null;
    found.avoid = list(given.avoid).filter(a => typeof a === "string");
    const day = x => isDay(x) ? x : null, ok = id => typeof id === "string" && S.elementNumber.has(id);
    list(given.changes).forEach(c => {
      if (!c || typeof c !== "object") return;
      const number = Number.isFinite(c.number) ? c.number : 0, elements = list(c.elements).filter(ok);
      const one = {kind: c.kind, what: String(c.what), start: day(c.start), end: day(c.end), number, reason: String(c.reason || ""), mode: String(c.mode || ""), country: String(c.country || ""), elements};
      if (["close", "reopen", "delay"].includes(c.kind) ? elements.length && number >= 0 : c.kind === "build" ? D.projects[c.what] : c.kind === "scale" && ["hours", "usd", "kgco2e"].includes(c.what) && number > 0)
        found.changes.push(one);
    });
    return found;
  }
  const MODES = ["road", "rail", "ferry", "sea", "air"];
  const inYears = text => +text.slice(0, 4) >= D.years[0] && +text.slice(0, 4) <= D.years[1];
  function readAddress() {
    if (location.hash.length < 3) return;
    try { state = readable(JSON.parse(decodeURIComponent(location.hash.slice(1)))); } catch (error) { /* another page's address */ }
  }
  let written = "";
  function writeAddress() {
    written = "#" + encodeURIComponent(JSON.stringify(state));
    try { history.replaceState(null, "", written); } catch (error) { /* a frame without an address of its own */ }
  }

  /* ---- panel ---- */
  const head = side.appendChild(el("header"));
  head.appendChild(el("h1", "", D.title));
  head.appendChild(el("p", "crx-small", D.subtitle));
  const form = side.appendChild(el("form", "crx-form"));
  form.addEventListener("submit", event => event.preventDefault());
  function field(parent, text, node) {
    const label = parent.appendChild(el("label"));
    label.appendChild(el("span", "", text));
    label.appendChild(node);
    return node;
  }
  const datalist = side.appendChild(el("datalist"));
  datalist.id = "crx-places";
  [...labelled.keys()].sort((a, b) => a.localeCompare(b)).forEach(text => { datalist.appendChild(el("option")).value = text; });
  const input = (type, more) => Object.assign(el("input"), {type}, more);
  const from = field(form, "From", input("text", {autocomplete: "off"})), to = field(form, "To", input("text", {autocomplete: "off"}));
  [["from", from], ["to", to]].forEach(([name, node]) => {
    node.setAttribute("list", "crx-places");
    node.addEventListener("change", () => {
      const id = placeId(node.value);
      node.setAttribute("aria-invalid", String(!id));
      problem.textContent = id ? "" : "No place is called \u201c" + node.value + "\u201d here; choose one of the list.";
      if (id) ask(s => { s[name] = id; });
    });
    node.addEventListener("focus", () => node.select());
  });
  const depart = field(form, "Leaves on", input("date", {min: D.years[0] + "-01-01", max: D.years[1] + "-12-31"}));
  depart.addEventListener("change", () => {
    const ok = isDay(depart.value) && inYears(depart.value);
    problem.textContent = ok ? "" : "Departures of " + D.years[0] + " to " + D.years[1] + " are in this page.";
    if (ok) ask(s => { s.depart = depart.value; });
  });
  const cargo = field(form, "Cargo", el("select"));
  D.cargo.forEach(c => { cargo.appendChild(Object.assign(el("option", "", c.name), {value: c.id})); });
  cargo.addEventListener("change", () => ask(s => { s.cargo = cargo.value; s.modes = null; }));
  const swap = form.appendChild(el("button", "crx-swap", "\u21c5 Swap"));
  swap.type = "button";
  swap.title = "Swap origin and destination";
  swap.addEventListener("click", () => {
    if (S.placeNumber.has(state.from) && S.placeNumber.has(state.to)) ask(s => { [s.from, s.to] = [s.to, s.from]; });
  });
  const more = form.appendChild(el("details", "crx-more"));
  more.appendChild(el("summary", "", "Modes and countries"));
  const modeBoxes = more.appendChild(el("div", "crx-boxes"));
  MODES.forEach(mode => {
    const node = input("checkbox", {value: mode}), label = modeBoxes.appendChild(el("label", "crx-box"));
    label.append(node, mode);
    node.addEventListener("change", () => ask(s => {
      const on = [...modeBoxes.querySelectorAll("input:checked")].map(n => n.value);
      s.modes = on.length ? on : null;
    }));
  });
  const avoid = field(more, "Avoid countries (ISO codes, such as AF IR)", input("text"));
  avoid.addEventListener("change", () => ask(s => {
    const known = new Set(D.places.map(p => p.country)), codes = avoid.value.toUpperCase().split(/[^A-Z]+/).filter(Boolean);
    const wrong = codes.filter(c => !known.has(c));
    problem.textContent = wrong.length ? "No country of the network: " + wrong.join(", ") + "." : "";
    s.avoid = s.avoid.filter(a => !known.has(a)).concat(codes.filter(c => known.has(c)));
  }));
  const problem = side.appendChild(el("p", "cr-bad"));
  problem.setAttribute("role", "alert");

  const answer = side.appendChild(el("section", "crx-answer"));
  answer.setAttribute("aria-live", "polite");
  const scenario = side.appendChild(el("section"));
  scenario.appendChild(el("h2", "", "What if"));
  const changes = scenario.appendChild(el("ul", "crx-changes"));
  const search = field(scenario, "Close or reopen a crossing, pass or strait", input("search", {placeholder: "name, country or mode"}));
  search.addEventListener("input", () => { showAll = false; listGates(); });
  const list = scenario.appendChild(el("ul", "crx-gates"));
  const builds = field(scenario, "Build a planned line", el("select"));
  builds.appendChild(Object.assign(el("option", "", "choose \u2026"), {value: ""}));
  Object.keys(D.projects).sort().forEach(name => { builds.appendChild(Object.assign(el("option", "", D.corridors[name] || name.replaceAll("_", " ")), {value: name})); });
  builds.addEventListener("change", () => {
    const name = builds.value;
    builds.value = "";
    if (name && !state.changes.some(c => c.kind === "build" && c.what === name)) ask(s => { s.changes.push({kind: "build", what: name, elements: []}); });
  });
  const tools = side.appendChild(el("div", "crx-tools"));
  function tool(text, act) {
    const button = tools.appendChild(el("button", "", text));
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }
  tool("Copy as Python", () => copy(python()));
  tool("Copy link", () => copy(location.href.split("#")[0] + written));
  tool("Print", () => window.print());
  tool(published ? "Published question" : "Start again", () => { state = first(); picked = -1; show(); });
  D.published.slice(1).forEach(p => tool(p.title, () => { state = Object.assign(fresh(), JSON.parse(JSON.stringify(p.state))); picked = -1; show(); }));
  const code = side.appendChild(el("textarea", "crx-code"));
  code.readOnly = true;
  code.hidden = true;
  code.setAttribute("aria-label", "Text to copy");
  async function copy(text) {
    code.hidden = false;
    code.value = text;
    code.rows = Math.min(12, text.split("\n").length + 1);
    code.select();
    try { await navigator.clipboard.writeText(text); } catch (error) { try { document.execCommand("copy"); } catch (other) { /* the text is there, selected */ } }
  }
  const notes = side.appendChild(el("footer", "crx-notes"));
  D.notes.forEach(text => notes.appendChild(el("p", "", text)));

  function python() {
    const q = JSON.stringify, c = D.cargo.find(one => one.id === state.cargo), lines = ["import corridors as cr", "", "net = cr.load()"];
    const date = change => [change.start && q(change.start), change.end && (change.start ? "" : "end=") + q(change.end)].filter(Boolean).map(x => ", " + x).join("");
    const call = {close: ch => ".close(" + q(ch.what) + date(ch) + (ch.reason ? ", reason=" + q(ch.reason) : "") + ")",
      reopen: ch => ".reopen(" + q(ch.what) + date(ch) + ")", build: ch => ".build(" + q(ch.what) + ")",
      delay: ch => ".delay(" + q(ch.what) + ", hours=" + ch.number + ")",
      scale: ch => ".scale(" + q(ch.what) + ", " + ch.number + (ch.mode ? ", mode=" + q(ch.mode) : "") + (ch.country ? ", country=" + q(ch.country) : "") + ")"};
    const made = state.changes.map(ch => "\n    " + call[ch.kind](ch)).join("");
    if (made) lines.push("scenario = (\n    cr.Scenario(" + q(changeWords(state.changes) || "explorer") + ")" + made + "\n)");
    const end = id => { const a = D.access.find(one => one.id === id); return a ? "(" + a.lon + ", " + a.lat + ")" : q(id); };
    lines.push("routes = net.routes(\n    " + end(state.from) + ",\n    " + end(state.to) + ",\n    depart=" + q(state.depart) + ",\n    cargo=" + (c.code || q(c.id)) +
      (state.modes ? ",\n    modes=" + q(state.modes) : "") + (state.avoid.length ? ",\n    avoid=" + q(state.avoid) : "") +
      D.fixed.map(text => ",\n    " + text).join("") + (made ? ",\n    scenario=scenario" : "") + ",\n)");
    return lines.join("\n") + "\n";
  }
  const elementName = id => short((D.elements[S.elementNumber.get(id)] || {name: id}).name);
  const nameOf = c => c.kind === "build" ? D.corridors[c.what] || c.what.replaceAll("_", " ") : c.kind === "scale" ? c.what :
    [...new Set((c.elements || []).map(elementName))].join(", ") || c.what;
  const VERB = {close: "shut", reopen: "open", build: "built", delay: "delayed", scale: "scaled"};
  const changeWords = some => some.map(c => nameOf(c) + " " + VERB[c.kind] + (c.kind === "delay" ? " by " + c.number + " h" : c.kind === "scale" ? " by " + c.number : "")).join(", ");

  /* ---- gates: list and toggle ---- */
  const changeOf = gate => state.changes.find(c => (c.kind === "close" || c.kind === "reopen") && (c.elements || []).includes(gate.id));
  function toggle(gate) {
    ask(s => {
      const change = changeOf(gate);
      if (change) {   // a click takes back what a click did; of a change of several elements only this one
        change.elements = change.elements.filter(id => id !== gate.id);
        if (change.elements.length) change.what = change.elements[0];
        s.changes = s.changes.filter(c => !["close", "reopen", "delay"].includes(c.kind) || c.elements.length)
          .flatMap(c => c === change && c.elements.length > 1 ? c.elements.map(id => Object.assign({}, c, {what: id, elements: [id]})) : [c]);
      } else s.changes.push({kind: gate.state === "shut" ? "reopen" : "close", what: gate.id, elements: [gate.id], start: null, end: null, reason: ""});
    });
  }
  const LONG = 7 * 24;
  function judge(q) {   // shut: by a dated closure or a season, for everything that would pass on the day of departure
    gates.forEach(gate => {
      gate.why = "";
      const found = gate.edges.map(e => S.shutting(q, e, q.t0).find(c => !c.rule || c.end - q.t0 > LONG) || null);
      const reason = found.find(Boolean);
      gate.state = gate.planned && !gate.edges.some(e => q.projects.has(E.project[e])) ? "planned" : found.every(Boolean) ? "shut" : reason ? "partly" : "";
      if (reason) gate.why = reason.text + (reason.start > -Infinity && !reason.rule ? ", since " + S.dayOf(reason.start) : "") +
        (reason.end < Infinity ? ", to " + S.dayOf(reason.end - 1) : reason.confirmed ? ", last confirmed " + reason.confirmed : "");
    });
  }
  const STATES = {"": "open", shut: "shut", partly: "shut one way or in part", planned: "planned"};
  function listGates() {
    const wanted = lower(search.value.trim()).split(/\s+/).filter(Boolean);
    const fits = gates.filter(g => wanted.every(w => g.text.includes(w)))
      .sort((a, b) => (onWay.has(b.i) - onWay.has(a.i)) || ((b.state === "shut") - (a.state === "shut")) || a.name.localeCompare(b.name));
    const most = showAll ? fits.length : 12;
    list.replaceChildren(...fits.slice(0, most).map(gate => {
      const item = el("li"), text = item.appendChild(el("span")), button = item.appendChild(el("button", "", changeOf(gate) ? "Undo" : gate.state === "shut" ? "Reopen" : "Close"));
      text.appendChild(el("b", "", short(gate.name)));
      text.append(" " + [gate.countries, gate.kind === "section" ? "section" : gate.mode].join(", ") + ": ");
      text.appendChild(el("span", gate.state === "shut" ? "cr-bad" : "", STATES[gate.state]));
      if (gate.why) text.appendChild(el("small", "", " " + gate.why));
      button.type = "button";
      button.setAttribute("aria-label", button.textContent + " " + gate.name);
      button.disabled = gate.state === "planned";
      button.addEventListener("click", () => toggle(gate));
      return item;
    }));
    if (fits.length > most) {
      const button = list.appendChild(el("li")).appendChild(el("button", "", "All " + fits.length));
      button.type = "button";
      button.addEventListener("click", () => { showAll = true; listGates(); });
    }
    if (!fits.length) list.appendChild(el("li", "", "None is called so."));
  }
  function listChanges() {
    changes.replaceChildren(...state.changes.map(change => {
      const item = el("li");
      item.appendChild(el("b", "", nameOf(change) + " " + VERB[change.kind]));
      if (change.kind === "delay" || change.kind === "scale") item.append(" by " + change.number + (change.kind === "delay" ? " h" : ""));
      const ends = {close: [["start", "from"], ["end", "to"]], reopen: [["start", "from"]]}[change.kind] || [];
      ends.forEach(([name, text]) => {
        const node = field(item, text, input("date", {value: change[name] || ""}));
        node.addEventListener("change", () => {
          const day = node.value || null, other = name === "start" ? change.end : change.start;
          const wrong = day && other && (name === "start" ? day > other : day < other);
          problem.textContent = wrong ? "The last day lies before the first." : "";
          if (wrong) node.value = change[name] || ""; else ask(() => { change[name] = day; });
        });
      });
      const button = item.appendChild(el("button", "", "Remove"));
      button.type = "button";
      button.setAttribute("aria-label", "Remove: " + nameOf(change) + " " + VERB[change.kind]);
      button.addEventListener("click", () => ask(s => { s.changes = s.changes.filter(c => c !== change); }));
      return item;
    }));
  }

  /* ---- the answer ---- */
  let onWay = new Set();
  const wayName = edges => {
    const legs = edges.filter(e => E.kind[e] === 0), codes = [];
    legs.forEach(e => { const c = E.countries[e][0]; if (c !== "XZ" && codes[codes.length - 1] !== c) codes.push(c); });
    const by = [...new Set(edges.filter(e => E.kind[e] === 1 && E.mode[e] !== "sea").map(e => short(D.elements[E.elements[e][0]].name)))];
    const modes = [...new Set(legs.map(e => E.mode[e]))];
    return codes.join("-") + (by.length ? ", by " + by.join(", ") : "") + " (" + modes.join(", ") + ")";
  };
  const references = new Map();
  function reference() {   // the published answer to these ends, else the same question without the changes
    const same = D.published.find(p => p.state.from === state.from && p.state.to === state.to);
    const other = same ? Object.assign(fresh(), same.state) : Object.assign({}, state, {changes: []}), key = JSON.stringify(other);
    if (!references.has(key)) {
      if (references.size > 50) references.clear();
      references.set(key, S.answer(other));
    }
    return {same, found: references.get(key), own: key === JSON.stringify(Object.assign(fresh(), state)) || (!same && !state.changes.length)};
  }
  function compare(found, ref) {
    const words = [], p = found.by, r = ref.found.by, what = ref.same ? "the published answer" : "without your changes";
    const told = (more, unit, digits) => Math.abs(more) < digits ? "the same as" : unit(Math.abs(more)) + (more < 0 ? " less than" : " more than");
    if (!p.hours) return r.hours ? ["Cut off; " + (ref.same ? "the published answer takes " : "without your changes ") + days(r.hours.hours) + " days."] : [];
    if (!r.hours) return [(ref.same ? "The published answer: no way." : "Without your changes: no way.") + " Now " + days(p.hours.hours) + " days."];
    words.push("Fastest: " + told(p.hours.hours - r.hours.hours, x => days(x) + " days", 0.05 * 24) + " " + what + ".");
    words.push("Cheapest: " + told(p.usd.usd - r.usd.usd, x => "US$ " + two(x), 0.5) + " " + what + ".");
    return words;
  }
  function differing(same) {   // what the reader has changed
    const words = [], was = same ? Object.assign(fresh(), same.state) : null;
    const key = c => JSON.stringify([c.kind, c.what, c.elements || [], c.start || null, c.end || null, c.number || 0]);
    const old = was ? was.changes : [], added = state.changes.filter(c => !old.some(o => key(o) === key(c))), gone = old.filter(o => !state.changes.some(c => key(o) === key(c)));
    if (was && was.depart !== state.depart) words.push("leaving " + state.depart);
    if (was && was.cargo !== state.cargo) words.push(D.cargo.find(c => c.id === state.cargo).name);
    if (added.length) words.push(changeWords(added));
    if (gone.length) words.push("not " + changeWords(gone));
    return words.join(", ");
  }
  function showAnswer(found) {
    answer.replaceChildren(el("h2", "", "Answer"));
    if (!found) { answer.appendChild(el("p", "", "Choose where the cargo comes from and where it goes.")); return; }
    const ref = reference(), changed = differing(ref.same), words = ref.own ? [] : compare(found, ref);
    if (ref.own && ref.same) answer.appendChild(el("p", "crx-verdict", "This is the published question."));
    if (words.length) answer.appendChild(el("p", "crx-verdict", (changed ? "With " + changed + ": " : "") + words.join(" ")));
    if (shown.length) {
      const table = answer.appendChild(el("table"));
      headRow(table, ["", "Way", "days", "US$", "t CO\u2082e", "km"], 2);
      const body = table.createTBody();
      shown.forEach((way, i) => {
        const row = body.insertRow(), button = row.insertCell().appendChild(el("button", "cr-pick"));
        button.type = "button";
        button.appendChild(badge(way));
        button.title = "Show the legs of way " + way.label;
        button.setAttribute("aria-pressed", String(picked === i));
        row.className = picked === i ? "cr-on" : "";
        cells(row, [way.wishes.map(w => WISH[w]).join(", ") + ": " + way.name, days(way.route.hours), two(way.route.usd), [(way.route.kgco2e / 1000).toPrecision(2)], whole(way.route.km)], 1);
        row.addEventListener("click", () => { picked = picked === i ? -1 : i; showAnswer(found); drawRoutes(); });
      });
      if (picked >= 0 && shown[picked]) answer.appendChild(legTable(shown[picked]));
      const c = found.question.cargo;
      if (c.lifeDays && shown[0].route.hours / 24 > c.lifeDays) answer.appendChild(el("p", "cr-bad", c.name + " keep " + c.lifeDays + " days: less than the fastest way takes."));
      else if (c.lifeDays) answer.appendChild(el("p", "crx-small", "Keeps " + c.lifeDays + " days. Whether nine of ten trips arrive in time is not worked out in this page."));
      const light = shown.find(way => way.route.load.tonnes < c.loads[0].tonnes);
      if (light) answer.appendChild(el("p", "crx-small", "Way " + light.label + ": weight limits leave " + light.route.load.tonnes + " t of " + c.loads[0].tonnes + " t in one unit."));
    } else answer.appendChild(el("p", "cr-bad", "No way gets through on this date."));
    const open = found.open, best = found.by.hours;
    if (open && open.shut.length && (!best || open.hours < best.hours - 1)) {
      const p = answer.appendChild(el("p", "crx-shut"));
      p.append((best ? "If nothing were shut the fastest way would take " : "A way of ") + days(open.hours) + " days, " + wayName(open.edges) + (best ? "" : ", is blocked") + ". Shut on it: ");
      open.shut.forEach((c, i) => {
        p.appendChild(el("b", "", (i ? "; " : "") + elementName(D.elements[c.element].id)));
        p.append(" (" + c.text + (c.start > -Infinity && !c.rule ? ", since " + S.dayOf(c.start) : "") + (c.source ? "; " + c.source : "") + ")");
      });
    } else if (!open) answer.appendChild(el("p", "", "Nothing in the network joins the two, open or shut: try other modes or another cargo."));
    if (ref.same) answer.appendChild(publishedTable(ref.same));
  }
  function publishedTable(same) {
    const fold = el("details", "crx-published");
    fold.open = innerHeight > 700 && innerWidth > 700;
    fold.appendChild(el("summary", "", "Published answer: " + same.title));
    if (same.none) fold.appendChild(el("p", "cr-bad", same.none));
    if (same.rows.length) {
      const table = fold.appendChild(el("table"));
      headRow(table, ["Route", "days", "US$", "t CO\u2082e"], 1);
      const body = table.createTBody();
      same.rows.forEach(row => cells(body.insertRow(), [row.label + " " + row.name, row.days, row.usd, [row.t]], 1));
      fold.appendChild(el("p", "crx-small", same.note));
    }
    return fold;
  }
  function legTable(way) {
    const holder = el("div", "crx-legs"), table = holder.appendChild(el("table"));
    headRow(table, ["Way " + way.label + ": leg", "", "km", "h", "US$", "grade"], 2);
    const body = table.createTBody(), f = way.route.figures;
    way.route.steps.forEach(step => {
      const e = step.edge, kind = E.kind[e], a = place(E.from[e]).name, b = place(E.to[e]).name;
      if (step.start > step.arrive) {
        const why = S.shutting(way.question, e, step.arrive)[0];
        cells(body.insertRow(), ["wait: " + (why ? elementName(D.elements[why.element].id) + ", " + why.text : ""), "wait", "", whole(step.start - step.arrive), "", ""], 2).className = "wait";
      }
      const name = kind === 0 ? short(a) + " \u2013 " + short(b) : kind === 1 ? D.elements[E.elements[e][0]].name : a;
      cells(body.insertRow(), [name, ["", "border ", "", "terminal "][kind] + E.mode[e], kind ? "" : whole(E.km[e]), (step.end - step.start).toFixed(step.end - step.start < 1 ? 1 : 0), f.usd[e] ? whole(f.usd[e]) : "", D.grades[E.grade[e]]], 2).className = kind ? "stop" : "";
    });
    if (way.route.detention) cells(body.insertRow(), ["detention of the line's box", "", "", "", whole(way.route.detention), "estimate"], 2).className = "stop";
    const sources = new Set(way.route.edges.flatMap(e => D.sourceSets[E.source[e]]).map(i => D.sources[i]));
    holder.appendChild(el("p", "crx-small", "Sources: " + [...sources].join("; ")));
    return holder;
  }

  /* ---- map ---- */
  const map = L.map(box, {zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 2, maxZoom: 14});
  map.fitBounds(D.view, {animate: false, padding: [34, 34]});
  box.classList.add("cr-map");
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(D.attribution);
  box.style.setProperty("--cr-width", box.clientWidth + "px");
  const pane = (name, z, still) => { const p = map.createPane(name); p.style.zIndex = z; if (still) p.style.pointerEvents = "none"; return name; };
  background(map, D.base, pane("crx-base", 201, true));
  const renderer = L.canvas({pane: pane("crx-network", 210, true), padding: 0.3});
  const NETWORK = {road: ["#d9d3c3", 0.7], rail: ["#bdb8ad", 1], sea: ["#b4cbd8", 0.8, "1 5"], planned: ["#9a8fc0", 1.2, "4 4"]};
  const byMode = {road: [], rail: [], sea: [], planned: []};
  E.line.forEach((l, e) => {
    const mode = E.project[e] ? "planned" : E.mode[e] === "ferry" ? "sea" : E.mode[e];
    if (l >= 0 && E.forward[e] && byMode[mode]) byMode[mode].push(line(l));
  });
  Object.entries(byMode).forEach(([mode, lines]) => {
    const [color, weight, dashArray] = NETWORK[mode];
    L.polyline(lines, {renderer, pane: "crx-network", interactive: false, color, weight, dashArray: dashArray || null, smoothFactor: 1.5}).addTo(map);
  });
  pane("crx-routes", 405);
  const ways = L.layerGroup().addTo(map), names = pane("crx-names", 640, true);
  const spots = gates.filter(gate => !gate.wide);
  spots.forEach(gate => {
    gate.marker = L.marker([gate.lat, gate.lng], {icon: L.divIcon({className: "cr-node crx-gate", iconSize: [22, 22], html: ""}), keyboard: false, alt: ""});
    gate.marker.on("click", () => { if (gate.state !== "planned") toggle(gate); });
    gate.marker.bindTooltip(() => {
      const tip = el("div", "cr-tip");
      tip.appendChild(el("b", "", gate.name));
      tip.append(" (" + gate.countries + ", " + gate.mode + "): " + STATES[gate.state] + (gate.why ? ", " + gate.why : "") + ". ");
      if (gate.state !== "planned") tip.append(changeOf(gate) ? "Click: take your change back." : gate.state === "shut" ? "Click: reopen it." : "Click: close it.");
      return tip;
    });
    gate.marker.addTo(map);
  });
  const size = gate => onWay.has(gate.i) || changeOf(gate) ? 17 : gate.state === "shut" ? 13 : 9;
  function drawGates() {
    spots.forEach(gate => {
      const node = gate.marker.getElement(), n = size(gate), state = gate.state === "shut" ? "shut" : gate.state === "planned" ? "planned" : "";
      node.innerHTML = svg(n, n, "20 20", drawing(gate.type, state));   // our own drawings, no text of the data
      node.classList.toggle("crx-mine", !!changeOf(gate));
      node.setAttribute("aria-label", gate.name + ": " + STATES[gate.state]);
      gate.marker.setZIndexOffset(n * 20);
    });
  }
  function drawRoutes() {
    ways.clearLayers();
    shown.forEach((way, i) => {   // where ways share a line the later ones lie on the wider earlier ones
      const dim = picked >= 0 && picked !== i, width = 3.5 + 2.5 * (shown.length - 1 - i);
      way.route.edges.filter(e => E.line[e] >= 0).forEach(e => {
        const style = {pane: "crx-routes", color: way.color, weight: width, opacity: dim ? 0.15 : 1, interactive: true};
        const mode = E.project[e] ? "planned" : E.mode[e] === "ferry" ? "sea" : E.mode[e];
        if (mode === "sea") Object.assign(style, {dashArray: ".5 " + (width + 4), lineCap: "round"});
        if (mode === "air") Object.assign(style, {dashArray: "9 5"});
        if (mode === "planned") Object.assign(style, {dashArray: "8 5"});
        const drawn = L.polyline(line(E.line[e]), style).addTo(ways);
        drawn.on("click", () => { picked = picked === i ? -1 : i; showAnswer(last); drawRoutes(); });
        if (mode === "rail" && width >= 3) L.polyline(line(E.line[e]), Object.assign({}, style, {color: "#fff", weight: width / 3, dashArray: "6 6", interactive: false})).addTo(ways);
      });
    });
    placeNames();
  }
  const labels = map.getPane(names).appendChild(el("div"));
  function placeNames() {   // greedy: ends, gates on the ways, gates changed, shut ones, countries and seas
    const at = [], taken = [...box.querySelectorAll(".leaflet-control")].map(c => c.getBoundingClientRect()).map(r => {
      const b = box.getBoundingClientRect();
      return [r.left - b.left, r.top - b.top, r.right - b.left, r.bottom - b.top];
    });
    ["from", "to"].forEach(end => { const p = spot(state[end]); if (p) at.push([p.name, p.lat, p.lon, "end", 12]); });
    const said = new Set();   // one name for a crossing by road and its twin by rail
    const new_ = g => !said.has(short(g.name)) && said.add(short(g.name));
    spots.filter(g => onWay.has(g.i) || changeOf(g)).filter(new_).forEach(g => at.push([short(g.name), g.lat, g.lng, "border", 11]));
    if (map.getZoom() > 5) spots.filter(g => g.state === "shut").filter(new_).forEach(g => at.push([short(g.name), g.lat, g.lng, "city", 9]));
    D.base.countries.forEach(row => at.push([row[0], row[1], row[2], "country", 0]));
    D.base.seas.forEach(row => at.push([row[0], row[1], row[2], "sea", 0]));
    const symbols = spots.map(g => [size(g) / 2, map.latLngToContainerPoint([g.lat, g.lng])]);
    const lines = map.getZoom() < 12 ? shown.flatMap(way => way.route.edges.filter(e => E.line[e] >= 0).flatMap(e => line(E.line[e]).filter((p, i) => i % 4 === 0).map(p => map.latLngToContainerPoint(p)))) : [];
    labels.replaceChildren(...at.map(([name, , , cls]) => el("div", "cr-label " + cls, name)));
    [...labels.children].forEach((node, i) => {
      const [, lat, lng, cls, gap] = at[i], p = map.latLngToContainerPoint([lat, lng]), w = node.offsetWidth, h = node.offsetHeight, g = gap;
      const anchors = !g ? [[-w / 2, -h / 2]] : [[g, -h / 2], [-w - g, -h / 2], [-w / 2, -h - g], [-w / 2, g], [g * 0.7, -h - g * 0.4], [g * 0.7, g * 0.4], [-w - g * 0.7, -h - g * 0.4], [-w - g * 0.7, g * 0.4]];
      const best = anchors.map(([dx, dy], k) => {
        const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        const out = b[0] < 2 || b[1] < 2 || b[2] > box.clientWidth - 2 || b[3] > box.clientHeight - 2;
        const hit = (t, pad) => b[0] < t[2] + pad && t[0] - pad < b[2] && b[1] < t[3] + pad && t[1] - pad < b[3];
        if (out || taken.some(t => hit(t, 1)) || (g && symbols.some(([r, s]) => Math.abs(s.x - p.x) + Math.abs(s.y - p.y) > 2 && hit([s.x - r, s.y - r, s.x + r, s.y + r], 0)))) return null;
        const covered = lines.filter(q => hit([q.x, q.y, q.x, q.y], 2)).length;
        return covered && !g ? null : {cost: covered * 3 + k, b};
      }).filter(Boolean).sort((a, c) => a.cost - c.cost)[0];
      node.style.display = best ? "" : "none";
      if (!best) return;
      taken.push(best.b);
      L.DomUtil.setPosition(node, map.containerPointToLayerPoint(best.b.slice(0, 2)));
    });
  }
  const spot = id => D.access.find(a => a.id === id) || D.places[S.placeNumber.get(id)];
  const ends = L.layerGroup().addTo(map);
  let viewed = published ? published.state.from + ">" + published.state.to : "";
  function drawEnds() {
    ends.clearLayers();
    ["from", "to"].forEach(end => {
      const p = spot(state[end]);
      if (p) L.marker([p.lat, p.lon], {interactive: false, keyboard: false, zIndexOffset: 900, icon: L.divIcon({className: "cr-node", iconSize: [20, 20], html: svg(20, 20, "20 20", SYMBOL.end[1])})}).addTo(ends);
    });
    const points = shown.flatMap(w => w.route.edges.filter(e => E.line[e] >= 0).flatMap(e => line(E.line[e]).filter((p, i) => i % 5 === 0)))
      .concat(["from", "to"].map(end => spot(state[end])).filter(Boolean).map(p => [p.lat, p.lon]));
    const key = state.from + ">" + state.to;   // the view follows the question, not each change of the world
    if (points.length && (viewed !== key || !map.getBounds().contains(L.latLngBounds(points)))) {
      map.fitBounds(L.latLngBounds(points), {animate: false, padding: [34, 34], maxZoom: 9});
      viewed = key;
    }
  }
  const legend = L.control({position: "bottomleft"});
  function keys() {
    const card = el("div", "cr-card crx-legend");
    const key = (drawn, text) => { const span = card.appendChild(el("span")); span.innerHTML = drawn; span.append(text); };
    const stroke = (more, colour) => '<line x1="1" y1="6.5" x2="29" y2="6.5" stroke="' + (colour || "#444") + '" ' + more + "/>";
    const mark = (type, state) => svg(13, 13, "20 20", drawing(type, state), "cr-key"), ink = inner => svg(30, 13, "30 13", inner, "cr-key");
    key(mark("border", ""), "crossing");
    key(mark("border", "shut"), "shut");
    key(mark("strait", ""), "strait");
    key(mark("transfer", ""), "pass or section");
    key(ink(stroke(LINE.road[1])), "road");
    key(ink(stroke(LINE.rail[1]) + stroke('stroke-width="1.8" stroke-dasharray="6 6"', "#fff")), "rail");
    key(ink(stroke(LINE.sea[1])), "sea");
    key(ink(stroke('stroke-width="2" stroke-dasharray="4 4"', "#7a5fb0")), "planned");
    return card;
  }
  legend.onAdd = keys;
  if (matchMedia("(max-width: 760px)").matches) side.insertBefore(keys(), form); else legend.addTo(map);
  map.on("zoomend moveend", placeNames);
  new ResizeObserver(() => { map.invalidateSize({animate: false}); box.style.setProperty("--cr-width", box.clientWidth + "px"); placeNames(); }).observe(box);

  /* ---- ask, show ---- */
  let last = null;
  function ask(change) {
    change(state);
    picked = -1;
    show();
  }
  function distinct(found) {
    const some = [];
    Object.keys(WISH).forEach(by => {
      const route = found.by[by];
      if (!route) return;
      const same = some.find(way => way.route.edges.join() === route.edges.join());
      if (same) same.wishes.push(by);
      else some.push({wishes: [by], route, name: wayName(route.edges), label: "ABCD"[some.length], color: COLOURS[some.length], question: found.question});
    });
    return some;
  }
  function show() {
    const from_ = performance.now();
    writeAddress();
    from.value = labelOf.get(state.from) || "";
    to.value = labelOf.get(state.to) || "";
    depart.value = state.depart.slice(0, 10);
    cargo.value = state.cargo;
    const c = D.cargo.find(one => one.id === state.cargo), modes = state.modes || c.modes, allowed = c.unit === "wagon" ? ["rail", "ferry"] : MODES;
    modeBoxes.querySelectorAll("input").forEach(node => { node.checked = modes.includes(node.value); node.disabled = !allowed.includes(node.value); });
    avoid.value = state.avoid.filter(a => D.places.some(p => p.country === a)).join(" ");
    const asked = state.from && state.to && state.from !== state.to;
    last = asked ? S.answer(state) : null;
    shown = last ? distinct(last) : [];
    const q = last ? last.question : S.resolve(Object.assign({}, state, {from: places[0].id, to: places[1].id}));
    onWay = new Set(shown.flatMap(w => w.route.edges).flatMap(e => E.elements[e]));
    judge(q);
    showAnswer(last);
    if (state.from && state.from === state.to) answer.replaceChildren(el("h2", "", "Answer"), el("p", "", "Origin and destination are the same place."));
    listChanges();
    listGates();
    drawGates();
    drawEnds();
    drawRoutes();
    root.dataset.answered = (performance.now() - from_).toFixed(1);
  }
  window.addEventListener("hashchange", () => { if (location.hash !== written) { readAddress(); picked = -1; show(); } });
  readAddress();
  show();
  root.dataset.ready = (performance.now() - started).toFixed(0);
  window.corridorPage = {search: S, data: D, python, state: () => state};
}
