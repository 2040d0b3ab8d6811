// Keep "Closes in 6 days" true while a page is open, by the server's clock whatever the browser's says.
// The words are those of the filter time_left on the server.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function count(number, unit) {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

export function timeLeft(seconds) {
  let rest = Math.max(0, Math.floor(seconds));
  if (rest >= 2 * 86400) return count(Math.floor(rest / 86400), "day");
  const parts = [];
  for (const [unit, size] of UNITS) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number || parts.length || unit === "second") parts.push(count(number, unit));
  }
  return parts.slice(0, 2).join(" ");
}

const ahead = new Map(); // element → milliseconds by which the server's clock is ahead of the browser's

function tell(element) {
  if (!ahead.has(element)) ahead.set(element, Date.parse(element.dataset.now) - Date.now());
  const left = Date.parse(element.dataset.until) - (Date.now() + ahead.get(element));
  const text = left < 0 ? "Closed" : `Closes in ${timeLeft(left / 1000)}`;
  if (element.textContent !== text) element.textContent = text;
}

const tick = () => document.querySelectorAll(".app-countdown").forEach(tell);
if (document.querySelector(".app-countdown")) {
  tick();
  setInterval(tick, 1000);
}
