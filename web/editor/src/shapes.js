// Severity as a shape, for those who do not see the colour: octagon, triangle, disc.
// The page draws the same paths: see `web/src/components/icons.rs`.

const PATHS = {
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  warning: "M8 1.2 15.6 14.6H.4z",
  suggestion: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
};

const SVG = "http://www.w3.org/2000/svg";

export function shape(severity) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `shape shape-${severity}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[severity]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}
