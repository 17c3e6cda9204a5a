/* Draws a corridor map on a Leaflet map from the data D (see _mapdata.py).
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
  const APART = 8;   // pixels between routes that share a line
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
  function el(tag, cls, text) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text;
    return e;
  }
  function badge(route) {
    const b = el("span", "cr-badge", route.label);
    b.style.background = route.color;
    return b;
  }
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
  const svg = (w, h, view, inner, cls) => '<svg class="' + (cls || "") + '" width="' + w + '" height="' + h +
    '" viewBox="0 0 ' + view + '" aria-hidden="true">' + inner + "</svg>";

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
  function key(parent, w, view, inner, text) {
    const span = parent.appendChild(el("span"));
    span.innerHTML = svg(w, 13, view, inner, "cr-key");
    span.append(text);
  }
  const LINE = {
    road: ["Road", 'stroke-width="4.5"'], rail: ["Rail", 'stroke-width="5"'],
    sea: ["Sea or ferry", 'stroke-width="4.5" stroke-dasharray=".5 7.5" stroke-linecap="round"'],
    air: ["Air", 'stroke-width="2.2" stroke-dasharray="9 5"'],
    planned: ["Planned", 'stroke-width="4" stroke-opacity=".5" stroke-dasharray="8 5"']
  };
  const strong = !D.routes.length;   // the network itself is the subject
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
    headRow(table, ["", "Route", "km", "days", "US$", "t CO\u2082e"], 2);
    const body = table.createTBody();
    D.routes.forEach(route => {
      const row = body.insertRow();
      row.insertCell().appendChild(badge(route));
      cells(row, [route.name].concat(route.legend), 1);
    });
  }
  const keys = scroll.appendChild(el("div", "cr-keys"));
  D.modes.concat(D.planned ? ["planned"] : []).forEach(mode => {
    const line = (colour, more) => '<line x1="2" y1="6.5" x2="34" y2="6.5" stroke="' + colour + '" ' + more + "/>";
    const [colour, weight, dashes] = NETWORK[mode] || [];
    const inner = strong ? line(colour, 'stroke-width="' + 1.5 * weight + '" stroke-dasharray="' + (dashes || "none") + '"')
      : line("#444", LINE[mode][1]) + (mode === "rail" ? line("#fff", 'stroke-width="1.8" stroke-dasharray="6 6"') : "");
    key(keys, 36, "36 13", inner, LINE[mode][0]);
  });
  ["border", "gauge", "strait", "transfer"].filter(type => D.nodes.some(n => n.type === type)).forEach(type =>
    key(keys, 13, "20 20", SYMBOL[type][1], KIND[type]));
  const count = D.rejected.reduce((n, r) => n + r.names.split("; ").length, 0);
  const shut = D.rejected.length ? fold(scroll, "cr-shut", "Not possible on this date (" + count + ")", true) : null;
  D.rejected.forEach(r => {
    const item = shut.appendChild(el("div"));
    if (r.what) item.appendChild(el("b", "", r.what + ": "));
    item.append(r.why + " ");
    item.appendChild(el("i", "", "(" + r.names + ")"));
  });
  if (D.note) scroll.appendChild(el("p", "cr-note", D.note));

  const tree = el("div", "cr-card cr-tree");
  const treeFold = fold(tree, "", "Layers", !small);
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
        thinSymbols();
        placeNames();
      });
    });
  }
  const kindRow = (text, ...types) => D.nodes.some(n => types.includes(n.type)) ?
    [[text, () => types.map(type => kinds[type]).filter(Boolean), true]] : [];
  if (D.routes.length) branch("Routes", D.routes.map((r, i) => [r.name, () => [groups[i]], true, badge(r)]));
  branch("Nodes", [...kindRow("Borders and breaks of gauge", "border", "gauge", "strait"), ...kindRow("Transshipment", "transfer"),
    ...kindRow("Cities", "city"), ["Labels", null, true]]);
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
  const ink = D.routes.flatMap(r => r.segments.flatMap(s => s.latlngs.filter((p, i) => i % 3 === 0 || i === s.latlngs.length - 1)))
    .map(p => map.project(p, 0));
  function chooseView() {
    const size = map.getSize(), bounds = L.latLngBounds(D.bounds), gap = 24;
    const card = node => [node.offsetWidth + 10, node.offsetHeight + 10];
    const side = small ? "topleft" : "bottomleft";
    const made = control(side, legend);
    if (credit.offsetWidth > size.x - 140) map._controlCorners.bottomleft.style.marginBottom = credit.offsetHeight + "px";
    const low = credit.offsetWidth > size.x - 560 ? credit.offsetHeight + 10 : 10;
    let best = null;
    const options = small ? [[side, 0, 0]] : [[side, 1, 1], ["bottomright", 1, 1], [side, 1, 0], ["bottomright", 1, 0], [side, 0, 0]];
    options.forEach(([corner, open, openShut]) => (small ? [false] : [true, false]).forEach(openTree => {
      legendFold.open = !!open;
      if (shut) shut.open = !!openShut;
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
        const cost = 200 * clash + 300 * hidden / Math.max(1, ink.length) + (hidden ? 20 : 0) - 40 * zoom + (open ? 0 : 35) + (openShut ? 0 : 8) + (openTree ? 0 : 10);
        if (!best || cost < best.cost) best = {cost, corner, open, openShut, openTree, center, zoom};
      });
    }));
    legendFold.open = !!best.open;
    if (shut) shut.open = !!best.openShut;
    treeFold.open = best.openTree;
    made.setPosition(best.corner);
    map.setView(best.center, best.zoom, {animate: false});
    if (D.base) map.setMinZoom(Math.min(3, best.zoom));
  }
  chooseView();

  /* ---- background: one canvas, not clickable ---- */
  const many = (lines, renderer, at, style) => L.polyline(lines.map(t => decode(t, 2)),
    Object.assign({interactive: false, renderer, pane: at, smoothFactor: 1.2}, style));
  if (D.base) {
    const at = pane("base", 201, true), renderer = L.canvas({pane: at, padding: 0.3});
    const area = (rings, fill) => L.polygon(rings.map(t => [decode(t, 2)]),
      {interactive: false, renderer, pane: at, fillColor: fill, fillOpacity: 1, color: "#b9c6cd", weight: 0.8}).addTo(map);
    area(D.base.land, "#f8f7f3");
    area(D.base.lakes, "#dbe6ec");
    many(D.base.rivers, renderer, at, {color: "#a6c6d8", weight: 0.8}).addTo(map);
    many(D.base.plain, renderer, at, {color: "#8f8778", weight: 1, dashArray: "7 3 1 3"}).addTo(map);
    many(D.base.disputed, renderer, at, {color: "#8f8778", weight: 1.4, dashArray: "1.5 4"}).addTo(map);
  }
  if (D.network) {
    const at = pane("network", 210, true), renderer = L.canvas({pane: at, padding: 0.3});
    Object.entries(NETWORK).filter(([name]) => (D.network[name] || []).length).forEach(([name, [color, weight, dashArray]]) => {
      layers[name] = many(D.network[name], renderer, at, {color, weight, dashArray: dashArray || null});
      if (strong || name !== "planned") layers[name].addTo(map);
    });
  }

  /* ---- routes: casing, colour, pattern of the mode; shared lines side by side ---- */
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
        s.parts.push(L.polyline([], {color: "#fff", weight: 1.8, dashArray: "6 6", lineCap: "butt", pane: lines, interactive: false}));
      s.parts.forEach(part => group.addLayer(part.bindTooltip(() => el("div", "", s.tip), {sticky: true})));
    });
    const icon = L.divIcon({className: "cr-onmap", iconSize: [22, 22], html: badge(route).outerHTML});
    route.marker = L.marker(route.segments[0].latlngs[0], {icon, pane: badges}).addTo(group);
    route.marker.on("add", () => route.marker.getElement().setAttribute("aria-label", "Route " + route.label + ": " + route.name));
    group.bindPopup(() => routePopup(route), popupOptions());
    const fade = on => groups.forEach(other => other !== group && other.eachLayer(part => {
      const node = part.getElement && part.getElement();
      if (node) node.classList.toggle("cr-dim", on);
    }));
    group.on("popupopen", () => fade(true)).on("popupclose", () => fade(false));
    group.addTo(map);
  });
  function routePopup(route) {
    const div = el("div"), head = div.appendChild(el("div", "cr-head")), table = el("table");
    head.appendChild(badge(route));
    head.appendChild(el("b", "", route.name));
    div.appendChild(el("div", "", route.summary));
    div.appendChild(table);
    headRow(table, ["Leg", "Mode", "km", "hours", "US$", "kg CO\u2082e"], 2);
    const body = table.createTBody();
    route.rows.forEach(r => { cells(body.insertRow(), r.cells, 2).className = r.cls; });
    cells(body.insertRow(), route.total, 2).className = "total";
    if (route.rests_on) div.appendChild(el("p", "", "Rests on: " + route.rests_on));
    div.appendChild(el("p", "", "Sources: " + route.sources));
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
      const runs = route.segments.map(s => beside(tidy(L.LineUtil.simplify(s.latlngs.map(p => map.project(p)), s.lane ? 2 : 0.7)), s.lane * APART));
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

  /* ---- symbols ---- */
  D.nodes.sort((a, b) => RANK.indexOf(a.type) - RANK.indexOf(b.type)).forEach(node => {
    const [size, inner] = SYMBOL[node.type];
    const icon = L.divIcon({className: "cr-node", iconSize: [size, size], html: svg(size, size, "20 20", inner)});
    node.marker = L.marker(node, {icon, pane: nodes, zIndexOffset: -1000 * RANK.indexOf(node.type)});
    node.marker.on("add", () => node.marker.getElement().setAttribute("aria-label", KIND[node.type] + ": " + node.name));
    node.marker.bindPopup(() => {
      const div = el("div");
      div.appendChild(el("b", "", node.name));
      node.lines.forEach(text => div.appendChild(el("div", "", text)));
      return div;
    }, popupOptions()).bindTooltip(() => el("div", "", node.name));
    (kinds[node.type] = kinds[node.type] || L.layerGroup().addTo(map)).addLayer(node.marker);
  });
  function thinSymbols() {
    const set = [];
    D.nodes.forEach(node => {
      const place = around(px(node), SYMBOL[node.type][0] / 2 - 2);
      node.hidden = set.some(other => overlap(other, place));
      node.marker.getElement() && (node.marker.getElement().style.display = node.hidden ? "none" : "");
      if (!node.hidden && map.hasLayer(kinds[node.type])) set.push(place);
    });
  }

  /* ---- labels: greedy by rank, at the anchor that covers least; hidden where nothing fits ---- */
  const named = D.nodes.map(n => ({name: n.name, at: [[n.lat, n.lng]], cls: n.type, node: n, gap: SYMBOL[n.type][0] / 2 + 3}));
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
    const size = map.getSize(), taken = cardBoxes(), cover = [];
    D.routes.forEach((route, i) => {
      if (!map.hasLayer(groups[i])) return;
      taken.push(around(px(route.marker.getLatLng()), 12));
      cover.push(...along(route, 6));
    });
    const symbols = D.nodes.filter(n => !n.hidden && map.hasLayer(kinds[n.type])).map(n => [n, around(px(n), SYMBOL[n.type][0] / 2)]);
    named.forEach(n => { n.el.style.display = showNames ? "" : "none"; });
    named.forEach(n => { n.w = n.el.offsetWidth; n.h = n.el.offsetHeight; });
    named.forEach(n => {
      let best = null;
      const shown = showNames && (!n.node || (!n.node.hidden && map.hasLayer(kinds[n.cls])));
      if (shown) n.at.some((latlng, k) => {
        const p = px(latlng), g = n.gap, s = g * 0.7, {w, h} = n;
        const anchors = !g ? [[-w / 2, -h / 2]] : [[g, -h / 2], [-w - g, -h / 2], [s, -h - s + 4], [s, s - 4], [-w - s, -h - s + 4],
          [-w - s, s - 4], [-w / 2, -h - g], [-w / 2, g]];
        anchors.forEach(([dx, dy], i) => {
          const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
          if (b[0] < 2 || b[1] < 2 || b[2] > size.x - 2 || b[3] > size.y - 2) return;
          if (taken.some(t => overlap(t, b)) || symbols.some(([other, t]) => other !== n.node && overlap(t, b))) return;
          const pad = n.node ? 0 : 4;
          const covered = cover.filter(q => q.x > b[0] - pad && q.x < b[2] + pad && q.y > b[1] - pad && q.y < b[3] + pad).length;
          if (covered > (n.cls === "end" || n.cls === "border" || n.cls === "gauge" ? 12 : n.cls === "city" ? 2 : 0)) return;
          const cost = covered * 3 + i + k;
          if (!best || cost < best.cost) best = {cost, b};
        });
        return best;
      });
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
