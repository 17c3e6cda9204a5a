/* Names of routes by the rules of corridors/routing/names.py over a packed network D. A route is its list of edges. */
const corridorNames = D => {
  "use strict";
  const E = D.edges, LEG = 0, [FEW, MOST] = D.named;
  const joined = list => list.length ? list.join(" and ") : null;
  function countries(edges) {
    const found = [];
    edges.forEach(e => E.countries[e].forEach(country => {
      const shown = country !== "XZ" ? country : E.mode[e] === "air" ? "air" : "sea";
      if (found[found.length - 1] !== shown) found.push(shown);
    }));
    return found.join("-");
  }
  const legs = edges => edges.filter(e => E.kind[e] === LEG), unique = list => [...new Set(list)];
  function name(edges, crossings = FEW) {
    const points = edges.map((e, at) => [at, D.points[E.point[e]]]).filter(([, point]) => point);
    const few = points.sort(([i, a], [j, b]) => a[0] - b[0] || i - j).slice(0, crossings).sort(([i], [j]) => i - j);
    return countries(edges) + ", by " + (joined(unique(few.map(([, point]) => point[1]))) || joined(unique(legs(edges).map(e => E.mode[e]))));
  }
  function byModes(edges) {   // modes, with the places where they change
    const some = legs(edges), changes = some.slice(1).map((e, i) => [some[i], e]).filter(([a, b]) => E.mode[a] !== E.mode[b]);
    return (changes.length ? ", " + E.mode[some[0]] + " first" : "") +
      changes.map(([, e]) => ", " + E.mode[e] + " from " + D.places[E.from[e]].name).join("");
  }
  function byTown(edges, rivals) {   // a town that this route passes and its rivals do not, in the middle of all such
    const passed = some => legs(some.slice(0, -1)).map(e => E.to[e]), others = new Set(rivals.flatMap(passed));
    const own = unique(passed(edges)).filter(place => !others.has(place)), cities = own.filter(place => D.places[place].kind === "city");
    const towns = cities.length ? cities : own;
    return towns.length ? ", via " + D.places[towns[towns.length >> 1]].name : "";
  }
  const twice = found => found.map((one, i) => i).filter(i => found.indexOf(found[i]) !== found.lastIndexOf(found[i]));
  function names(routes) {   // of the routes of one answer, all different: longer ones where the short ones are the same
    let found = routes.map(edges => name(edges));
    for (let crossings = FEW + 1; crossings <= MOST; crossings++) twice(found).forEach(i => { found[i] = name(routes[i], crossings); });
    [byModes, byTown].forEach(tell => {
      const alike = twice(found), was = found.slice();
      alike.forEach(i => { found[i] += tell(routes[i], alike.filter(j => j !== i && was[j] === was[i]).map(j => routes[j])); });
    });
    const again = twice(found);
    return found.map((one, i) => again.includes(i) ? one + " (" + found.slice(0, i + 1).filter(other => other === one).length + ")" : one);
  }
  return {name, names};
};
