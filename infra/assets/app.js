import { CharacterCount, initAll } from "./govuk-frontend.min.js";
import "./countdown.js";
import "./totals.js";
import "./writing.js";

// Count words as the server does, where a field brings the server's pattern of a word with it.
const updateCount = CharacterCount.prototype.updateCount;
CharacterCount.prototype.updateCount = function () {
  const word = this.$textarea.dataset.word;
  if (!word) return updateCount.call(this);
  this.count = (this.$textarea.value.match(new RegExp(word, "gu")) ?? []).length;
};

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
document.addEventListener("htmx:afterSwap", (event) => initAll(event.detail.target));
