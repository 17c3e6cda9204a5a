/* The search of corridors/engine/search.py and of corridors/model/world.py over a packed network D (see
   explorer_pack.py): same arrays, same order of labels, same answers. Time is hours since 1970-01-01 UTC. */
const corridorSearch = D => {
  "use strict";
  const E = D.edges, EDGES = E.tail.length, NODES = D.nodes;
  const LEG = 0, CROSSING = 1, TRANSFER = 2;
  const VESSELS = ["ferry", "sea"], HIRED = " with hire ", QUARTERS = 4;
  E.limit = E.limit.map(limit => limit === null ? Infinity : limit);
  const FIRST_YEAR = 1990, MONTHS = [];
  for (let year = FIRST_YEAR; year < 2111; year++) for (let month = 0; month < 12; month++) MONTHS.push(Date.UTC(year, month, 1) / 36e5);

  /* ---- figures of the edges: a list of its own, or a multiple of another one but for some edges ---- */
  const figures = D.figures.map(() => null);
  function values(i) {
    if (!figures[i]) {
      const packed = D.figures[i];
      if (packed.values) figures[i] = Float64Array.from(packed.values);
      else {
        const base = values(packed.of), own = figures[i] = new Float64Array(EDGES);
        for (let e = 0; e < EDGES; e++) own[e] = base[e] * packed.by;
        packed.edges.forEach((edge, k) => { own[edge] = packed.but[k]; });
      }
    }
    return figures[i];
  }

  /* ---- arcs by the node that they leave or enter, in the order of the edges ---- */
  /* a join of two nodes, which takes nothing, has the number -1 */
  function arcs(from, to) {
    const first = new Int32Array(NODES + 1), other = new Int32Array(from.length), edge = new Int32Array(from.length);
    from.forEach(node => { first[node + 1]++; });
    for (let i = 0; i < NODES; i++) first[i + 1] += first[i];
    const next = first.slice();
    from.forEach((node, e) => { const at = next[node]++; other[at] = to[e]; edge[at] = e < EDGES ? e : -1; });
    return {first, other, edge};
  }
  const tails = E.tail.concat(D.joins.map(join => join[0])), heads = E.head.concat(D.joins.map(join => join[1]));
  const leaving = arcs(tails, heads), entering = arcs(heads, tails);
  const edgesOf = D.elements.map(() => []);
  E.elements.forEach((elements, e) => elements.forEach(element => edgesOf[element].push(e)));
  const kmOf = new Map(D.lengths);

  /* ---- local time ---- */
  const dayHours = text => Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / 36e5;
  function toUtc(zone, local) {
    const shifts = D.zones[zone];
    let i = shifts.length - 1;
    while (i > 0 && local < shifts[i][0]) i--;
    return local - shifts[i][1];
  }
  function departure(text, zone) {
    const clock = text.slice(11).split(":").map(Number);
    return toUtc(zone, dayHours(text) + (text.length > 10 ? clock[0] + (clock[1] || 0) / 60 + (clock[2] || 0) / 3600 : 8));
  }
  const dayOf = t => new Date(Math.round(t * 3600) * 1000).toISOString().slice(0, 10);

  /* ---- closed spans ---- */
  const rules = new Map();   // element and year: starts and ends of its opening hours, as the year's departures see them
  function rule(goods, element, year) {
    const key = goods + "|" + element + "|" + year;
    if (!rules.has(key)) {
      const packed = (closuresOf(goods, element) || {}).rule || [], starts = [], ends = [];
      const last = toUtc(D.elements[element].zone, Date.UTC(year + 3, 0, 1) / 36e5);
      let minute = 0;
      for (let i = 0; i < packed.length; i += 2) {
        const start = (minute += packed[i]) / 60, end = (minute += packed[i + 1]) / 60;
        if (start >= last) break;
        starts.push(start);
        ends.push(end >= 1e12 ? Infinity : Math.min(end, last));   // out of service for good
      }
      rules.set(key, [starts, ends]);
    }
    return rules.get(key);
  }
  const closuresOf = (goods, element) => (D.closures[goods] || {})[element] || D.closures[""][element];
  const hits = (closure, edge) => (!closure.way || closure.way === E.countries[edge].join(">")) &&
    (!closure.mode || closure.mode === E.mode[edge]) && (closure.truck || E.mode[edge] !== "road");
  /* dated closures of an element, with the scenario's changes in the order in which they were made */
  function dated(q, element) {
    let found = ((closuresOf(q.goods, element) || {}).closed || []).map(c =>
      Object.assign({}, c, {start: c.start === null ? -Infinity : c.start, end: c.end === null ? Infinity : c.end}));
    (q.changed.get(element) || []).forEach(change => {
      if (change.closes) found.push({start: change.start, end: change.end, text: change.reason, truck: true, scenario: true});
      else found = found.filter(c => c.start < change.start).map(c => c.end <= change.start ? c : Object.assign({}, c, {end: change.start}));
    });
    return found;
  }
  function merged(spans) {
    const starts = [], ends = [];
    spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]).forEach(([start, end]) => {
      if (end <= start) return;
      if (ends.length && start <= ends[ends.length - 1]) ends[ends.length - 1] = Math.max(ends[ends.length - 1], end);
      else { starts.push(start); ends.push(end); }
    });
    return [starts, ends];
  }
  function ready(spans, t) {
    const [starts, ends] = spans;
    let low = 0, high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= t) low = middle + 1; else high = middle;
    }
    return low > 0 && t < ends[low - 1] ? ends[low - 1] : t;
  }
  /* closures of one edge at hour t, the last to end first: what a passage waits for */
  function closing(q, edge, t) {
    const found = [];
    E.elements[edge].forEach(element => {
      const [starts, ends] = rule(q.goods, element, q.year);
      const i = starts.findLastIndex(start => start <= t);
      if (i >= 0 && t < ends[i]) found.push({element, start: starts[i], end: ends[i], rule: true, text: D.elements[element].hours});
      dated(q, element).filter(c => hits(c, edge) && c.start <= t && t < c.end).forEach(c => found.push(Object.assign({element}, c)));
    });
    const verdict = permit(q, edge);
    if (verdict && verdict.effect === "forbid")
      found.push({element: E.elements[edge][0], start: -Infinity, end: Infinity, text: verdict.text, right: true});
    return found.sort((a, b) => a.end === b.end ? (a.start < b.start ? -1 : a.start > b.start ? 1 : 0) : b.end - a.end);
  }
  const permit = (q, edge) => (D.permits[edge] || []).find(p =>
    (p.origin === q.goodsFrom || p.destination === q.goodsTo) && p.from <= q.day && q.day < p.to);
  const spanCache = new Map(), nothing = [];
  function spansOf(q, edge) {
    const verdict = permit(q, edge), barred = !!verdict && verdict.effect === "forbid";
    const changes = E.elements[edge].map(element => q.signatures.get(element) || "").join("/");
    const key = [q.goods, q.year, barred, E.elements[edge], E.countries[edge], E.mode[edge], changes].join("|");
    if (!spanCache.has(key)) {
      const all = barred ? [[-Infinity, Infinity]] : [];
      E.elements[edge].forEach(element => {
        const [starts, ends] = rule(q.goods, element, q.year);
        starts.forEach((start, i) => all.push([start, ends[i]]));
        dated(q, element).filter(c => hits(c, edge)).forEach(c => all.push([c.start, c.end]));
      });
      if (spanCache.size > 5000) spanCache.clear();
      spanCache.set(key, all.length ? merged(all) : null);
    }
    return spanCache.get(key);
  }
  const usuallyDated = [...new Set(Object.values(D.closures).flatMap(of => Object.keys(of).map(Number)))];
  function closedSpans(q) {
    const spans = new Array(EDGES).fill(null);
    const see = element => edgesOf[element].forEach(edge => { spans[edge] = spansOf(q, edge); });
    usuallyDated.forEach(see);
    q.changed.forEach((_, element) => see(element));
    Object.keys(D.permits).forEach(edge => { spans[edge] = spansOf(q, +edge); });
    return spans;
  }

  /* ---- the world of a question: hours and weight by edge, endless where an edge is not there ---- */
  function scaleOf(q, what, edge) {
    let factor = 1;
    if (E.kind[edge] === LEG) q.scales.forEach(c => {
      if (c.what === what && (!c.mode || c.mode === E.mode[edge]) && (!c.country || E.countries[edge].includes(c.country))) factor *= c.number;
    });
    return factor;
  }
  function exists(q, edge, least) {
    const project = E.project[edge], kind = E.kind[edge], mode = E.mode[edge];
    if (project && !q.projects.has(project)) return false;
    const used = one => q.modes.includes(one) || kind !== LEG && VESSELS.includes(one) && VESSELS.some(m => q.modes.includes(m));
    if (!mode.split(" > ").every(one => used(one.replace(/\d+$/, "")))) return false;
    const payload = mode === "road" ? E.limit[edge] - q.cargo.tare : Infinity;
    if (payload <= 0 || q.cargo.limited && payload < least) return false;   // a limit below the empty weight of the truck is a road to go round
    return !q.avoiding || !(E.countries[edge].some(c => q.avoid.has(c)) || E.elements[edge].some(i => q.avoid.has(D.elements[i].id)) ||
      q.avoid.has(D.places[E.from[edge]].id) || q.avoid.has(D.places[E.to[edge]].id));
  }
  /* whether two countries are in the same customs union on the day of departure; see corridors/model/conditions.py */
  const unionOf = (q, country) => (D.unions.find(m => m.country === country && m.start <= q.t0 && q.t0 < m.end) || {}).union;
  const together = (q, one, other) => unionOf(q, one) !== undefined && unionOf(q, one) === unionOf(q, other);
  /* figures of a load of some tonnes: hours, US$ and kg by edge, scenario and permits in them */
  function figuresOf(q, load, least) {
    const key = load.tonnes + "|" + least;
    if (q.figures.has(key)) return q.figures.get(key);
    const hours = values(load.hours).slice(), usd = values(load.usd).slice(), kgco2e = values(load.kgco2e).slice();
    E.countries.forEach((sides, e) => {
      if (E.kind[e] === CROSSING && E.mode[e] === "road" && together(q, ...sides)) usd[e] -= q.cargo.guarantee;
    });
    Object.keys(D.permits).forEach(edge => {
      const verdict = permit(q, +edge);
      if (verdict && verdict.hours !== undefined) { hours[edge] = verdict.hours; usd[edge] = verdict.usd; }
    });
    if (q.scales.length) for (let e = 0; e < EDGES; e++) {
      hours[e] *= scaleOf(q, "hours", e);
      usd[e] *= scaleOf(q, "usd", e);
      kgco2e[e] *= scaleOf(q, "kgco2e", e);
    }
    q.delays.forEach((more, element) => edgesOf[element].forEach(e => {
      const total = kmOf.get(element) || 0;
      hours[e] += more * (total ? E.km[e] / total : 1);
    }));
    for (let e = 0; e < EDGES; e++) if (!exists(q, e, least)) hours[e] = Infinity;
    q.cargo.absent.forEach(e => { hours[e] = Infinity; });   // no terminal there for this load
    q.figures.set(key, {hours, usd, kgco2e});
    return q.figures.get(key);
  }
  const zeros = new Float64Array(EDGES);
  const isInland = e => [LEG, CROSSING, TRANSFER].includes(E.kind[e]) && !E.mode[e].includes("sea");
  /* US$ with so many quarters of the daily price of a line's box for every hour inland, there and back */
  function hired(q, of, quarters) {
    const hour = quarters / QUARTERS * 2 / 24 * D.hire.after.length * D.hire.usdDay;
    of.hired = of.hired || {};
    return of.hired[quarters] = of.hired[quarters] || of.usd.map((usd, e) => q.cargo.hire && isInland(e) ? usd + hour * of.hours[e] : usd);
  }
  function world(q, by, load, least, open) {
    const of = figuresOf(q, load, least);
    return {q, by, load, least, of, spans: open ? null : q.spans, hours: of.hours,
      valueOfHour: {hours: 1, generalised: q.valueOfTime}[by.split(" ")[0]] || 0,
      weight: by === "hours" ? zeros : by === "kgco2e" ? of.kgco2e : by.includes(HIRED) ? hired(q, of, +by.split(HIRED)[1]) : of.usd};
  }

  /* ---- the searches ---- */
  function Heap() {   // least value first, then least label
    const value = [], label = [], node = [];
    const before = (i, j) => value[i] < value[j] || (value[i] === value[j] && label[i] < label[j]);
    function swap(i, j) {
      const v = value[i], l = label[i], n = node[i];
      value[i] = value[j]; label[i] = label[j]; node[i] = node[j];
      value[j] = v; label[j] = l; node[j] = n;
    }
    return {
      size: () => value.length,
      push(v, l, n) {
        let i = value.length;
        value.push(v); label.push(l); node.push(n);
        while (i > 0 && before(i, (i - 1) >> 1)) { swap(i, (i - 1) >> 1); i = (i - 1) >> 1; }
      },
      pop() {
        const last = value.length - 1;
        swap(0, last);
        const top = [value.pop(), label.pop(), node.pop()];
        for (let i = 0; ;) {
          const left = 2 * i + 1, right = left + 1;
          let least = left < last && before(left, i) ? left : i;
          if (right < last && before(right, least)) least = right;
          if (least === i) return top;
          swap(i, least);
          i = least;
        }
      }
    };
  }
  /* least objective from every node to the nearest target if nothing had to wait */
  function bounds(w, targets) {
    const best = new Float64Array(NODES).fill(Infinity), heap = Heap(), {first, other, edge} = entering, t0 = w.q.t0;
    targets.forEach(target => { best[target] = 0; heap.push(0, target, target); });
    while (heap.size()) {
      const [value, , node] = heap.pop();
      if (value > best[node]) continue;
      for (let arc = first[node]; arc < first[node + 1]; arc++) {
        const tail = other[arc], e = edge[arc], takes = e < 0 ? 0 : w.hours[e];
        if (takes === Infinity) continue;
        const spans = w.spans && w.spans[e];
        if (spans && spans[1][spans[1].length - 1] === Infinity && ready(spans, t0) === Infinity) continue;
        const reached = value + (e < 0 ? 0 : w.weight[e]) + w.valueOfHour * takes;
        if (reached < best[tail]) {
          best[tail] = reached;
          heap.push(reached, tail, tail);
        }
      }
    }
    return best;
  }
  function monthAt(t) {
    let i = Math.min(Math.max(Math.trunc((t - MONTHS[0]) / 730.485), 0), MONTHS.length - 1);
    while (i > 0 && t < MONTHS[i]) i--;
    while (i + 1 < MONTHS.length && t >= MONTHS[i + 1]) i++;
    return i;
  }
  /* hour at which an edge entered at t is left: the factor of each month holds while the cargo is under way in it */
  function traverse(t, hours, factors) {
    let i = monthAt(t), left = hours;
    for (; i + 1 < MONTHS.length; i++) {
      const factor = factors[i % 12];
      if (left <= (MONTHS[i + 1] - t) * factor) return t + left / factor;
      left -= (MONTHS[i + 1] - t) * factor;
      t = MONTHS[i + 1];
    }
    return t + left / factors[i % 12];
  }
  const passed = (edge, t, hours) => E.season[edge] < 0 ? t + hours : traverse(t, hours, D.factors[E.season[edge]]);
  /* path of least weight + value of hours, labels (weight, hour); see the notes of corridors.engine.arrays.search */
  function search(w, source, targets, bound, deadline) {
    const {first, other, edge} = leaving, {q, hours, weight, valueOfHour, spans} = w, t0 = q.t0;
    const isTarget = new Uint8Array(NODES), front = new Int32Array(NODES).fill(-1), reached = new Float64Array(NODES).fill(Infinity);
    targets.forEach(target => { isTarget[target] = 1; });
    const weighted = weight !== zeros, byWeight = weighted && valueOfHour === 0;
    const labelEdge = [-2], labelBefore = [0], labelT = [0], labelWeight = [0], settled = [0], before = [-1], heap = Heap();
    if (bound[source] < Infinity) {
      labelEdge.push(-2); labelBefore.push(0); labelT.push(t0); labelWeight.push(0);
      heap.push(bound[source], 1, source);
    }
    const beaten = (node, total, t) => {
      for (let k = front[node]; k >= 0; k = before[k]) if (labelWeight[settled[k]] <= total && labelT[settled[k]] <= t) return true;
      return false;
    };
    while (heap.size()) {
      const [value, label, node] = heap.pop(), t = labelT[label], spent = labelWeight[label];
      if (!weighted) {
        if (front[node] >= 0) continue;
        front[node] = 0;
      } else if (byWeight) {
        if (t >= reached[node]) continue;
        reached[node] = t;
      } else {
        if (beaten(node, spent, t)) continue;
        settled.push(label);
        before.push(front[node]);
        front[node] = settled.length - 1;
      }
      if (isTarget[node]) {
        const edges = [];
        for (let l = label; l > 1; l = labelBefore[l]) if (labelEdge[l] >= 0) edges.push(labelEdge[l]);
        return {edges: edges.reverse(), value};
      }
      for (let arc = first[node]; arc < first[node + 1]; arc++) {
        const head = other[arc], e = edge[arc], ahead = bound[head], takes = e < 0 ? 0 : hours[e];
        if (ahead === Infinity || takes === Infinity) continue;
        const start = spans && spans[e] ? ready(spans[e], t) : t;
        if (start === Infinity || start - t > q.maxWait) continue;
        const arrival = e < 0 ? t : passed(e, start, takes), total = e < 0 ? spent : spent + weight[e];
        if (!weighted) {
          if (arrival >= reached[head]) continue;
          reached[head] = arrival;
        } else if (byWeight) {
          if (arrival >= reached[head]) continue;
        } else if (beaten(head, total, arrival)) continue;
        if (arrival > deadline) continue;
        labelEdge.push(e); labelBefore.push(label); labelT.push(arrival); labelWeight.push(total);
        heap.push(total + valueOfHour * (arrival - t0) + ahead, labelEdge.length - 1, head);
      }
    }
    return null;
  }

  /* ---- the best way by an objective; nothing waits longer than allowed ---- */
  function walk(w, edges, pushThrough) {
    let t = w.q.t0;
    return edges.map(edge => {
      const spans = w.q.spans[edge], arrive = t, start = spans ? ready(spans, t) : t;
      const begin = pushThrough && start - t > w.q.maxWait ? t : start;
      t = passed(edge, begin, w.hours[edge]);
      return {edge, arrive, start, end: t};
    });
  }
  const best = w => search(w, w.q.source, [w.q.target], bounds(w, [w.q.target]), Infinity);
  /* the same arrival for less money, where a path waits for an opening */
  function cheaper(w, edges) {
    const waiting = walk(w, edges, false).filter(step => step.start > step.arrive);
    if (!waiting.length) return edges;
    const last = waiting[waiting.length - 1], rest = edges.slice(edges.lastIndexOf(last.edge));
    const money = world(w.q, "usd", w.load, w.least, false), gate = [E.tail[last.edge]];
    const other = search(money, w.q.source, gate, bounds(money, gate), last.start);
    const joined = other && other.edges.concat(rest), legs = (joined || []).filter(e => E.kind[e] === LEG).map(e => E.elements[e][0]);
    return !other || new Set(legs).size < legs.length ? edges : joined;
  }
  const lawful = (edges, cargo, tonnes) => !cargo.limited ? tonnes : edges.reduce((most, e) => E.mode[e] === "road" ? Math.min(most, E.limit[e] - cargo.tare) : most, tonnes);
  /* what a way takes: hours, US$, kg, km, passages */
  function result(q, edges, load, least) {
    const w = world(q, "hours", load, least, false), steps = walk(w, edges, false), add = of => edges.reduce((sum, e) => sum + of[e], 0);
    const ends = [q.start, q.end].filter(Boolean), extra = what => ends.reduce((sum, a) => sum + a[what], 0);
    const afloat = edges.some(e => E.kind[e] === LEG && E.mode[e] === "sea");
    let detention = 0, further = 0;
    if (afloat && q.cargo.hire) {
      const inland = steps.reduce((sum, s) => isInland(s.edge) ? sum + s.end - s.arrive : sum, 0);
      further = Math.round(D.hire.after.filter(days => days < 2 * inland / 24).length / D.hire.after.length * QUARTERS);
      detention = D.hire.after.reduce((usd, days) => usd + Math.max(0, 2 * inland / 24 - days) * D.hire.usdDay, 0);
    }
    return {edges, steps, load, detention, further, km: add(E.km) + extra("km"), usd: add(w.of.usd) + detention + extra("usd"),
      kgco2e: add(w.of.kgco2e) + extra("kgco2e"), hours: steps[steps.length - 1].end - q.t0 + extra("hours"), figures: w.of};
  }
  /* a route by an objective, by the tonne where roads limit the load */
  function valueOf(q, by, route) {
    if (by === "hours") return route.hours;
    const worth = by.startsWith("generalised") ? q.valueOfTime * route.hours : 0;
    return (by === "kgco2e" ? route.kgco2e : route.usd + worth) / route.load.tonnes;
  }
  /* the search counts no detention, which a ship's box may pay beyond its free days: where the best way does, it is weighed
     against the best by land and the best with each hour inland at the price of a further day there, as Search._best does */
  function bestBy(q, by) {
    const found = byTonne(q, by);
    if (!found || (by !== "usd" && by !== "generalised") || !found.detention) return found;
    const ashore = byTonne({...q, modes: q.modes.filter(mode => mode !== "sea"), figures: new Map()}, by);
    const ways = [found, ashore];
    for (let low = 0, high = QUARTERS + 1; high - low > 1;) {
      const quarters = low + high >> 1, way = byTonne(q, by + HIRED + quarters);
      ways.push(way);
      if (way && way.further > quarters) low = quarters; else high = quarters;
    }
    return ways.filter(Boolean).reduce((a, b) => valueOf(q, by, b) < valueOf(q, by, a) ? b : a);
  }
  function byTonne(q, by) {
    const loads = q.cargo.loads, way = (load, least) => {
      const w = world(q, by, load, least, false), path = best(w);
      if (!path) return null;
      const edges = by === "hours" ? cheaper(w, path.edges) : path.edges, most = lawful(edges, q.cargo, load.tonnes);
      return result(q, edges, loads.find(one => one.tonnes === most), least);
    };
    const first = way(loads[0], q.cargo.least);
    if (!first || by === "hours" || first.load === loads[0]) return first;
    const tried = q.modes.includes("road") ? loads.filter(load => load.tried) : loads.slice(0, 1);   // a lighter load may go a better way
    const found = [first].concat(tried.map(load => way(load, load.tonnes))).filter(Boolean);
    const level = Math.min(...found.map(one => valueOf(q, by, one))) * (1 + 1e-9);   // of ways that differ by rounding only, the heaviest load
    return found.filter(one => valueOf(q, by, one) <= level).reduce((a, b) => b.load.tonnes > a.load.tonnes ? b : a);
  }

  /* ---- a question in the page's words, resolved ---- */
  const placeNumber = new Map(D.places.map((p, i) => [p.id, i])), elementNumber = new Map(D.elements.map((e, i) => [e.id, i]));
  function end(id, leaving, cargo) {
    const access = D.access.find(a => a.id === id && a.leaving === leaving);
    const place = D.places[placeNumber.get(access ? access.place : id)];
    return {place, access: access ? access.by[cargo] : null, node: access ? access.node : place ? place[leaving ? "out" : "in"] : -1};
  }
  function resolve(ask) {
    const cargo = D.cargo.find(c => c.id === ask.cargo), from = end(ask.from, true, cargo.id), to = end(ask.to, false, cargo.id);
    const q = {cargo, source: from.node, target: to.node, start: from.access, end: to.access, goodsFrom: from.place.country, goodsTo: to.place.country,
      goods: cargo.goods || (D.closures[from.place.goods] ? from.place.goods : ""),
      t0: departure(ask.depart, from.place.zone) + (from.access ? from.access.hours : 0), maxWait: D.maxWait,
      modes: ask.modes || cargo.modes, avoid: new Set(ask.avoid || []), avoiding: !!(ask.avoid && ask.avoid.length),
      valueOfTime: cargo.valueOfTime, changed: new Map(), delays: new Map(), scales: [], projects: new Set(), signatures: new Map(), figures: new Map()};
    q.year = new Date(Math.round(q.t0 * 3600) * 1000).getUTCFullYear();
    q.day = dayOf(q.t0);
    if (q.goodsFrom === q.goodsTo || q.goods.toLowerCase() !== "transit" && together(q, q.goodsFrom, q.goodsTo)) {   // no customs at the end
      if (to.access) q.end = {...to.access, hours: to.access.home}; else q.target = to.place.home;
    }
    (ask.changes || []).forEach(change => {
      if (change.kind === "scale") q.scales.push(change);
      else if (change.kind === "build") D.projects[change.what].forEach(p => q.projects.add(p));
      else (change.elements || [change.what]).map(id => elementNumber.get(id)).filter(i => i !== undefined).forEach(i => {   // others are on no edge
        const zone = D.elements[i].zone, start = change.start ? toUtc(zone, dayHours(change.start)) : -Infinity;
        if (change.kind === "delay") q.delays.set(i, (q.delays.get(i) || 0) + change.number);
        else {
          const one = {closes: change.kind === "close", start, end: change.end ? toUtc(zone, dayHours(change.end) + 24) : Infinity,
            reason: change.reason || "closed in this scenario"};
          q.changed.set(i, (q.changed.get(i) || []).concat([one]));
          q.signatures.set(i, (q.signatures.get(i) || "") + [one.closes, one.start, one.end].join(",") + ";");
        }
      });
    });
    q.spans = closedSpans(q);
    return q;
  }
  /* the best, unless it only spends the time until something opens and waiting takes no more: then the best over nothing that opens so
     late; see corridors/routing/detours.py */
  function noDetour(q, by, route) {
    const late = spans => spans[1].filter((end, i) => end < Infinity && end - Math.max(spans[0][i], q.t0) > q.maxWait);
    const opened = Math.max(...(route ? route.steps : []).flatMap(s => q.spans[s.edge] ? late(q.spans[s.edge]).filter(end => end <= s.start) : []));
    if (opened === -Infinity) return route;
    const noMore = (a, b) => a <= b * (1 + 1e-6), patient = {...q, maxWait: Infinity};
    const rather = ["hours", "usd"].map(what => bestBy(patient, what)).some(other => {
      const waits = other.steps.filter(s => s.start - s.arrive > q.maxWait).map(s => s.start);
      return waits.length && Math.max(...waits) <= opened && noMore(other.hours, route.hours) && noMore(other.usd / other.load.tonnes, route.usd / route.load.tonnes);
    });
    return rather ? bestBy({...q, spans: q.spans.map(spans => spans && ready(spans, q.t0) - q.t0 > q.maxWait ? [[-Infinity], [Infinity]] : spans)}, by) : route;
  }
  const BY = ["hours", "usd", "generalised", "kgco2e"];
  /* the best way by each objective, and by which way it would go if nothing were closed */
  function answer(ask) {
    const asked = resolve(ask), rails = {...asked, modes: asked.modes.filter(mode => mode !== "road"), figures: new Map()};
    const onRails = !ask.modes && !asked.cargo.limited && !asked.start && !asked.end && bestBy(rails, "hours");   // a wagon's load, if it can
    const q = onRails ? rails : asked, found = {question: q, by: {}};
    const going = q.source >= 0 && q.target >= 0;
    BY.forEach(by => { found.by[by] = going ? noDetour(q, by, bestBy(q, by)) : null; });
    const least = q.cargo.least, open = going ? best(world(q, "hours", q.cargo.loads[0], least, true)) : null;
    found.open = open ? blocked(world(q, "hours", q.cargo.loads[0], least, false), open.edges) : null;
    return found;
  }
  /* what closes a way, each at about the hour at which cargo would be there */
  function blocked(w, edges) {
    const steps = walk(w, edges, true);
    return {edges, hours: steps[steps.length - 1].end - w.q.t0,
      closed: steps.filter(s => s.start - s.arrive > w.q.maxWait).map(s => Object.assign({edge: s.edge}, closing(w.q, s.edge, s.arrive)[0]))};
  }
  const idOf = e => E.elements[e].length ? D.elements[E.elements[e][0]].id :
    (E.kind[e] === TRANSFER ? "transfer:" : "terminal:") + D.places[E.from[e]].id + ":" + E.mode[e].split(" > ").join(":");
  return {answer, resolve, idOf, closing, edgesOf, placeNumber, elementNumber, dayOf, ready};
};
