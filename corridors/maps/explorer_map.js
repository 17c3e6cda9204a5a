/* The map of the explorer: background, ways, gates to click, names. `page` says what it shows and hears of clicks;
   all text from the data goes in as textContent, never as HTML. */
function corridorExplorerMap(box, D, page) {
  "use strict";
  let view = {shown: [], picked: -1, onWay: new Set(), from: "", to: ""};   // what is drawn
  const {el, LINE, SYMBOL, drawing, svg, background} = corridorSigns, {gates, line, spot, changeOf} = page, E = D.edges;
  const map = L.map(box, {zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 2, maxZoom: 14});
  map.fitBounds(D.view, {animate: false, paddingTopLeft: [34, 34], paddingBottomRight: [34, 54]});
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
    gate.marker.on("click", () => { if (gate.state !== "planned") page.toggle(gate); });
    gate.marker.bindTooltip(() => {
      const tip = el("div", "cr-tip");
      tip.appendChild(el("b", "", gate.name));
      tip.append(" (" + gate.countries + ", " + gate.mode + "): " + page.states[gate.state] + (gate.why ? ", " + gate.why : "") + "; " + (gate.gap || "closures researched") + ". ");
      if (gate.state !== "planned") tip.append(changeOf(gate) ? "Click: take your change back." : gate.state === "closed" ? "Click: reopen it." : "Click: close it.");
      return tip;
    });
    gate.marker.addTo(map);
  });
  const size = gate => view.onWay.has(gate.i) || changeOf(gate) ? 17 : gate.state === "closed" ? 13 : 9;
  function drawGates() {
    spots.forEach(gate => {
      const node = gate.marker.getElement(), n = size(gate), state = gate.state === "closed" ? "closed" : gate.state === "planned" ? "planned" : "";
      node.innerHTML = svg(n, n, "20 20", drawing(gate.type, state));   // our own drawings, no text of the data
      node.classList.toggle("crx-mine", !!changeOf(gate));
      node.setAttribute("aria-label", gate.name + ": " + page.states[gate.state]);
      gate.marker.setZIndexOffset(n * 20);
    });
  }
  function drawRoutes() {
    ways.clearLayers();
    const order = view.shown.map((way, i) => i).sort((i, j) => (i === view.picked) - (j === view.picked) || i - j);
    order.forEach(i => {   // where ways share a line the later ones lie on the wider earlier ones, the one picked on all
      const way = view.shown[i];
      const dim = view.picked >= 0 && view.picked !== i, width = 3.5 + 2.5 * (view.shown.length - 1 - i);
      way.route.edges.filter(e => E.line[e] >= 0).forEach(e => {
        const style = {pane: "crx-routes", color: way.color, weight: width, opacity: dim ? 0.15 : 1, interactive: true};
        const mode = E.project[e] ? "planned" : E.mode[e] === "ferry" ? "sea" : E.mode[e];
        if (mode === "sea") Object.assign(style, {dashArray: ".5 " + (width + 4), lineCap: "round"});
        if (mode === "air") Object.assign(style, {dashArray: "9 5"});
        if (mode === "planned") Object.assign(style, {dashArray: "8 5"});
        const drawn = L.polyline(line(E.line[e]), style).addTo(ways);
        drawn.on("click", () => page.pick(i));
        if (mode === "rail" && width >= 3) L.polyline(line(E.line[e]), Object.assign({}, style, {color: "#fff", weight: width / 3, dashArray: "6 6", interactive: false})).addTo(ways);
      });
    });
    placeNames();
  }
  const labels = map.getPane(names).appendChild(el("div"));
  function placeNames() {   // greedy: ends, gates on the ways, gates changed, closed ones, countries and seas
    const at = [], taken = [...box.querySelectorAll(".leaflet-control")].map(c => c.getBoundingClientRect()).map(r => {
      const b = box.getBoundingClientRect();
      return [r.left - b.left, r.top - b.top, r.right - b.left, r.bottom - b.top];
    });
    ["from", "to"].forEach(end => { const p = spot(view[end]); if (p) at.push([p.name, p.lat, p.lon, "end", 12]); });
    const said = new Set();   // one name for a crossing by road and its twin by rail
    const unsaid = g => !said.has(g.short) && said.add(g.short);
    spots.filter(g => view.onWay.has(g.i) || changeOf(g)).filter(unsaid).forEach(g => at.push([g.short, g.lat, g.lng, "border", 11]));
    if (map.getZoom() > 5) spots.filter(g => g.state === "closed").filter(unsaid).forEach(g => at.push([g.short, g.lat, g.lng, "city", 9]));
    D.base.countries.forEach(row => at.push([row[0], row[1], row[2], "country", 0]));
    D.base.seas.forEach(row => at.push([row[0], row[1], row[2], "sea", 0]));
    const symbols = spots.map(g => [size(g) / 2, map.latLngToContainerPoint([g.lat, g.lng])]);
    const squares = new Map(), SIDE = 64;   // a point every eight pixels of the ways, by squares of so many
    const wide = box.clientWidth - 2, high = box.clientHeight - 2, cell = x => Math.floor(x / SIDE), square = (x, y) => x * 1024 + y;
    new Set(view.shown.flatMap(way => way.route.edges.filter(e => E.line[e] >= 0).map(e => E.line[e]))).forEach(l => {
      const points = line(l).map(p => map.latLngToContainerPoint(p));
      points.forEach((p, i) => {
        const before = points[Math.max(0, i - 1)], steps = Math.min(200, Math.ceil(before.distanceTo(p) / 8));
        for (let k = 0; k <= steps; k++) {
          const x = before.x + (p.x - before.x) * k / (steps || 1), y = before.y + (p.y - before.y) * k / (steps || 1);
          if (x < 0 || y < 0 || x > wide || y > high) continue;
          const key = square(cell(x), cell(y));
          if (!squares.has(key)) squares.set(key, []);
          squares.get(key).push([x, y]);
        }
      });
    });
    const covering = ([left, top, right, bottom]) => {
      let found = 0;
      for (let x = cell(left - 2); x <= cell(right + 2); x++) for (let y = cell(top - 2); y <= cell(bottom + 2); y++)
        (squares.get(square(x, y)) || []).forEach(p => { if (p[0] > left - 2 && p[0] < right + 2 && p[1] > top - 2 && p[1] < bottom + 2) found++; });
      return found;
    };
    labels.replaceChildren(...at.map(([name, , , cls]) => el("div", "cr-label " + cls, name)));
    const nodes = [...labels.children], sizes = nodes.map(node => [node.offsetWidth, node.offsetHeight]);
    nodes.forEach((node, i) => {
      const [, lat, lng, cls, g] = at[i], p = map.latLngToContainerPoint([lat, lng]), [w, h] = sizes[i];
      const anchors = !g ? [[-w / 2, -h / 2]] : [[g, -h / 2], [-w - g, -h / 2], [-w / 2, -h - g], [-w / 2, g], [g * 0.7, -h - g * 0.4], [g * 0.7, g * 0.4], [-w - g * 0.7, -h - g * 0.4], [-w - g * 0.7, g * 0.4]];
      const best = anchors.map(([dx, dy], k) => {
        const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        const out = b[0] < 2 || b[1] < 2 || b[2] > wide || b[3] > high;
        const hit = (t, pad) => b[0] < t[2] + pad && t[0] - pad < b[2] && b[1] < t[3] + pad && t[1] - pad < b[3];
        if (out || taken.some(t => hit(t, 1)) || (g && symbols.some(([r, s]) => (r > 5 || cls === "city") && Math.abs(s.x - p.x) + Math.abs(s.y - p.y) > 2 && hit([s.x - r, s.y - r, s.x + r, s.y + r], 0)))) return null;
        const small = g ? symbols.filter(([r, s]) => r <= 5 && hit([s.x - r, s.y - r, s.x + r, s.y + r], 0)).length : 0;
        const covered = covering(b);
        return covered > (cls === "end" || cls === "border" ? 40 : 0) ? null : {cost: covered + small * 6 + k, b};
      }).filter(Boolean).sort((a, c) => a.cost - c.cost)[0];
      node.style.display = best ? "" : "none";
      if (!best) return;
      taken.push(best.b);
      L.DomUtil.setPosition(node, map.containerPointToLayerPoint(best.b.slice(0, 2)));
    });
  }
  const ends = L.layerGroup().addTo(map);
  let viewed = page.seen;
  function drawEnds() {
    ends.clearLayers();
    ["from", "to"].forEach(end => {
      const p = spot(view[end]);
      if (p) L.marker([p.lat, p.lon], {interactive: false, keyboard: false, zIndexOffset: 900, icon: L.divIcon({className: "cr-node", iconSize: [20, 20], html: svg(20, 20, "20 20", SYMBOL.end[1])})}).addTo(ends);
    });
    const points = view.shown.flatMap(w => w.route.edges.filter(e => E.line[e] >= 0).flatMap(e => line(E.line[e]).filter((p, i) => i % 5 === 0)))
      .concat(["from", "to"].map(end => spot(view[end])).filter(Boolean).map(p => [p.lat, p.lon]));
    const key = view.from + ">" + view.to;   // the view follows the question, not each change of the world
    if (points.length && (viewed !== key || !map.getBounds().contains(L.latLngBounds(points)))) {
      map.fitBounds(L.latLngBounds(points), {animate: false, paddingTopLeft: [34, 34], paddingBottomRight: [34, 54], maxZoom: 9});
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
    key(mark("border", "closed"), "closed");
    key(mark("strait", ""), "strait");
    key(mark("transfer", ""), "pass or section");
    key(ink(stroke(LINE.road[1])), "road");
    key(ink(stroke(LINE.rail[1]) + stroke('stroke-width="1.8" stroke-dasharray="6 6"', "#fff")), "rail");
    key(ink(stroke(LINE.sea[1])), "sea");
    key(ink(stroke('stroke-width="2" stroke-dasharray="4 4"', "#7a5fb0")), "planned");
    return card;
  }
  legend.onAdd = keys;
  map.on("zoomend moveend", placeNames);
  new ResizeObserver(() => { map.invalidateSize({animate: false}); box.style.setProperty("--cr-width", box.clientWidth + "px"); placeNames(); }).observe(box);
  return {
    keys,
    addKeys: () => legend.addTo(map),
    draw(next) { view = next; drawGates(); drawEnds(); drawRoutes(); },
    pick(i) { view.picked = i; drawRoutes(); }
  };
}
