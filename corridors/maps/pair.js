/* Two maps that show the same part of the world: what moves one moves the other. */
function corridorPair(a, b) {
  "use strict";
  let moving = false;
  const follow = (from, to) => from.on("move", () => {
    if (moving) return;
    moving = true;
    to.setView(from.getCenter(), from.getZoom(), {animate: false});
    moving = false;
  });
  follow(a, b);
  follow(b, a);
  const wide = a.getZoom() <= b.getZoom() ? a : b;   // what fits here fits there
  const minimum = Math.min(a.getMinZoom(), b.getMinZoom());
  a.setMinZoom(minimum);
  b.setMinZoom(minimum);
  wide.fire("move");
}
