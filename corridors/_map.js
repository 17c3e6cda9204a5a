/* Draws a corridor map on a Leaflet map from data D. All text from data goes in as textContent, never as HTML. */
function corridorMap(map, D) {
  "use strict";
  const box = map.getContainer();
  box.classList.add("cr-map");
  const el = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text;
    return e;
  };
  const svg = (size, inner) => '<svg width="' + size + '" height="' + size + '" viewBox="0 0 20 20">' + inner + "</svg>";
  const SYMBOL = {
    end: [20, '<circle cx="10" cy="10" r="8.5" fill="#111"/><circle cx="10" cy="10" r="3.6" fill="#fff"/>'],
    border: [13, '<rect x="2" y="2" width="16" height="16" fill="#fff" stroke="#111" stroke-width="3.4"/>'],
    gauge: [17, '<path d="M10 0 20 10 10 20 0 10Z" fill="#111" stroke="#fff"/><path d="M6 8h8M6 12h8" stroke="#fff" stroke-width="1.8"/>'],
    transfer: [11, '<circle cx="10" cy="10" r="9" fill="#111"/><circle cx="10" cy="10" r="3.8" fill="#fff"/>'],
    city: [8, '<circle cx="10" cy="10" r="7" fill="#fff" stroke="#444" stroke-width="4"/>']
  };
  const pairs = flat => {
    const out = [];
    for (let i = 0; i < flat.length; i += 2) out.push([flat[i], flat[i + 1]]);
    return out;
  };

  /* panes, bottom to top */
  [["land", 201], ["lakes", 202], ["borders", 203], ["network", 210], ["routes", 410], ["nodes", 450], ["badges", 460],
   ["names", 470]].forEach(([name, z]) => {
    const pane = map.createPane("cr-" + name);
    pane.style.zIndex = z;
    if (z < 400 || name === "names") pane.style.pointerEvents = "none";
  });
  const back = L.canvas({pane: "cr-land", padding: 0.3});
  const lines = L.canvas({pane: "cr-network", padding: 0.3});
  const quiet = (options) => Object.assign({interactive: false, renderer: back, pane: "cr-land"}, options);
  const multi = (list, options) => L.polyline(list.map(pairs), quiet(options));
  const base = L.layerGroup([
    L.polygon(D.base.land.map(ring => [pairs(ring)]), quiet({fillColor: "#f8f7f3", fillOpacity: 1, color: "#b9c6cd", weight: 0.8})),
    L.polygon(D.base.lakes.map(ring => [pairs(ring)]), quiet({fillColor: "#dbe6ec", fillOpacity: 1, color: "#b9c6cd", weight: 0.8})),
    multi(D.base.borders.plain, {color: "#8f8778", weight: 1, dashArray: "7 3 1 3"}),
    multi(D.base.borders.disputed, {color: "#8f8778", weight: 1.2, dashArray: "1 4", lineCap: "round"})
  ]).addTo(map);
  const faded = {
    road: multi(D.network.road, {color: "#d9d3c3", weight: 0.7, renderer: lines, pane: "cr-network"}),
    rail: multi(D.network.rail, {color: "#bdb8ad", weight: 1, renderer: lines, pane: "cr-network"}),
    planned: multi(D.network.planned, {color: "#a79fc0", weight: 1, dashArray: "4 4", renderer: lines, pane: "cr-network"})
  };
  Object.values(faded).forEach(layer => layer.addTo(map));

  /* routes: one polyline for the casing, one for the colour, one for the pattern of the mode */
  function shifted(points, by) {
    if (!by || points.length < 2) return points;
    return points.map((p, i) => {
      const a = points[Math.max(0, i - 1)], b = points[Math.min(points.length - 1, i + 1)];
      const dx = b.x - a.x, dy = b.y - a.y, n = Math.hypot(dx, dy) || 1;
      return L.point(p.x - by * dy / n, p.y + by * dx / n);
    });
  }
  const drawn = [];
  /* controls lie above popups: a popup is kept below the title card */
  const popupOptions = () => ({maxWidth: Math.min(560, box.clientWidth - 60), maxHeight: Math.max(160, box.clientHeight - 190),
    autoPanPaddingTopLeft: [20, 90], autoPanPaddingBottomRight: [20, 20]});
  function segment(route, s, group) {
    const line = (options) => L.polyline([], Object.assign({pane: "cr-routes", lineJoin: "round", lineCap: "butt"}, options));
    const planned = s.planned ? 0.5 : 1, thin = s.mode === "air";
    const round = s.mode === "sea" || s.mode === "ferry";
    const parts = [line({color: "#fff", weight: thin ? 5 : 8, opacity: 0.9, interactive: false})];
    const main = line({color: route.color, weight: thin ? 2.5 : s.mode === "rail" ? 5 : 4.5, opacity: planned,
      dashArray: round ? "1 8" : thin ? "10 6" : s.planned ? "9 6" : null, lineCap: round ? "round" : "butt",
      className: "cr-route", interactive: true});
    parts.push(main);
    if (s.mode === "rail") parts.push(line({color: "#fff", weight: 1.8, dashArray: "6 6", interactive: false}));
    parts.forEach(p => p.addTo(group));
    main.bindTooltip(() => el("div", "", s.tip), {sticky: true});
    main.bindPopup(() => routePopup(route), popupOptions());
    drawn.push({parts, latlngs: pairs(s.line), offset: s.offset});
  }
  function redraw() {
    drawn.forEach(d => {
      const px = L.LineUtil.simplify(d.latlngs.map(p => map.latLngToLayerPoint(p)), 1);
      const ll = shifted(px, d.offset).map(p => map.layerPointToLatLng(p));
      d.parts.forEach(part => part.setLatLngs(ll));
    });
  }

  function cells(row, values, left) {
    values.forEach((value, i) => row.appendChild(el("td", i < left ? "t" : "", value)));
    return row;
  }
  function head(table, names, left) {
    const tr = table.createTHead().insertRow();
    names.forEach((name, i) => {
      const th = el("th", i < left ? "t" : "", name);
      th.scope = "col";
      tr.appendChild(th);
    });
  }
  const badge = route => {
    const b = el("span", "cr-badge", route.label);
    b.style.background = route.color;
    return b;
  };
  function routePopup(route) {
    const div = el("div");
    const h = el("div");
    h.appendChild(badge(route));
    h.appendChild(el("b", "", " " + route.name));
    div.appendChild(h);
    div.appendChild(el("div", "", route.summary));
    const table = el("table");
    head(table, ["Leg", "Mode", "km", "hours", "US$", "kg CO\u2082e"], 2);
    const body = table.createTBody();
    route.rows.forEach(r => { cells(body.insertRow(), r.cells, 2).className = r.cls; });
    cells(body.insertRow(), route.total, 2).className = "total";
    div.appendChild(table);
    div.appendChild(el("p", "", "Rests on: " + route.rests_on));
    div.appendChild(el("p", "", "Sources: " + route.sources));
    return div;
  }
  function nodePopup(node) {
    const div = el("div");
    div.appendChild(el("b", "", node.name));
    node.lines.forEach(text => div.appendChild(el("div", "", text)));
    return div;
  }

  const groups = {border: L.layerGroup(), transfer: L.layerGroup(), city: L.layerGroup()};
  groups.end = groups.city;
  groups.gauge = groups.transfer;
  const routeGroups = D.routes.map(route => {
    const group = L.layerGroup();
    route.segments.forEach(s => segment(route, s, group));
    const icon = L.divIcon({className: "cr-node", iconSize: [20, 20], html: badge(route).outerHTML});
    L.marker(route.badge, {icon, pane: "cr-badges", keyboard: false}).bindPopup(() => routePopup(route), popupOptions())
      .addTo(group);
    return group.addTo(map);
  });
  D.nodes.forEach(node => {
    const [size, inner] = SYMBOL[node.type];
    const icon = L.divIcon({className: "cr-node", iconSize: [size, size], html: svg(size, inner)});
    L.marker([node.lat, node.lng], {icon, pane: "cr-nodes", title: node.name, alt: node.type + " " + node.name})
      .bindPopup(() => nodePopup(node), popupOptions()).addTo(groups[node.type]);
  });
  ["border", "transfer", "city"].forEach(name => groups[name].addTo(map));

  /* labels: greedy, best rank first, at the anchor that covers least; hidden when nothing fits */
  const namePane = map.getPane("cr-names");
  const named = D.nodes.map(n => ({name: n.name, lat: n.lat, lng: n.lng, cls: n.type, group: groups[n.type], gap: SYMBOL[n.type][0] / 2 + 3}))
    .concat(D.base.countries.map(c => ({name: c[0], lat: c[1], lng: c[2], cls: "country", gap: 0})),
            D.base.seas.map(c => ({name: c[0], lat: c[1], lng: c[2], cls: "sea", gap: 0})));
  const RANK = {end: 0, gauge: 1, border: 2, transfer: 3, city: 4, country: 5, sea: 6};
  named.sort((a, b) => RANK[a.cls] - RANK[b.cls]);
  named.forEach(n => { n.el = namePane.appendChild(el("div", "cr-label " + n.cls, n.name)); });
  let showNames = true;
  const hits = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  function placeNames() {
    const size = map.getSize(), here = box.getBoundingClientRect(), taken = [], ink = [];
    box.querySelectorAll(".cr-card, .leaflet-control-zoom, .leaflet-control-scale, .leaflet-control-attribution").forEach(c => {
      const r = c.getBoundingClientRect();
      taken.push([r.left - here.left, r.top - here.top, r.right - here.left, r.bottom - here.top]);
    });
    D.routes.forEach((route, i) => {
      if (!map.hasLayer(routeGroups[i])) return;
      const p = map.latLngToContainerPoint(route.badge);
      taken.push([p.x - 11, p.y - 11, p.x + 11, p.y + 11]);
    });
    const symbols = named.filter(n => n.group && map.hasLayer(n.group)).map(n => {
      const p = map.latLngToContainerPoint([n.lat, n.lng]), r = n.gap - 3;
      return {n, box: [p.x - r, p.y - r, p.x + r, p.y + r]};
    });
    drawn.forEach(d => {
      if (!d.parts[1]._map) return;
      const ps = d.parts[1].getLatLngs().map(q => map.latLngToContainerPoint(q));
      for (let i = 1; i < ps.length; i++) {
        const n = Math.max(1, Math.ceil(ps[i].distanceTo(ps[i - 1]) / 6));
        for (let k = 0; k < n; k++) ink.push([ps[i - 1].x + (ps[i].x - ps[i - 1].x) * k / n, ps[i - 1].y + (ps[i].y - ps[i - 1].y) * k / n]);
      }
    });
    named.forEach(n => {
      n.el.style.display = "none";
      if (!showNames || (n.group && !map.hasLayer(n.group))) return;
      const p = map.latLngToContainerPoint([n.lat, n.lng]);
      if (p.x < 0 || p.y < 0 || p.x > size.x || p.y > size.y) return;
      n.el.style.display = "";
      const w = n.el.offsetWidth, h = n.el.offsetHeight, g = n.gap;
      const anchors = g ? [[g, -h / 2], [-w - g, -h / 2], [-w / 2, -h - g], [-w / 2, g], [g * 0.7, -h - g * 0.4],
        [g * 0.7, g * 0.4], [-w - g * 0.7, -h - g * 0.4], [-w - g * 0.7, g * 0.4]] : [[-w / 2, -h / 2]];
      let best = null;
      anchors.forEach(([dx, dy], i) => {
        const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        if (b[0] < 2 || b[1] < 2 || b[2] > size.x - 2 || b[3] > size.y - 2) return;
        if (taken.some(t => hits(t, b)) || symbols.some(s => s.n !== n && hits(s.box, b))) return;
        const covered = ink.reduce((sum, q) => sum + (q[0] > b[0] && q[0] < b[2] && q[1] > b[1] && q[1] < b[3] ? 1 : 0), 0);
        if (!g && covered) return;
        const cost = covered * 3 + i;
        if (best === null || cost < best.cost) best = {cost, b};
      });
      if (best === null) { n.el.style.display = "none"; return; }
      taken.push([best.b[0] - 2, best.b[1] - 1, best.b[2] + 2, best.b[3] + 1]);
      const at = map.containerPointToLayerPoint([best.b[0], best.b[1]]);
      L.DomUtil.setPosition(n.el, at);
    });
  }

  /* cards */
  function control(position, make) {
    const c = L.control({position});
    c.onAdd = () => {
      const node = make();
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    };
    return c.addTo(map);
  }
  const small = box.clientWidth < 640 || box.clientHeight < 480;
  control("topleft", () => {
    const card = el("div", "cr-card cr-title");
    card.appendChild(el("h1", "", D.title));
    D.subtitle.forEach(text => card.appendChild(el("p", "", text)));
    return card;
  });
  function key(inner, text, width) {
    const span = el("span");
    span.innerHTML = '<svg class="cr-key" width="' + (width || 34) + '" height="12" viewBox="0 0 ' + (width || 34) + ' 12">' + inner + "</svg>";
    span.appendChild(document.createTextNode(text));
    return span;
  }
  function legendCard() {
    const card = el("div", "cr-card cr-legend");
    const details = card.appendChild(el("details"));
    details.open = !small;
    details.appendChild(el("summary", "", "Legend and routes"));
    const scroll = details.appendChild(el("div", "cr-scroll"));
    if (D.routes.length) {
      const table = scroll.appendChild(el("table"));
      head(table, ["", "Route", "km", "days", "US$", "t CO\u2082e"], 2);
      const body = table.createTBody();
      D.routes.forEach(route => {
        const tr = body.insertRow();
        tr.insertCell().appendChild(badge(route));
        cells(tr, [route.name].concat(route.legend), 1);
      });
    }
    const keys = scroll.appendChild(el("div", "cr-keys"));
    const line = (extra) => '<line x1="0" y1="6" x2="34" y2="6" stroke="#444" ' + extra + "/>";
    const white = '<line x1="0" y1="6" x2="34" y2="6" stroke="#fff" stroke-width="1.8" stroke-dasharray="6 6"/>';
    const modes = {road: [line('stroke-width="4.5"'), "Road"], rail: [line('stroke-width="5"') + white, "Rail"],
      sea: [line('stroke-width="4.5" stroke-dasharray="1 8" stroke-linecap="round"'), "Sea or ferry"],
      air: [line('stroke-width="2.5" stroke-dasharray="10 6"'), "Air"]};
    D.modes.forEach(m => keys.appendChild(key(modes[m][0], modes[m][1])));
    if (D.planned) keys.appendChild(key('<line x1="0" y1="6" x2="34" y2="6" stroke="#8a80ab" stroke-width="2" stroke-dasharray="4 4"/>', "Planned"));
    const symbol = (type, text) => keys.appendChild(key('<g transform="scale(.6)">' + SYMBOL[type][1] + "</g>", text, 14));
    [["border", "Border crossing"], ["gauge", "Break of gauge"], ["transfer", "Transshipment"]].forEach(([type, text]) => {
      if (D.nodes.some(n => n.type === type)) symbol(type, text);
    });
    if (D.rejected.length) {
      const list = scroll.appendChild(el("details", "cr-shut"));
      list.open = box.clientHeight >= 640;
      list.appendChild(el("summary", "", "Not possible on this date"));
      list.addEventListener("toggle", placeNames);
      D.rejected.forEach(r => list.appendChild(el("div", "", r)));
    }
    if (D.note) scroll.appendChild(el("p", "", D.note));
    details.addEventListener("toggle", placeNames);
    return card;
  }
  const tree = control("topright", () => {
    const card = el("div", "cr-card cr-tree");
    const details = card.appendChild(el("details"));
    details.open = !small;
    details.appendChild(el("summary", "", "Layers"));
    const box_ = (parent, text, layers, mark) => {
      const label = parent.appendChild(el("label"));
      const input = label.appendChild(el("input"));
      input.type = "checkbox";
      input.checked = true;
      if (mark) label.appendChild(mark);
      label.appendChild(document.createTextNode(" " + text));
      input.addEventListener("change", () => {
        layers.forEach(layer => { if (input.checked) map.addLayer(layer); else map.removeLayer(layer); });
        if (!layers.length) showNames = input.checked;
        placeNames();
      });
    };
    const part = (title, rows) => {
      details.appendChild(el("div", "", title));
      const inside = details.appendChild(el("div", "in"));
      rows.forEach(row => box_(inside, row[0], row[1], row[2]));
    };
    if (D.routes.length) part("Routes", D.routes.map((r, i) => [r.name, [routeGroups[i]], badge(r)]));
    part("Nodes", [["Border crossings", [groups.border]], ["Transshipment", [groups.transfer]], ["Cities", [groups.city]], ["Labels", []]]);
    part("Network", [["Railways", [faded.rail]], ["Main roads", [faded.road]], ["Planned lines", [faded.planned]]]);
    details.addEventListener("toggle", placeNames);
    return card;
  });
  L.control.zoom({position: "topright"}).addTo(map);
  L.control.scale({imperial: false, position: "bottomright", maxWidth: 120}).addTo(map);
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(D.attribution);
  const aside = map.attributionControl.getContainer();
  if (aside.offsetWidth > box.clientWidth - 300) map._controlCorners.bottomleft.style.marginBottom = aside.offsetHeight + "px";

  /* view: the legend takes the lower corner that hides less of the routes */
  const all = L.latLngBounds(D.bounds);
  const fit = (pad) => map.fitBounds(all, Object.assign({animate: false}, pad));
  fit({paddingTopLeft: [30, 60], paddingBottomRight: [30, 30]});
  let legend = control("bottomleft", legendCard);
  redraw();
  const covered = card => {
    const here = box.getBoundingClientRect(), r = card.getBoundingClientRect();
    return drawn.reduce((sum, d) => sum + d.latlngs.reduce((n, q) => {
      const p = map.latLngToContainerPoint(q);
      return n + (p.x > r.left - here.left - 12 && p.x < r.right - here.left + 12 && p.y > r.top - here.top - 12
        && p.y < r.bottom - here.top + 12 ? 1 : 0);
    }, 0), 0);
  };
  const legendAt = position => {
    legend.remove();
    legend = control(position, legendCard);
    return covered(legend.getContainer());
  };
  if (!small && drawn.length) {
    const left = legendAt("bottomleft");
    if (left && legendAt("bottomright") >= left) legendAt("bottomleft");
    const card = legend.getContainer(), onLeft = legend.getPosition() === "bottomleft", beside = card.offsetWidth + 20;
    if (covered(card) && beside < box.clientWidth * 0.5) {
      fit({paddingTopLeft: [onLeft ? beside : 30, 60], paddingBottomRight: [onLeft ? 30 : beside, 30]});
    }
    [card, tree.getContainer()].forEach(c => { if (covered(c)) c.querySelector("details").open = false; });
  }
  redraw();
  placeNames();
  map.on("zoomend", redraw);
  map.on("zoomend moveend resize", placeNames);
  map.on("layeradd layerremove", e => { if (e.layer instanceof L.LayerGroup) placeNames(); });
}
