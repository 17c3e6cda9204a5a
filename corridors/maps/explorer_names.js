/* Names of routes by the rules of corridors/routing/names.py over a packed network D. A route is its list of edges. */
const corridorNames = D => {
  "use strict";
  const E = D.edges, LEG = 0, CROSSING = 1;
  const joined = list => [list.slice(0, -1).join(", "), ...list.slice(-1)].filter(Boolean).join(" and ");
  function countries(edges) {
    const found = [];
    edges.forEach(e => E.countries[e].forEach(country => {
      const shown = country !== "XZ" ? country : E.mode[e] === "air" ? "air" : "sea";
      if (found[found.length - 1] !== shown) found.push(shown);
    }));
    return found.join("-");
  }
  const legs = edges => edges.filter(e => E.kind[e] === LEG), unique = list => [...new Set(list)];
  function haul(edges) {   // by sea or air: where it loads and where it lands
    const mode = E.mode[edges[0]], end = edges.findIndex(e => E.mode[e] !== mode || E.kind[e] > CROSSING);
    const run = legs(end < 0 ? edges : edges.slice(0, end)), last = run[run.length - 1];
    return D.places[E.from[run[0]]].name + "-" + D.places[E.to[last]].name + " by " + mode;
  }
  function points(edges) {
    return edges.map((e, at) => [at, e, D.points[E.point[e]]]).filter(([, , point]) => point)
      .map(([at, e, point]) => [point[0], at, point[1] || haul(edges.slice(at))]);
  }
  const ranked = some => some.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  function name(edges, more = []) {
    const own = points(edges), shown = new Set([...ranked(own).slice(0, D.named).map(point => point[2]), ...more]);
    const by = unique(own.map(point => point[2]).filter(one => shown.has(one)));
    return countries(edges) + ", by " + joined(by.length ? by : unique(legs(edges).map(e => E.mode[e])));
  }
  function telling(own, others, pick) {   // some of a route's own points, each of which as many others as possible lack
    const told = [];
    let left = others;
    while (left.length) {
      const lacking = own.map(one => left.filter(other => !other.includes(one)).length), most = Math.max(0, ...lacking);
      if (!most) break;
      const one = pick(own.filter((_, i) => lacking[i] === most));
      told.push(one);
      left = left.filter(other => other.includes(one));
    }
    return told;
  }
  function withCrossings(_, edges, alike) {
    const some = alike.map(other => points(other).map(point => point[2]));
    return name(edges, telling(unique(ranked(points(edges)).map(point => point[2])), some, found => found[0]));
  }
  function modes(edges) {   // with the places where they change
    const some = legs(edges), changes = some.slice(1).map((e, i) => [some[i], e])
      .filter(([a, b]) => E.mode[a] !== E.mode[b] && ["road", "rail"].includes(E.mode[b]));   // ships are named by their ports
    return (some.length ? ", " + E.mode[some[0]] + (some.every(e => E.mode[e] === E.mode[some[0]]) ? " all the way" : " first") : "") +
      changes.map(([, e]) => ", " + E.mode[e] + " from " + D.places[E.from[e]].name).join("");
  }
  function withModes(was, edges, alike) {
    const words = modes(edges);
    return alike.every(other => modes(other) === words) ? was : was + words;
  }
  function withPlaces(was, edges, alike) {   // cities that not all pass, else other known places, from the middle
    const passed = some => unique(legs(some.slice(0, -1)).map(e => E.to[e])), others = alike.map(passed);
    const kind = place => D.places[place].kind;
    for (const known of [place => kind(place) === "city", place => kind(place) !== "junction"]) {
      const own = passed(edges).filter(known), told = telling(own, others, found => found[found.length >> 1]);
      if (told.length) return was + ", via " + joined(own.filter(place => told.includes(place)).map(place => D.places[place].name));
    }
    return was;
  }
  const twice = found => found.map((one, i) => i).filter(i => found.indexOf(found[i]) !== found.lastIndexOf(found[i]));
  function names(routes) {   // of the routes of one answer, all different: longer ones where the short ones are the same
    let found = routes.map(edges => name(edges));
    [withCrossings, withModes, withPlaces].forEach(longer => {
      const alike = twice(found), was = found.slice();
      alike.forEach(i => { found[i] = longer(was[i], routes[i], alike.filter(j => was[j] === was[i]).map(j => routes[j])); });
    });
    const again = twice(found);
    return found.map((one, i) => again.includes(i) ? one + " (" + found.slice(0, i + 1).filter(other => other === one).length + ")" : one);
  }
  return {name, names};
};
