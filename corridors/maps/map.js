/* Draws a corridor map on a Leaflet map from the data D (see layers.py).
   All text from the data goes in as textContent, never as HTML. */
function corridorMap(map, D) {
  "use strict";
  const box = map.getContainer();
  if (!box.clientWidth || !box.clientHeight) {  // hidden tab: wait until there is room
    const watch = new ResizeObserver(() => {
      if (!box.clientWidth || !box.clientHeight) return;
      watch.disconnect();
      map.invalidateSize({animate: false});
      corridorMap(map, D);
    });
    watch.observe(box);
    return;
  }

  /* ---- helpers ---- */
  const {decode, el, brief, badge, SYMBOL, KIND, RANK, STATE, MONTHS, LINE, drawing, svg, strip, headRow, cells, background} = corridorSigns;
  const APART = 8;   // pixels between routes that share a line
  function pane(name, z, still) {
    const p = map.getPane("cr-" + name) || map.createPane("cr-" + name);
    p.style.zIndex = z;
    if (still) p.style.pointerEvents = "none";
    return "cr-" + name;
  }
  function position(node) {
    const here = box.getBoundingClientRect(), r = node.getBoundingClientRect();
    return {left: r.left - here.left, top: r.top - here.top, right: r.right - here.left, bottom: r.bottom - here.top};
  }
  const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const around = (p, r) => [p.x - r, p.y - r, p.x + r, p.y + r];
  const px = latlng => map.latLngToContainerPoint(latlng);

  /* ---- cards: title, legend, layers ---- */
  const started = performance.now(), small = box.clientWidth < 640 || box.clientHeight < 460;
  box.classList.add("cr-map");
  box.classList.toggle("cr-small", small);
  box.classList.toggle("cr-tiled", !D.base);
  const measure = () => {
    box.style.setProperty("--cr-width", box.clientWidth + "px");
    box.style.setProperty("--cr-height", box.clientHeight + "px");
  };
  measure();
  function control(position, node) {
    const c = L.control({position});
    c.onAdd = () => node;
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    return c.addTo(map);
  }
  function fold(parent, cls, title, open) {
    const details = parent.appendChild(el("details", cls));
    details.open = open;
    details.appendChild(el("summary", "", title));
    details.addEventListener("toggle", () => placeNames());
    return details;
  }
  function key(parent, w, view, inner, text, h) {
    const span = parent.appendChild(el("span"));
    span.innerHTML = svg(w, h || 13, view, inner, "cr-key");
    span.append(text);
  }
  const strong = !D.routes.length && !D.circles.length;   // the network itself is the subject
  const NETWORK = strong ? {road: ["#b5a47a", 1.1], rail: ["#55514a", 1.4], sea: ["#5d8aa8", 1, "1 5"], air: ["#777", 1, "9 5"],
    planned: ["#7a5fb0", 1.4, "4 4"]} : {road: ["#d9d3c3", 0.7], rail: ["#bdb8ad", 1], planned: ["#9a8fc0", 1.2, "4 4"]};
  const title = el("div", "cr-card cr-title");
  title.appendChild(el("h1", "", D.title));
  D.subtitle.forEach(text => title.appendChild(el("p", "", text)));
  control("topleft", title);

  const legend = el("div", "cr-card cr-legend");
  const legendFold = fold(legend, "", D.routes.length ? "Legend and routes" : "Legend", true);
  const scroll = legendFold.appendChild(el("div", "cr-scroll"));
  if (D.routes.length) {
    const table = scroll.appendChild(el("table"));
    headRow(table, ["", "Route, open months", "km", "days", "US$", "t CO\u2082e"], 2);
    const body = table.createTBody(), several = new Set(D.routes.map(r => r.group)).size > 1;
    D.routes.forEach((route, i) => {
      if (several && (!i || D.routes[i - 1].group !== route.group)) {
        const cell = body.insertRow().insertCell();
        cell.colSpan = 6;
        cell.className = "t cr-group";
        cell.textContent = route.group;
      }
      const row = body.insertRow(), button = row.insertCell().appendChild(el("button", "cr-pick"));
      button.appendChild(badge(route));
      button.title = "Show route " + route.label + " alone";
      button.setAttribute("aria-pressed", "false");
      route.row = row;
      row.addEventListener("click", () => pick(picked === i ? -1 : i));
      cells(row, [route.name].concat(route.legend), 1);
      row.cells[1].appendChild(el("br"));
      row.cells[1].appendChild(strip(route.open, route.year));
    });
    const years = [...new Set(D.routes.map(r => r.year))].join(", ");
    const line = scroll.appendChild(el("div", "cr-months")), input = line.appendChild(el("input")), text = line.appendChild(el("b"));
    const verdict = scroll.appendChild(el("div", "cr-verdict"));
    input.type = "range";
    input.min = 0;
    input.max = 12;
    input.value = 0;
    input.setAttribute("aria-label", "Month");
    input.addEventListener("input", () => {
      const month = +input.value - 1;
      text.textContent = month < 0 ? "Open by month of " + years : MONTHS[month] + " " + years;
      input.setAttribute("aria-valuetext", text.textContent);
      verdict.replaceChildren(...showMonth(shownMonth = month).map(([cls, words]) => el("div", cls, words)));
      placeNames();
    });
    text.textContent = "Open by month of " + years;
  }
  const keys = scroll.appendChild(el("div", "cr-keys"));
  D.modes.concat(D.planned ? ["planned"] : []).forEach(mode => {
    const line = (colour, more) => '<line x1="2" y1="6.5" x2="34" y2="6.5" stroke="' + colour + '" ' + more + "/>";
    const [colour, weight, dashes] = NETWORK[mode] || [];
    const inner = strong ? line(colour, 'stroke-width="' + 1.5 * weight + '" stroke-dasharray="' + (dashes || "none") + '"')
      : line("#444", LINE[mode][1]) + (mode === "rail" ? line("#fff", 'stroke-width="1.8" stroke-dasharray="6 6"') : "");
    key(keys, 36, "36 13", inner, LINE[mode][0]);
  });
  if (D.closed.length) key(keys, 36, "36 13", '<line x1="2" y1="6.5" x2="34" y2="6.5" stroke="#8c8c8c" stroke-width="3.5" stroke-dasharray="2 7"/>', "Not possible on this date");
  ["border", "gauge", "strait", "transfer"].filter(type => D.nodes.some(n => n.type === type)).forEach(type =>
    key(keys, 13, "20 20", SYMBOL[type][1], KIND[type]));
  Object.keys(STATE).filter(state => D.nodes.some(n => n.state === state)).forEach(state =>
    key(keys, 13, "20 20", drawing("border", state), STATE[state][0]));
  const paint = c => c.hatched ? "url(#cr-hatch)" : c.fill;
  const ring = c => '<circle cx="' + c.r + '" cy="' + c.r + '" r="' + (c.r - 1) + '" stroke-width="1.5" stroke="' + c.edge +
    '" fill="' + paint(c) + '"/>';
  if (D.circles.length) {
    const hatch = box.appendChild(el("div"));
    hatch.style.position = "absolute";
    hatch.innerHTML = svg(0, 0, "1 1", '<defs><pattern id="cr-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
      '<rect width="5" height="5" fill="#fff" fill-opacity=".75"/><rect width="2" height="5" fill="#a40000"/></pattern></defs>');
  }
  D.scale.forEach(c => key(keys, 2 * c.r, 2 * c.r + " " + 2 * c.r, ring(c), c.text, 2 * c.r));
  const count = D.rejected.reduce((n, r) => n + r.names.split("; ").length, 0);
  const closed = D.rejected.length ? fold(scroll, "cr-closures", "Not possible on this date (" + count + ")", true) : null;
  D.rejected.forEach(r => {
    brief(closed, el("b", "", r.what && r.what + ": "), r.why + " ", el("i", "", "(" + r.names + ")"));
  });
  if (D.note) scroll.appendChild(el("p", "cr-note", D.note));

  const tree = el("div", "cr-card cr-tree");
  const treeFold = fold(tree, "", "Layers", !small && !D.paired);
  const kinds = {}, layers = {}, groups = [];   // what the boxes of the tree switch
  let showNames = true;
  function branch(heading, rows) {
    const part = treeFold.appendChild(el("div"));
    part.appendChild(el("div", "cr-part", heading));
    rows.forEach(([text, list, on, mark]) => {
      const label = part.appendChild(el("label")), input = label.appendChild(el("input"));
      input.type = "checkbox";
      input.checked = on;
      if (mark) label.appendChild(mark);
      label.appendChild(el("span", "", text));
      input.addEventListener("change", () => {
        if (list) list().forEach(layer => { if (input.checked) layer.addTo(map); else layer.remove(); });
        else showNames = input.checked;
        pick(picked);
        showMonth(shownMonth);
        thinSymbols();
        placeNames();
      });
    });
  }
  D.nodes.forEach(n => { n.layer = !n.state ? n.type : n.state === "closed" ? (D.routes.length ? "closed" : n.type) : "idle"; });
  const kindRow = (text, ...types) => D.nodes.some(n => types.includes(n.layer)) ?
    [[text, () => types.map(type => kinds[type]).filter(Boolean), true]] : [];
  if (D.routes.length) branch("Routes", D.routes.map((r, i) => [r.name, () => [groups[i]], true, badge(r)]));
  branch("Nodes", [...kindRow("Borders and breaks of gauge", "border", "gauge", "strait"), ...kindRow("Transshipment", "transfer"),
    ...kindRow("Cities", "city"), ...kindRow("Planned and suspended", "idle"), ["Labels", null, true]]);
  if (D.closed.length || D.nodes.some(n => n.layer === "closed"))
    branch("Not possible on this date", [["Closed corridors", () => [layers.closed, kinds.closed].filter(Boolean), true]]);
  const there = [["rail", "Railways"], ["road", "Main roads"], ["sea", "Sea and ferry"], ["air", "Air"], ["planned", "Planned lines"]]
    .filter(([name]) => D.network && (D.network[name] || []).length);
  if (there.length) branch("Network", there.map(([name, text]) => [text, () => [layers[name]], strong || name !== "planned"]));
  control("topright", tree);
  if (!map.zoomControl) L.control.zoom({position: "topright"}).addTo(map);
  if (document.fullscreenEnabled && map.zoomControl) {
    const full = map.zoomControl.getContainer().appendChild(el("a", "cr-full", "\u26f6"));
    full.href = "#";
    full.title = "Full screen";
    full.setAttribute("role", "button");
    L.DomEvent.on(full, "click", e => {
      L.DomEvent.stop(e);
      if (document.fullscreenElement) document.exitFullscreen(); else box.requestFullscreen();
    });
  }
  L.control.scale({imperial: false, position: "bottomright", maxWidth: 110}).addTo(map);
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(D.attribution);
  const credit = map.attributionControl.getContainer();

  /* ---- the view: fit the routes so that no card hides them ---- */
  D.routes.forEach(r => r.segments.forEach(s => { s.latlngs = decode(s.line, 4); }));
  /* points evenly along a line: a sea lane has few corners, and is hidden no less by a card */
  const corners = [L.latLngBounds(D.bounds).getNorthWest(), L.latLngBounds(D.bounds).getSouthEast()].map(p => map.project(p, 0));
  const step = corners[0].distanceTo(corners[1]) / 200;
  function spaced(latlngs) {
    const found = [], points = latlngs.map(p => map.project(p, 0));
    let due = 0;
    points.slice(1).forEach((b, i) => {
      const a = points[i], far = a.distanceTo(b);
      for (; due < far; due += step) found.push(a.add(b.subtract(a).multiplyBy(due / far)));
      due -= far;
    });
    return found;
  }
  const ink = D.routes.flatMap(r => r.segments.flatMap(s => spaced(s.latlngs)))
    .concat((D.circles.length ? D.circles.concat(D.nodes) : []).map(c => map.project([c.lat, c.lng], 0)));
  function chooseView() {
    const size = map.getSize(), bounds = L.latLngBounds(D.bounds), gap = 24;
    const card = node => [node.offsetWidth + 10, node.offsetHeight + 10];
    const side = small ? "topleft" : "bottomleft";
    const made = control(side, legend);
    if (credit.offsetWidth > size.x - Math.max(140, legend.offsetWidth + 20)) map._controlCorners.bottomleft.style.marginBottom = credit.offsetHeight + "px";
    const low = credit.offsetWidth > size.x - 560 ? credit.offsetHeight + 10 : 10;
    let best = null;
    const options = small ? [[side, 0, 0]] : [[side, 1, 1], ["bottomright", 1, 1], [side, 1, 0], ["bottomright", 1, 0], [side, 0, 0]];
    options.forEach(([corner, open, openClosed]) => (small || D.paired ? [false] : [true, false]).forEach(openTree => {
      legendFold.open = !!open;
      if (closed) closed.open = !!openClosed;
      treeFold.open = openTree;
      const [lw, lh] = card(legend), [tw, th] = card(title), [gw, gh] = card(tree), left = corner.endsWith("left");
      const top = small ? 0 : size.y - lh - (left ? low : Math.max(low, credit.offsetHeight + 34));
      const rects = [[0, 0, tw, th], [size.x - gw, 0, size.x, gh], [size.x - 50, gh, size.x, gh + 110],
        small ? [0, th, lw, th + lh] : left ? [0, top, lw, size.y] : [size.x - lw, top, size.x, size.y]];
      const above = small ? th + lh : 0, below = credit.offsetHeight;
      [[0, 0, 0], [0, th, 0], [lw, 0, 0], [lw, th, 0], [0, 0, lw], [0, th, lw], [0, 0, gw], [0, th, gw]].forEach(([l, t, r]) => {
        const pad = {paddingTopLeft: [l + gap, Math.max(t, above) + gap], paddingBottomRight: [r + gap, below + gap]};
        if (l + r > size.x * 0.6) return;
        const {center, zoom} = map._getBoundsCenterZoom(bounds, pad);
        const origin = map.project(center, zoom).subtract(size.divideBy(2)), scale = map.getZoomScale(zoom, 0);
        const hidden = ink.filter(p => {
          const q = p.multiplyBy(scale).subtract(origin);
          return rects.some(c => q.x > c[0] - 8 && q.x < c[2] + 8 && q.y > c[1] - 8 && q.y < c[3] + 8);
        }).length;
        const clash = rects.reduce((n, c, i) => n + rects.slice(i + 1).filter(d => overlap(c, d)).length, 0);
        const cost = 200 * clash + 300 * hidden / Math.max(1, ink.length) + (hidden ? 20 : 0) - 40 * zoom + (open ? 0 : 35) + (openClosed ? 0 : 8) + (openTree ? 0 : 10);
        if (!best || cost < best.cost) best = {cost, corner, open, openClosed, openTree, center, zoom};
      });
    }));
    legendFold.open = !!best.open;
    if (closed) closed.open = !!best.openClosed;
    treeFold.open = best.openTree;
    made.setPosition(best.corner);
    map.setView(best.center, best.zoom, {animate: false});
    if (D.base) map.setMinZoom(Math.min(3, best.zoom));
  }
  chooseView();

  /* ---- background: one canvas, not clickable ---- */
  const many = (lines, renderer, at, style) => L.polyline(lines.map(t => decode(t, 2)),
    Object.assign({interactive: false, renderer, pane: at, smoothFactor: 1.2}, style));
  if (D.base) background(map, D.base, pane("base", 201, true));
  if (D.network) {
    const at = pane("network", 210, true), renderer = L.canvas({pane: at, padding: 0.3});
    Object.entries(NETWORK).filter(([name]) => (D.network[name] || []).length).forEach(([name, [color, weight, dashArray]]) => {
      layers[name] = many(D.network[name], renderer, at, {color, weight, dashArray: dashArray || null});
      if (strong || name !== "planned") layers[name].addTo(map);
    });
  }

  /* ---- routes: casing, colour, pattern of the mode; shared lines side by side ---- */
  layers.closed = L.featureGroup();
  const closedLines = pane("closed", 403);
  D.closed.forEach(part => {
    const style = {color: "#8c8c8c", weight: 3.5, dashArray: "2 7", lineCap: "butt", pane: closedLines, className: "cr-closed"};
    L.polyline(part.lines.map(t => decode(t, 3)), style).addTo(layers.closed).bindTooltip(() => {
      const div = el("div", "cr-tip");
      div.appendChild(el("b", "", "Not possible on this date"));
      part.tip.forEach(text => div.appendChild(el("div", "", text)));
      return div;
    }, {sticky: true});
  });
  layers.closed.addTo(map);
  const casing = pane("casing", 405), lines = pane("routes", 410), nodes = pane("nodes", 450);
  const badges = pane("badges", 460), names = pane("names", 470, true);
  /* cards lie above popups: the map moves so far that a popup stands free of them, where there is room */
  const popupOptions = () => {
    const side = legend.offsetWidth + 20, free = box.clientWidth > side + 620, left = position(legend).left < box.clientWidth / 2;
    const top = small ? legend.offsetTop + legend.offsetHeight + 8 : title.offsetHeight + 18;
    return {maxWidth: Math.min(560, box.clientWidth - 60), maxHeight: Math.max(150, Math.min(420, box.clientHeight - top - 100)),
      autoPanPaddingTopLeft: [free && left ? side : 12, top],
      autoPanPaddingBottomRight: [free && !left ? side : box.clientWidth > tree.offsetWidth + 620 ? tree.offsetWidth + 20 : 12, credit.offsetHeight + 4]};
  };
  const PATTERN = {road: {weight: 4.5}, rail: {weight: 5}, sea: {weight: 4.5, dashArray: "0.5 8"}, air: {weight: 2.2, dashArray: "9 6"}};
  D.routes.forEach(route => {
    const group = L.featureGroup();
    groups.push(group);
    route.segments.forEach(s => {
      const style = Object.assign({color: route.color, pane: lines, className: "cr-route", lineCap: s.mode === "sea" ? "round" : "butt"}, PATTERN[s.mode]);
      if (s.planned) Object.assign(style, {opacity: 0.5, dashArray: "9 6"});
      s.parts = [L.polyline([], {color: "#fff", weight: s.mode === "air" ? 5 : 8, opacity: 0.9, pane: casing, className: "cr-casing"}),
        L.polyline([], style)];
      if (s.mode === "rail" && !s.planned)
        s.parts.push(L.polyline([], {color: "#fff", weight: 1.8, dashArray: "6 6", lineCap: "butt", pane: lines, interactive: false, className: "cr-stripe"}));
      s.parts.forEach(part => group.addLayer(part.bindTooltip(() => el("div", "", s.tip), {sticky: true})));
    });
    const icon = L.divIcon({className: "cr-onmap", iconSize: [22, 22], html: badge(route).outerHTML});
    route.marker = L.marker(route.segments[0].latlngs[0], {icon, pane: badges}).addTo(group);
    route.marker.on("add", () => route.marker.getElement().setAttribute("aria-label", "Route " + route.label + ": " + route.name));
    group.bindPopup(() => routePopup(route), popupOptions());
    group.on("popupopen", () => pick(groups.indexOf(group))).on("popupclose", () => pick(-1));
    group.addTo(map);
  });
  /* one route stands out, the others fade: by a click on its line, its badge or its row of the legend */
  var picked = -1, shownMonth = -1;
  function pick(i) {
    picked = i;
    groups.forEach((group, k) => {
      group.eachLayer(part => {
        const node = part.getElement && part.getElement();
        if (!node) return;
        node.classList.toggle("cr-dim", i >= 0 && k !== i);
        node.classList.toggle("cr-picked", k === i);
      });
      if (k === i && map.hasLayer(group)) D.routes[k].segments.forEach(s => s.parts.forEach(part => part.bringToFront()));
      D.routes[k].row.classList.toggle("cr-on", k === i);
      D.routes[k].row.querySelector("button").setAttribute("aria-pressed", k === i);
    });
  }
  /* a month: routes that are closed then go grey and dotted, the place that closes them gets a cross; -1 is the departure */
  function showMonth(month) {
    const found = {"0": [], p: []};
    D.routes.forEach(route => {
      const state = month < 0 ? "1" : route.open[month];
      if (found[state]) found[state].push(route.label + " (" + route.limits.filter(l => l[1][month] === state).map(l => l[0]).join(", ") + ")");
      route.segments.forEach(s => s.parts.forEach(part => part.getElement() && part.getElement().classList.toggle("cr-out", state === "0")));
      route.row.classList.toggle("cr-gone", state === "0");
    });
    D.nodes.forEach(n => {
      const icon = n.open && n.marker.getElement();
      if (icon) icon.innerHTML = symbol(n, month >= 0 && n.open[month] === "0" ? "closed" : n.state);
    });
    if (month < 0) return [];
    const lines = [["cr-bad", "Closed: ", found["0"]], ["", "Closed for part of the month: ", found.p]].filter(([, , list]) => list.length);
    return lines.length ? lines.map(([cls, head, list]) => [cls, head + list.join("; ")]) : [["", "All routes shown are open."]];
  }
  function routePopup(route) {
    const div = el("div"), head = div.appendChild(el("div", "cr-head")), table = el("table");
    head.appendChild(badge(route));
    head.appendChild(el("b", "", route.name));
    div.appendChild(el("div", "", route.summary));
    div.appendChild(table);
    headRow(table, ["Leg", "Mode", "km", "hours", "US$", "kg CO\u2082e", "grade of hours", "of US$"], 2);
    const body = table.createTBody();
    route.rows.forEach(r => { cells(body.insertRow(), r.cells, 2).className = r.cls; });
    cells(body.insertRow(), route.total, 2).className = "total";
    const months = div.appendChild(el("p", "", "Open in " + route.year + ", January to December: "));
    months.appendChild(strip(route.open, route.year));
    if (route.rests_on) brief(div, "Rests on: " + route.rests_on);
    brief(div, "Sources: " + route.sources);
    return div;
  }
  /* spurs out and back (to a station beside the line) make an offset line curl: leave the small ones out */
  function tidy(points) {
    for (let i = 1; i < points.length - 1; i++) {
      const a = points[i].subtract(points[i - 1]), b = points[i + 1].subtract(points[i]);
      const la = Math.hypot(a.x, a.y), lb = Math.hypot(b.x, b.y);
      if (Math.min(la, lb) < 14 && a.x * b.x + a.y * b.y < -0.7 * la * lb) { points.splice(i, 1); i = Math.max(0, i - 2); }
    }
    return points;
  }
  function beside(points, by) {
    if (!by || points.length < 2) return points;
    const normal = points.slice(1).map((p, i) => {
      const dx = p.x - points[i].x, dy = p.y - points[i].y, n = Math.hypot(dx, dy) || 1;
      return [-dy / n, dx / n];
    });
    return points.map((p, i) => {
      const a = normal[Math.max(0, i - 1)], b = normal[Math.min(normal.length - 1, i)];
      const x = a[0] + b[0], y = a[1] + b[1], scale = by * Math.min(1.6, 2 / Math.max(0.2, x * x + y * y));
      return L.point(p.x + x * scale, p.y + y * scale);
    });
  }
  function drawLines() {
    D.routes.forEach(route => {
      const runs = route.segments.map(s => {   // road beside railway: seen apart without help when close up
        const lane = s.apart * 256 * 2 ** map.getZoom() / 360 > APART ? s.alone : s.lane;
        return beside(tidy(L.LineUtil.simplify(s.latlngs.map(p => map.project(p)), lane ? 2 : 0.7)), lane * APART);
      });
      runs.forEach((run, i) => {
        const next = runs[i + 1];
        if (!next) return;
        const middle = run[run.length - 1].add(next[0]).divideBy(2);
        run[run.length - 1] = middle;
        next[0] = middle;
      });
      const last = route.segments.length - 1, end = runs[last], there = route.segments[last].latlngs;
      runs[0][0] = map.project(route.segments[0].latlngs[0]);
      end[end.length - 1] = map.project(there[there.length - 1]);
      route.segments.forEach((s, i) => {
        s.shown = runs[i].map(p => map.unproject(p));
        s.parts.forEach(part => part.setLatLngs(s.shown));
      });
    });
  }
  /* a badge stands where its route is farthest from symbols, other routes, other badges, cards */
  function placeBadges() {
    const size = map.getSize(), stops = D.nodes.map(n => [px(n), SYMBOL[n.type][0] / 2]), cards = cardBoxes();
    const dots = D.routes.map((route, i) => map.hasLayer(groups[i]) ? along(route, 14) : []);
    const set = [];
    D.routes.forEach((route, i) => {
      const others = dots.flatMap((list, j) => j === i ? [] : list);
      let best = null;
      dots[i].forEach(p => {
        if (p.x < 20 || p.y < 20 || p.x > size.x - 20 || p.y > size.y - 20 || cards.some(c => overlap(c, around(p, 12)))) return;
        const far = (list, most) => Math.sqrt(list.reduce((d, q) => Math.min(d, (p.x - q.x) ** 2 + (p.y - q.y) ** 2), most * most));
        const room = stops.reduce((d, [q, r]) => Math.min(d, p.distanceTo(q) - r), 34);
        const score = room + far(others, 60) + far(set, 60) - 0.01 * Math.abs(p.y - size.y / 2);
        if (!best || score > best.score) best = {score, p};
      });
      const at = best ? best.p : px(route.segments[0].shown[0]);
      set.push(at);
      route.marker.setLatLng(map.containerPointToLatLng(at));
    });
  }
  function along(route, step) {
    const out = [];
    route.segments.forEach(s => s.shown.map(px).forEach((q, i, all) => {
      if (!i) return;
      const n = Math.max(1, Math.ceil(q.distanceTo(all[i - 1]) / step));
      for (let k = 0; k < n; k++) out.push(all[i - 1].add(q.subtract(all[i - 1]).multiplyBy(k / n)));
    }));
    return out;
  }

  /* ---- areas and circles of results ---- */
  const areas = pane("areas", 399, true);
  D.areas.forEach(a => L.polygon(a.parts.map(rings => rings.map(t => decode(t, 2))),
    {pane: areas, stroke: false, fillColor: a.fill, fillOpacity: 0.35, interactive: false}).addTo(map));
  const flows = pane("flows", 430);
  D.flows.forEach(f => L.polyline(decode(f.line, 3), {pane: flows, weight: f.width, color: "#6f66ad", opacity: 1}).addTo(map)
    .bindTooltip(() => el("div", "", f.tip), {sticky: true}));
  const circles = pane("circles", 440);
  D.circles.forEach(c => L.circleMarker([c.lat, c.lng], {pane: circles, radius: c.r, className: "cr-circle", weight: 1.6,
    color: c.edge, fillColor: paint(c), fillOpacity: 0.9}).addTo(map)
    .bindTooltip(() => el("div", "", c.name)).bindPopup(() => {
      const div = el("div");
      div.appendChild(el("b", "", c.name));
      c.lines.forEach(text => brief(div, text));
      return div;
    }, popupOptions()));

  /* ---- symbols ---- */
  const symbol = (n, state) => { const size = SYMBOL[n.type][0]; return svg(size, size, "20 20", drawing(n.type, state)); };
  D.nodes.sort((a, b) => RANK.indexOf(a.type) - RANK.indexOf(b.type)).forEach(node => {
    const size = SYMBOL[node.type][0];
    const icon = L.divIcon({className: "cr-node" + (node.layer === "closed" ? " cr-aside" : ""), iconSize: [size, size], html: symbol(node, node.state)});
    node.marker = L.marker(node, {icon, pane: nodes, zIndexOffset: -1000 * RANK.indexOf(node.type)});
    node.marker.on("add", () => node.marker.getElement().setAttribute("aria-label",
      (node.state ? STATE[node.state][0] : node.kind || KIND[node.type]) + ": " + node.name));
    node.marker.bindPopup(() => {
      const div = el("div");
      div.appendChild(el("b", "", node.name));
      if (node.state) div.appendChild(el("div", "cr-bad", STATE[node.state][0]));
      node.lines.forEach(text => brief(div, text));
      if (node.open) div.appendChild(el("p", "", "Open, January to December: ")).appendChild(strip(node.open, D.routes[0].year));
      return div;
    }, popupOptions()).bindTooltip(() => el("div", "", node.name));
    (kinds[node.layer] = kinds[node.layer] || L.layerGroup().addTo(map)).addLayer(node.marker);
  });
  function thinSymbols() {
    const set = [];
    D.nodes.forEach(node => {
      const place = around(px(node), SYMBOL[node.type][0] / 2 - 2);
      node.hidden = set.some(other => overlap(other, place));
      node.marker.getElement() && (node.marker.getElement().style.display = node.hidden ? "none" : "");
      if (!node.hidden && map.hasLayer(kinds[node.layer])) set.push(place);
    });
  }

  /* ---- labels: greedy by rank, at the anchor that covers least; hidden where nothing fits ---- */
  const named = D.nodes.map(n => ({name: n.name, at: [[n.lat, n.lng]], cls: n.type, node: n, gap: Math.max(SYMBOL[n.type][0] / 2, n.gap || 0) + 3}));
  if (D.base) {
    const spots = row => row.slice(1).flatMap((lat, i, all) => i % 2 ? [] : [[lat, all[i + 1]]]);
    D.base.countries.forEach(row => named.push({name: row[0], at: spots(row), cls: "country", gap: 0}));
    D.base.seas.forEach(row => named.push({name: row[0], at: spots(row), cls: "sea", gap: 0}));
  }
  named.forEach(n => { n.el = map.getPane(names).appendChild(el("div", "cr-label " + n.cls, n.name)); });
  function cardBoxes() {
    return [...box.querySelectorAll(".leaflet-control")].filter(c => c.offsetWidth).map(c => {
      const r = position(c);
      return [r.left, r.top, r.right, r.bottom];
    });
  }
  function placeNames() {
    const size = map.getSize(), taken = cardBoxes().concat(D.circles.map(c => around(px([c.lat, c.lng]), c.r))), cover = [];
    D.routes.forEach((route, i) => {
      if (!map.hasLayer(groups[i])) return;
      taken.push(around(px(route.marker.getLatLng()), 12));
      cover.push(...along(route, 6));
    });
    const symbols = D.nodes.filter(n => !n.hidden && map.hasLayer(kinds[n.layer])).map(n => [n, around(px(n), SYMBOL[n.type][0] / 2)]);
    named.forEach(n => { n.el.style.display = showNames ? "" : "none"; });
    named.forEach(n => { n.w = n.el.offsetWidth; n.h = n.el.offsetHeight; });
    named.forEach(n => {
      let best = null;
      const shown = showNames && (!n.node || (!n.node.hidden && map.hasLayer(kinds[n.node.layer])));
      /* the ends are named in any case: beside the edge of the map, over lines and small symbols if there is no other room */
      const end = n.cls === "end", most = end || n.cls === "border" || n.cls === "gauge" ? 12 : n.cls === "city" ? 2 : 0;
      const seek = pressed => shown && n.at.some((latlng, k) => {
        const p = px(latlng), g = n.gap, s = g * 0.7, {w, h} = n;
        const anchors = !g ? [[-w / 2, -h / 2]] : [[g, -h / 2], [-w - g, -h / 2], [s, -h - s + 4], [s, s - 4], [-w - s, -h - s + 4],
          [-w - s, s - 4], [-w / 2, -h - g], [-w / 2, g]];
        if (pressed) {
          const inside = Math.max(4 - p.x, Math.min(-w / 2, size.x - 4 - w - p.x));
          anchors.push([inside, -h - g], [inside, g], [inside, -h - g - 14], [inside, g + 14]);
        }
        anchors.forEach(([dx, dy], i) => {
          const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
          if (b[0] < 2 || b[1] < 2 || b[2] > size.x - 2 || b[3] > size.y - 2) return;
          const hidden = symbols.filter(([other, t]) => other !== n.node && overlap(t, b)).length;
          if (taken.some(t => overlap(t, b)) || (hidden && !pressed)) return;
          const pad = n.node ? 0 : 4;
          const covered = cover.filter(q => q.x > b[0] - pad && q.x < b[2] + pad && q.y > b[1] - pad && q.y < b[3] + pad).length;
          if (covered > most && !pressed) return;
          const cost = covered * 3 + hidden * 30 + i + k;
          if (!best || cost < best.cost) best = {cost, b};
        });
        return best;
      });
      if (!seek(false) && end) seek(true);
      n.el.style.display = best ? "" : "none";
      if (!best) return;
      taken.push([best.b[0] - 2, best.b[1] - 1, best.b[2] + 2, best.b[3] + 1]);
      L.DomUtil.setPosition(n.el, map.containerPointToLayerPoint(best.b.slice(0, 2)));
    });
  }

  /* a popup that cannot stand beside the legend folds it for the while */
  let folded = false;
  map.on("popupopen", () => {
    if (small || !legendFold.open || box.clientWidth > legend.offsetWidth + 640) return;
    legendFold.open = false;
    folded = true;
  });
  map.on("popupclose", () => { if (folded) legendFold.open = true; folded = false; });

  /* ---- go ---- */
  function refresh() { drawLines(); thinSymbols(); placeBadges(); placeNames(); }
  refresh();
  map.on("zoomend", refresh);
  map.on("moveend", placeNames);
  map.on("resize", () => { measure(); refresh(); });
  map.on("zoomstart", () => { map.getPane(names).style.visibility = "hidden"; });
  map.on("zoomend", () => { map.getPane(names).style.visibility = ""; });
  box.dataset.crDrawn = Math.round(performance.now() - started);
}
