// Exact numbers (fractions of BigInt; null is a share of nothing), and how people read them.

const MINUS = "−";
const BLANK = "—";

function fraction(above, below = 1n) {
  return below === 0n ? null : { above, below };
}

function subtract(a, b) {
  if (a === null || b === null) return null;
  return fraction(a.above * b.below - b.above * a.below, a.below * b.below);
}

// By nothing, or by less than nothing, there is no number.
function divide(a, b) {
  if (a === null || b === null || b.above <= 0n) return null;
  return fraction(a.above * b.below, a.below * b.above);
}

// How many `part` lacks until it is a percentage of `whole`, given as a fraction.
function lack(part, whole, [above, below]) {
  const [top, bottom] = [whole * BigInt(above), 100n * BigInt(below)];
  const wanted = (top + bottom - 1n) / bottom;
  return fraction(wanted > part ? wanted - part : 0n);
}

// 四捨五入: half goes away from zero. The result counts units of the last place.
function roundExact(value, scale, places) {
  const above = value.above * BigInt(scale) * 10n ** BigInt(places);
  const size = above < 0n ? -above : above;
  const rounded = (2n * size + value.below) / (2n * value.below);
  return above < 0n ? -rounded : rounded;
}

function writeNumber(value, unit) {
  if (value === null) return BLANK;
  const rounded = roundExact(value, unit.scale, unit.places);
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(unit.places + 1, "0");
  const point = digits.length - unit.places;
  const whole = digits.slice(0, point).replace(/\B(?=(\d{3})+$)/g, ",");
  const text = unit.places ? `${whole}.${digits.slice(point)}` : whole;
  if (rounded < 0n) return MINUS + text;
  return unit.signed && rounded > 0n ? `+${text}` : text;
}

function writeCount(size) {
  return writeNumber(fraction(BigInt(size)), { scale: 1, places: 0, signed: false });
}
