/* The page of the explorer: form, scenario, answer and map over the search of explorer_search.js.
   All text from the data goes in as textContent, never as HTML. */
async function corridorExplorer() {
  "use strict";
  const {decode, el, badge, headRow, cells} = corridorSigns;
  const root = document.body.appendChild(el("div", "crx")), side = root.appendChild(el("main", "crx-side"));
  const box = root.appendChild(el("div", "crx-map"));
  const started = performance.now();
  if (!window.DecompressionStream) {
    side.appendChild(el("p", "cr-bad", "This page needs a browser of 2023 or later."));
    return;
  }
  const bytes = Uint8Array.from(atob(document.getElementById("crx-data").textContent), c => c.charCodeAt(0));
  const D = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  const S = corridorSearch(D), named = corridorNames(D);
  const LOCAL = 12;   // hours: a closure begins at midnight of a zone between UTC+2 and UTC+8, the day before in UTC
  const WISH = {hours: "fastest", usd: "cheapest", generalised: "time and money together", kgco2e: "least CO\u2082e"};

  /* ---- words and numbers ---- */
  const spot = id => D.access.find(a => a.id === id) || D.places[S.placeNumber.get(id)];
  const place = i => D.places[i], two = x => !x ? "0" : (+x.toPrecision(2)).toLocaleString("en-US");
  const three = x => !x ? "0" : (+x.toPrecision(3)).toLocaleString("en-US", {minimumFractionDigits: Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(Math.abs(x))))), maximumFractionDigits: 3});
  const days = hours => three(hours / 24), tenth = hours => (hours / 24).toFixed(1), whole = x => Math.round(x).toLocaleString("en-US");
  const short = name => name.split(" (")[0];
  const inOrder = new Intl.Collator().compare, lower = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
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
    g.short = short(g.name);
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
  const heading = head.appendChild(el("h1", "", D.title));
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
  [...labelled.keys()].sort(inOrder).forEach(text => { datalist.appendChild(el("option")).value = text; });
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
  const told = side.appendChild(el("section"));   // the published answer
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
  const VERB = {close: "closed", reopen: "open", build: "built", delay: "delayed", scale: "scaled"};
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
      } else s.changes.push({kind: gate.state === "closed" ? "reopen" : "close", what: gate.id, elements: [gate.id], start: null, end: null, reason: ""});
    });
  }
  const LONG = 7 * 24;
  function judge(q) {   // closed: by a dated closure or a season, for everything that would pass on the day of departure
    gates.forEach(gate => {
      gate.why = "";
      gate.gap = (D.elements[gate.i].gaps.find(gap => gap[0] <= q.day && q.day <= gap[1]) || ["", "", ""])[2];
      const found = gate.edges.map(e => S.closing(q, e, q.t0).find(c => !c.rule || c.end - q.t0 > LONG) || null);
      const reason = found.find(Boolean);
      gate.state = gate.planned && !gate.edges.some(e => q.projects.has(E.project[e])) ? "planned" : found.every(Boolean) ? "closed" : reason ? "partly" : "";
      if (reason) gate.why = reason.text + (reason.start > -Infinity && !reason.rule ? ", since " + S.dayOf(reason.start + LOCAL) : "") +
        (reason.end < Infinity ? ", to " + S.dayOf(reason.end - 1) : reason.right ? "" : ", no end known" + (reason.confirmed ? ", last confirmed " + reason.confirmed : ""));
    });
  }
  const STATES = {"": "open", closed: "closed", partly: "closed one way or in part", planned: "planned"};
  function listGates() {
    const wanted = lower(search.value.trim()).split(/\s+/).filter(Boolean);
    const fits = gates.filter(g => wanted.every(w => g.text.includes(w)))
      .sort((a, b) => (a.wide - b.wide) || (onWay.has(b.i) - onWay.has(a.i)) || ((b.state === "closed") - (a.state === "closed")) || inOrder(a.name, b.name));
    const most = showAll ? fits.length : 12;
    list.replaceChildren(...fits.slice(0, most).map(gate => {
      const item = el("li"), text = item.appendChild(el("span")), button = item.appendChild(el("button", "", changeOf(gate) ? "Undo" : gate.state === "closed" ? "Reopen" : "Close"));
      text.appendChild(el("b", "", short(gate.name)));
      text.append(" " + [gate.countries, gate.kind === "section" ? "section" : gate.mode].join(", ") + ": ");
      text.appendChild(el("span", gate.state === "closed" ? "cr-bad" : "", STATES[gate.state]));
      [gate.why, gate.gap].filter(Boolean).forEach(words => text.appendChild(el("small", "", " " + words + ".")));
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
    const words = [], p = found.by, r = ref.found.by, what = ref.same ? "published" : "without your changes";
    const said = (more, unit, digits) => Math.abs(more) < digits ? "no " + (digits < 1 ? "dearer" : "longer") : unit(Math.abs(more)) + (more < 0 ? " less" : " more");
    if (!p.hours) return r.hours ? ["Cut off; " + (ref.same ? "the published answer takes " : "without your changes ") + days(r.hours.hours) + " days."] : [];
    if (!r.hours) return [(ref.same ? "The published answer: no route." : "Without your changes: no route.") + " Now " + days(p.hours.hours) + " days."];
    words.push("Fastest route " + said(p.hours.hours - r.hours.hours, x => tenth(x) + " days", 0.05 * 24) + ", cheapest route " +
      said(p.usd.usd - r.usd.usd, x => "US$ " + two(x), 0.5) + " than " + what + ".");
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
    told.replaceChildren();
    if (!found) { answer.appendChild(el("p", "", "Choose where the cargo comes from and where it goes.")); return; }
    const ref = reference(), changed = differing(ref.same), words = ref.own ? [] : compare(found, ref);
    if (ref.own && ref.same) answer.appendChild(el("p", "crx-verdict", "This is the published question."));
    if (words.length) answer.appendChild(el("p", "crx-verdict", (changed ? "With " + changed + ": " : "") + words.join(" ")));
    if (shown.length) {
      const table = answer.appendChild(el("table"));
      headRow(table, ["", "Route", "days", "US$", "t CO\u2082e", "km"], 2);
      const body = table.createTBody();
      shown.forEach((way, i) => {
        const row = body.insertRow(), button = row.insertCell().appendChild(el("button", "cr-pick"));
        button.type = "button";
        button.appendChild(badge(way));
        button.title = "Show the legs of route " + way.label;
        button.setAttribute("aria-pressed", String(picked === i));
        row.className = picked === i ? "cr-on" : "";
        cells(row, [way.wishes.map(w => WISH[w]).join(", ") + ": " + way.name, days(way.route.hours), three(way.route.usd), three(way.route.kgco2e / 1000), whole(way.route.km)], 1);
        row.addEventListener("click", () => pick(i));
      });
      if (picked >= 0 && shown[picked]) answer.appendChild(legTable(shown[picked]));
      const c = found.question.cargo;
      if (c.lifeDays && shown[0].route.hours / 24 > c.lifeDays) answer.appendChild(el("p", "cr-bad", c.name + " keep " + c.lifeDays + " days: less than the fastest route takes."));
      else if (c.lifeDays) answer.appendChild(el("p", "crx-small", "Keeps " + c.lifeDays + " days. Whether nine of ten trips arrive in time is not worked out in this page."));
      const light = shown.find(way => way.route.load.tonnes < c.loads[0].tonnes);
      if (light) answer.appendChild(el("p", "crx-small", "Route " + light.label + ": weight limits leave " + light.route.load.tonnes + " t of " + c.loads[0].tonnes + " t in one unit."));
      const gaps = [...new Set(gates.filter(g => onWay.has(g.i) && !g.wide && g.gap).sort((a, b) => (b.type === "border") - (a.type === "border")).map(g => g.short))];
      const rest = gaps.length - 5;
      if (gaps.length) answer.appendChild(el("p", "crx-small", "Closures for this date not or only lightly researched, so taken as open unless known to be closed: " +
        gaps.slice(0, 5).join(", ") + (rest > 0 ? " and " + rest + " more (see the list below)" : "") + "."));
    } else answer.appendChild(el("p", "cr-bad", "No route gets through on this date."));
    const open = found.open, best = found.by.hours;
    if (open && open.closed.length && (!best || open.hours < best.hours - 1)) {
      const p = answer.appendChild(el("p", "crx-closed"));
      p.append((best ? "If nothing were closed the fastest route would take " : "A route of ") + days(open.hours) + " days, " + named.name(open.edges) + (best ? "" : ", is blocked") + ". Closed on it: ");
      open.closed.forEach((c, i) => {
        p.appendChild(el("b", "", (i ? "; " : "") + elementName(D.elements[c.element].id)));
        p.append(" (" + c.text + (c.start > -Infinity && !c.rule ? ", since " + S.dayOf(c.start + LOCAL) : "") + (c.source ? "; source: " + c.source : "") + ")");
      });
    } else if (!open) answer.appendChild(el("p", "", "Nothing in the network joins the two, open or closed: try other modes or another cargo."));
    told.replaceChildren(...(ref.same ? [publishedTable(ref.same)] : []));
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
    headRow(table, ["Route " + way.label + ": leg", "", "km", "h", "US$", "grade of h", "of US$"], 2);
    const body = table.createTBody(), f = way.route.figures;
    way.route.steps.forEach(step => {
      const e = step.edge, kind = E.kind[e], a = place(E.from[e]).name, b = place(E.to[e]).name;
      if (step.start > step.arrive) {
        const why = S.closing(way.question, e, step.arrive)[0];
        cells(body.insertRow(), ["wait: " + (why ? elementName(D.elements[why.element].id) + ", " + why.text : ""), "wait", "", whole(step.start - step.arrive), "", "", ""], 2).className = "wait";
      }
      const name = kind === 0 ? short(a) + " \u2013 " + short(b) : kind === 1 ? D.elements[E.elements[e][0]].name : kind === 2 ? a : (kind === 3 ? "loading at " : "unloading at ") + a;
      cells(body.insertRow(), [name, (kind === 1 ? "border " : "") + E.mode[e], kind ? "" : whole(E.km[e]), (step.end - step.start).toFixed(step.end - step.start < 1 ? 1 : 0), f.usd[e] ? whole(f.usd[e]) : "", D.grades[E.grade[e]], f.usd[e] ? D.grades[E.usdGrade[e]] : ""], 2).className = kind ? "stop" : "";
    });
    if (way.route.detention) cells(body.insertRow(), ["detention of the line's box", "", "", "", whole(way.route.detention), "", "estimate"], 2).className = "stop";
    const sources = new Set(way.route.edges.flatMap(e => D.sourceSets[E.source[e]]).map(i => D.sources[i]));
    holder.appendChild(el("p", "crx-small", "Sources: " + [...sources].join("; ")));
    return holder;
  }

  const map = corridorExplorerMap(box, D, {gates, states: STATES, line, spot, changeOf, toggle, pick: i => pick(i),
    seen: published ? published.state.from + ">" + published.state.to : ""});
  if (matchMedia("(max-width: 760px)").matches) side.insertBefore(map.keys(), form); else map.addKeys();

  /* ---- ask, show ---- */
  let last = null;
  function pick(i) {
    picked = picked === i ? -1 : i;
    showAnswer(last);
    map.pick(picked);
  }
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
      else some.push({wishes: [by], route, label: "ABCD"[some.length], color: D.colours[some.length], question: found.question});
    });
    named.names(some.map(way => way.route.edges)).forEach((name, i) => { some[i].name = name; });
    return some;
  }
  function show() {
    const begun = performance.now();
    writeAddress();
    heading.textContent = state.from && state.to ? spot(state.from).name + " to " + spot(state.to).name + ", " + state.depart.slice(0, 10) : D.title;
    from.value = labelOf.get(state.from) || "";
    to.value = labelOf.get(state.to) || "";
    depart.value = state.depart.slice(0, 10);
    cargo.value = state.cargo;
    avoid.value = state.avoid.filter(a => D.places.some(p => p.country === a)).join(" ");
    const asked = state.from && state.to && state.from !== state.to;
    last = asked ? S.answer(state) : null;
    shown = last ? distinct(last) : [];
    const q = last ? last.question : S.resolve(Object.assign({}, state, {from: places[0].id, to: places[1].id}));
    const modes = last ? q.modes : state.modes || q.cargo.modes;
    modeBoxes.querySelectorAll("input").forEach(node => { node.checked = modes.includes(node.value); node.disabled = !q.cargo.allowed.includes(node.value); });
    onWay = new Set(shown.flatMap(w => w.route.edges).flatMap(e => E.elements[e]));
    judge(q);
    showAnswer(last);
    if (state.from && state.from === state.to) answer.replaceChildren(el("h2", "", "Answer"), el("p", "", "Origin and destination are the same place."));
    listChanges();
    listGates();
    map.draw({shown, picked, onWay, from: state.from, to: state.to});
    root.dataset.answered = (performance.now() - begun).toFixed(1);
  }
  window.addEventListener("hashchange", () => { if (location.hash !== written) { readAddress(); picked = -1; show(); } });
  readAddress();
  show();
  root.dataset.ready = (performance.now() - started).toFixed(0);
  window.corridorPage = {search: S, names: named.names, python, state: () => state, elements: edges => edges.map(e => S.idOf(e))};
}
